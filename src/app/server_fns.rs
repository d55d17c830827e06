//! What the browser can ask of the server besides REST: the forms and buttons of the pages, and the data of a page
//! while the server renders it. Each body is a few lines over the application; refusals carry the one `ApiError`.

pub mod access;
pub mod actions;
pub mod api_docs;
pub mod device;
pub mod duplicates;
pub mod history;
pub mod page_data;
pub mod settings;

pub use access::{DisconnectData, load_disconnect};
pub use actions::{sign_in, sign_in_demo, sign_out, sync_control};
pub use api_docs::{ApiDocsData, load_api_docs};
pub use device::{Approval, ConnectionData, DeviceData, QrCode, device_state, load_connection};
pub use duplicates::{DuplicatesData, load_duplicates};
pub use history::{HistoryData, RunData, load_history, load_run};
pub use page_data::{
    FileData, HeldData, HomeData, LibraryData, SyncData, load_file, load_held_deletions, load_home, load_library,
    load_sync, load_viewer,
};
pub use settings::{SettingsData, load_settings, save_settings};
