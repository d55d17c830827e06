//! The words of the subject, shared by the server and the browser: no I/O, no clock, no `cfg` but for the description of
//! the API, which only the server derives from these types.
//!
//! Everything here serialises to the shapes of the outside contract, so that REST, server functions, the event stream
//! and the islands speak of the same thing with the same type.

pub mod access;
pub mod database_url;
pub mod duplicates;
pub mod entry;
pub mod error;
pub mod export;
pub mod file;
pub mod held_deletions;
pub mod info_hash;
pub mod organisation;
pub mod query;
pub mod request_pace;
pub mod set_aside;
pub mod statistics;
pub mod sync_configuration;
pub mod sync_run;
pub mod sync_status;
pub mod timestamp;
pub mod units;
pub mod user;

pub use access::{ApiToken, SessionInfo};
pub use duplicates::{
    Detection, DuplicateEntry, DuplicateGroup, DuplicateGroups, DuplicateList, DuplicateQuery, DuplicateTotals,
    Duplicates, LikelyGroup, LikelyGroups,
};
pub use entry::Entry;
pub use error::{ApiError, ErrorCode};
pub use export::{ExportFormat, ExportQuery, ExportedFile};
pub use file::{File, FileContent, FileDetails, FilePage, Kind};
pub use held_deletions::{HeldDeletions, ShownDeletions};
pub use info_hash::InfoHash;
pub use organisation::{Change, Folder, Folders, Organisation, OrganisationPatch};
pub use query::{DuplicateFilter, FileQuery, Order, Sort};
pub use request_pace::{RequestPace, Waiting};
pub use set_aside::{SetAside, SetAsideFile};
pub use statistics::{Amount, LibrarySize, Media, RunChanges, Share, Statistics};
pub use sync_configuration::{SyncConfiguration, SyncConfigurationPatch};
pub use sync_run::{Mode, RunPage, RunState, StartedBy, SyncResult, SyncRun};
pub use sync_status::{Action, ContentsProgress, Progress, State, Stats, SyncStatus, Timing};
pub use timestamp::Timestamp;
pub use user::User;
