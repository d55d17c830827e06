//! Moving from one database into another.

pub(in crate::store) const MOVE: &str = "select source, finished_at from moves where id = 1";
pub(in crate::store) const BEGIN_MOVE: &str = "insert into moves (id, source) values (1, $1)";
pub(in crate::store) const END_MOVE: &str = "update moves set finished_at = $1 where id = 1";
pub(in crate::store) const IS_LIVED_IN: &str = "\
    select exists (select 1 from users) or exists (select 1 from moves) or exists (select 1 from device_sign_ins)";

/// The tables that give their rows numbers.
pub(in crate::store) const COUNTED_TABLES: [&str; 5] = ["users", "sessions", "sync_runs", "sync_run_errors", "files"];
/// SQLite's own, here and below, and so not in the list of all.
pub(in crate::store) const LAST_NUMBER: &str = "select seq from sqlite_sequence where name = $1";
pub(in crate::store) const COUNT_ON: &str = "update sqlite_sequence set seq = $2 where name = $1";
/// For a table in which nothing was ever stored.
pub(in crate::store) const COUNT_FROM: &str = "insert into sqlite_sequence (name, seq) values ($1, $2)";
