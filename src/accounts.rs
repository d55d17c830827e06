//! Who may use this server: sign-in, sessions and the safekeeping of Real-Debrid tokens.

mod access;
mod client;
mod credentials;
pub mod departures;
mod device;
pub mod key_watch;
pub mod reseal;
mod session;
mod sign_in;
mod tokens;
pub mod vault;

pub use device::{BegunDevice, DeviceProgress, PendingDevice};
pub use session::{Session, bearer, cookie, device_cookie, new_token_cookie};
pub use sign_in::{Accounts, AccountsOptions, DemoService, SignedIn};
pub use vault::{Purpose, Vault, VaultError};
