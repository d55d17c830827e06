//! One module a page; each says which address it answers.

pub mod api_docs;
pub mod connection;
pub mod disconnect;
pub mod duplicates;
pub mod file;
pub mod held_deletions;
pub mod history;
pub mod home;
pub mod library;
pub mod not_found;
pub mod run;
pub mod settings;
pub mod sync;
