//! The words of the subject, shared by the server and the browser: no I/O, no clock, no `cfg`.
//!
//! Everything here serialises to the shapes of the outside contract, so that REST, server functions, the event stream
//! and the islands speak of the same thing with the same type.

pub mod duplicates;
pub mod entry;
pub mod error;
pub mod file;
pub mod info_hash;
pub mod organisation;
pub mod query;
pub mod sync_configuration;
pub mod sync_run;
pub mod sync_status;
pub mod timestamp;
pub mod units;
pub mod user;

pub use duplicates::{
    Detection, DuplicateEntry, DuplicateGroup, DuplicateGroups, DuplicateList, DuplicateQuery, DuplicateTotals,
    Duplicates, LikelyGroup, LikelyGroups,
};
pub use entry::Entry;
pub use error::{ApiError, ErrorCode};
pub use file::{File, FileContent, FileDetails, FilePage, Kind};
pub use info_hash::InfoHash;
pub use organisation::{Change, Folder, Folders, Organisation, OrganisationPatch};
pub use query::{DuplicateFilter, FileQuery, Order, Sort};
pub use sync_configuration::{SyncConfiguration, SyncConfigurationPatch};
pub use sync_run::{Mode, RunState, SyncResult, SyncRun};
pub use sync_status::{Action, ContentsProgress, Progress, State, Stats, SyncStatus, Timing};
pub use timestamp::Timestamp;
pub use user::User;
