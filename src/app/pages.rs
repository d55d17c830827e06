//! One module a page; each says which address it answers.

pub mod connection;
pub mod file;
pub mod home;
pub mod library;
pub mod not_found;
pub mod settings;
pub mod sync;
