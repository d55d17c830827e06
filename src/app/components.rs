//! What pages are made of; server-rendered and without life of their own.

pub mod account_card;
pub mod api_operation;
pub mod api_tokens;
pub mod chart;
pub mod contents_table;
pub mod device_sign_in;
pub mod duplicate_groups;
pub mod fact;
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
pub mod prose;
pub mod run_list;
pub mod run_words;
pub mod sessions;
pub mod setting_fields;
pub mod settings_in_force;
pub mod trouble;
