//! Moving from one database into another.

pub(in crate::store) const MOVE: &str = "select source, finished_at from moves where id = 1";
pub(in crate::store) const BEGIN_MOVE: &str = "insert into moves (id, source) values (1, $1)";
pub(in crate::store) const END_MOVE: &str = "update moves set finished_at = $1 where id = 1";
pub(in crate::store) const HAS_USERS: &str = "select exists (select 1 from users)";

/// The highest number that was ever given to a row of a table, as far as anything remembers it.
pub(in crate::store) const HIGHEST_NUMBERS: &[(&str, &str)] = &[
    ("users", "select coalesce(max(id), 0) from users"),
    ("sessions", "select coalesce(max(id), 0) from sessions"),
    ("sync_runs", "select coalesce(max(id), 0) from sync_runs"),
    ("sync_run_errors", "select coalesce(max(id), 0) from sync_run_errors"),
    (
        "files",
        "select coalesce(max(number), 0) from (select max(id) as number from files union all \
            select max(file_id) from tombstones union all select max(last_file_id) from settled_lists) as numbers",
    ),
];
/// SQLite's own, and so not in the list of all.
pub(in crate::store) const COUNT_ON: &str = "update sqlite_sequence set seq = $2 where name = $1";
/// SQLite's own, for a table in which nothing was ever stored.
pub(in crate::store) const COUNT_FROM: &str = "insert into sqlite_sequence (name, seq) values ($1, $2)";
