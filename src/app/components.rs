//! What pages are made of; server-rendered and without life of their own.

pub mod contents_table;
pub mod file_badges;
pub mod file_table;
pub mod filters;
pub mod help;
pub mod icons;
pub mod layout;
pub mod notify_switch;
pub mod organisation_form;
pub mod pager;
pub mod preview;
pub mod problem;
pub mod setting_fields;
pub mod settings_in_force;
pub mod trouble;
