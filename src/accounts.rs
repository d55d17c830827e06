//! Who may use this server: sign-in, sessions and the safekeeping of Real-Debrid tokens.

mod session;
mod sign_in;
pub mod vault;

pub use session::{Session, bearer, cookie};
pub use sign_in::{Accounts, AccountsOptions, DemoService, SignedIn};
pub use vault::{Vault, VaultError};
