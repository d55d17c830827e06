//! The tables: what is in those that are moved into another database, and the names of all.

use Kind::{Boolean, Bytes, Integer, Real, Text};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Integer,
    Text,
    Boolean,
    Real,
    Bytes,
}

/// A table with its columns, those of its key first.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    /// How many columns are the key.
    pub(super) key: usize,
    pub(super) columns: &'static [(&'static str, Kind)],
}

impl Table {
    /// The names of its columns, or of those of its key.
    pub(super) fn names(&self, columns: usize) -> String {
        self.columns.iter().take(columns).map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
    }

    /// The place of the column that refers to a row of this table which may come later.
    pub(super) fn refers_to_itself(&self) -> Option<usize> {
        self.columns.iter().position(|(name, _)| self.name == "files" && *name == "duplicate_of")
    }
}

const fn table(name: &'static str, key: usize, columns: &'static [(&'static str, Kind)]) -> Table {
    Table { name, key, columns }
}

/// Every table that is moved, those first that others refer to.
pub(super) const TABLES: [Table; 17] = [
    table(
        "users",
        1,
        &[
            ("id", Integer),
            ("service", Text),
            ("real_debrid_id", Integer),
            ("username", Text),
            ("premium_until", Integer),
            ("created_at", Integer),
            ("updated_at", Integer),
            ("left_at", Integer),
        ],
    ),
    table(
        "oauth_tokens",
        1,
        &[
            ("user_id", Integer),
            ("kind", Text),
            ("sealed_access_token", Bytes),
            ("sealed_refresh_credentials", Bytes),
            ("expires_at", Integer),
            ("created_at", Integer),
            ("updated_at", Integer),
            ("renewed_at", Integer),
            ("refused_at", Integer),
        ],
    ),
    table(
        "sessions",
        1,
        &[
            ("id", Integer),
            ("user_id", Integer),
            ("token_hash", Bytes),
            ("created_at", Integer),
            ("last_seen_at", Integer),
            ("expires_at", Integer),
            ("client", Text),
            ("name", Text),
        ],
    ),
    table(
        "device_sign_ins",
        1,
        &[
            ("id_hash", Bytes),
            ("sealed_device_code", Bytes),
            ("sealed_tokens", Bytes),
            ("user_id", Integer),
            ("user_code", Text),
            ("verification_url", Text),
            ("direct_verification_url", Text),
            ("interval_millis", Integer),
            ("next_poll_at", Integer),
            ("expires_at", Integer),
        ],
    ),
    table(
        "sync_configuration",
        1,
        &[
            ("user_id", Integer),
            ("auto_sync", Boolean),
            ("sync_interval", Integer),
            ("batch_size", Integer),
            ("enable_duplicate_detection", Boolean),
            ("sync_timeout", Integer),
            ("max_retries", Integer),
            ("updated_at", Integer),
        ],
    ),
    table(
        "sync_runs",
        1,
        &[
            ("id", Integer),
            ("user_id", Integer),
            ("mode", Text),
            ("state", Text),
            ("configuration", Text),
            ("started_at", Integer),
            ("ended_at", Integer),
            ("total", Integer),
            ("processed", Integer),
            ("added", Integer),
            ("updated", Integer),
            ("deleted", Integer),
            ("duplicates", Integer),
            ("errors", Integer),
            ("held_deletions", Integer),
            ("requests", Integer),
            ("summary", Text),
            ("error", Text),
            ("failure", Text),
            ("started_by", Text),
            ("stored_files", Integer),
            ("stored_bytes", Integer),
            ("duplicate_files", Integer),
            ("duplicate_bytes", Integer),
        ],
    ),
    table("sync_run_errors", 1, &[("id", Integer), ("run_id", Integer), ("real_debrid_id", Text), ("message", Text)]),
    table(
        "listings",
        2,
        &[
            ("user_id", Integer),
            ("kind", Text),
            ("total", Integer),
            ("read_at", Integer),
            ("duplicates_marked", Boolean),
        ],
    ),
    table(
        "files",
        1,
        &[
            ("id", Integer),
            ("user_id", Integer),
            ("real_debrid_id", Text),
            ("kind", Text),
            ("original_filename", Text),
            ("search_name", Text),
            ("file_size", Integer),
            ("mime_type", Text),
            ("sha1_hash", Text),
            ("status", Text),
            ("progress", Real),
            ("download_url", Text),
            ("source_link", Text),
            ("duplicate_of", Integer),
            ("added_at", Integer),
            ("added_raw", Text),
            ("ended_at", Integer),
            ("fingerprint", Integer),
            ("written_by_run", Integer),
            ("contents_read_at", Integer),
            ("created_at", Integer),
            ("updated_at", Integer),
        ],
    ),
    table(
        "file_contents",
        2,
        &[
            ("file_id", Integer),
            ("file_index", Integer),
            ("path", Text),
            ("bytes", Integer),
            ("mime_type", Text),
            ("selected", Boolean),
            ("link", Text),
        ],
    ),
    table(
        "file_organisation",
        1,
        &[
            ("file_id", Integer),
            ("user_id", Integer),
            ("folder", Text),
            ("name", Text),
            ("note", Text),
            ("updated_at", Integer),
        ],
    ),
    table(
        "contents_failures",
        1,
        &[
            ("file_id", Integer),
            ("user_id", Integer),
            ("fingerprint", Integer),
            ("attempts", Integer),
            ("retry_at", Integer),
            ("error", Text),
        ],
    ),
    table(
        "tombstones",
        1,
        &[
            ("file_id", Integer),
            ("user_id", Integer),
            ("real_debrid_id", Text),
            ("kind", Text),
            ("identity", Text),
            ("folder", Text),
            ("name", Text),
            ("note", Text),
            ("created_at", Integer),
            ("deleted_at", Integer),
        ],
    ),
    table("settled_lists", 2, &[("user_id", Integer), ("kind", Text), ("last_file_id", Integer)]),
    table("held_deletions", 2, &[("run_id", Integer), ("file_id", Integer), ("user_id", Integer)]),
    table(
        "library_shares",
        4,
        &[
            ("user_id", Integer),
            ("kind", Text),
            ("status", Text),
            ("media", Text),
            ("files", Integer),
            ("bytes", Integer),
            ("duplicate_files", Integer),
            ("duplicate_bytes", Integer),
        ],
    ),
    table(
        "library_counts",
        1,
        &[
            ("user_id", Integer),
            ("run_id", Integer),
            ("counted_at", Integer),
            ("files", Integer),
            ("bytes", Integer),
            ("duplicate_files", Integer),
            ("duplicate_bytes", Integer),
        ],
    ),
];

/// What the database counts by itself, and what is only here: who works for an account, who is nobody after a move, and
/// the last minute, which is over when the other database is in use. The proof of the key is sealed anew there.
pub(super) const LEFT_BEHIND: [&str; 7] =
    ["file_counts", "leases", "moves", "replicas", "vault", "_sqlx_migrations", "paces"];

/// The names of all tables, those that are not moved included.
pub(super) fn every_table() -> impl Iterator<Item = &'static str> {
    TABLES.iter().map(|table| table.name).chain(LEFT_BEHIND)
}
