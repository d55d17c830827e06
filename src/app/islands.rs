//! The parts of a page that live in the browser.

pub mod copy_button;
pub mod device_wait;
pub mod live_sync;
pub mod read_all;
pub mod request_pace;
pub mod settings_note;
pub mod status_card;
pub mod sync_button;
pub mod toasts;
