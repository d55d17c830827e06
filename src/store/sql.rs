//! Every fixed statement, by name. Lists of values are appended by `QueryBuilder` where they are needed.

pub(super) const MIGRATIONS_APPLIED: &str = "select count(*) from _sqlx_migrations where success";

/// SQLite's own, and so not in the list of all.
pub(super) const EMPTY_LOG: &str = "pragma wal_checkpoint(truncate)";

pub(super) const UPSERT_USER: &str = "\
    insert into users (service, real_debrid_id, username, premium_until, created_at, updated_at) \
    values ($1, $2, $3, $4, $5, $5) \
    on conflict (service, real_debrid_id) do update set \
        username = excluded.username, premium_until = excluded.premium_until, updated_at = excluded.updated_at \
    returning id, service, real_debrid_id, username, premium_until";
pub(super) const USER: &str = "select id, service, real_debrid_id, username, premium_until from users where id = $1";

pub(super) const PUT_TOKEN: &str = "\
    insert into oauth_tokens (user_id, kind, sealed_access_token, created_at, updated_at) values ($1, $2, $3, $4, $4) \
    on conflict (user_id) do update set \
        kind = excluded.kind, sealed_access_token = excluded.sealed_access_token, \
        sealed_refresh_credentials = null, expires_at = null, updated_at = excluded.updated_at";
pub(super) const TOKEN: &str = "select kind, sealed_access_token from oauth_tokens where user_id = $1";
pub(super) const ANY_TOKEN: &str = "select sealed_access_token from oauth_tokens order by user_id limit 1";

pub(super) const CREATE_SESSION: &str = "\
    insert into sessions (user_id, token_hash, created_at, last_seen_at, expires_at) values ($1, $2, $3, $3, $4)";
pub(super) const SESSION: &str = "\
    select s.id, s.last_seen_at, s.user_id, u.username, u.premium_until, u.service, u.real_debrid_id \
    from sessions s join users u on u.id = s.user_id where s.token_hash = $1 and s.expires_at > $2";
pub(super) const TOUCH_SESSION: &str = "update sessions set last_seen_at = $2 where id = $1";
pub(super) const DELETE_SESSION: &str = "delete from sessions where user_id = $1 and id = $2";
pub(super) const DELETE_EXPIRED_SESSIONS: &str = "delete from sessions where expires_at <= $1";

pub(super) const CONFIGURATION: &str = "\
    select auto_sync, sync_interval, batch_size, enable_duplicate_detection, sync_timeout, max_retries \
    from sync_configuration where user_id = $1";
pub(super) const PUT_CONFIGURATION: &str = "\
    insert into sync_configuration (user_id, auto_sync, sync_interval, batch_size, enable_duplicate_detection, \
        sync_timeout, max_retries, updated_at) values ($1, $2, $3, $4, $5, $6, $7, $8) \
    on conflict (user_id) do update set \
        auto_sync = excluded.auto_sync, sync_interval = excluded.sync_interval, batch_size = excluded.batch_size, \
        enable_duplicate_detection = excluded.enable_duplicate_detection, sync_timeout = excluded.sync_timeout, \
        max_retries = excluded.max_retries, updated_at = excluded.updated_at";

/// Who syncs by itself, has a token and no living run, and began the last one an interval ago, or, after the clock was
/// set back, in the future. The first run is the user's own decision.
pub(super) const ACCOUNTS_DUE: &str = "\
    select u.id from users u \
    join oauth_tokens t on t.user_id = u.id \
    left join sync_configuration c on c.user_id = u.id \
    join sync_runs r on r.id = (select max(l.id) from sync_runs l where l.user_id = u.id) \
    where coalesce(c.auto_sync, true) and r.state not in ('running', 'paused') \
        and (r.started_at + coalesce(c.sync_interval, $2) * 60000 <= $1 or r.started_at > $1)";
pub(super) const CREATE_RUN: &str = "\
    insert into sync_runs (user_id, mode, state, configuration, started_at) values ($1, $2, 'running', $3, $4) returning id";
pub(super) const SET_RUN_STATE: &str =
    "update sync_runs set state = $3 where user_id = $1 and id = $2 and state in ('running', 'paused')";
pub(super) const SAVE_RUN_COUNTERS: &str = "\
    update sync_runs set total = $3, processed = $4, added = $5, updated = $6, deleted = $7, duplicates = $8, \
        errors = $9, requests = $10 where user_id = $1 and id = $2";
pub(super) const END_RUN: &str = "\
    update sync_runs set state = $3, ended_at = $4, held_deletions = $5, summary = $6, error = $7 \
    where user_id = $1 and id = $2";
pub(super) const END_ORPHAN: &str = "\
    update sync_runs set state = 'error', ended_at = $2, error = $3 \
    where user_id = $1 and state in ('running', 'paused')";
pub(super) const DISMISS_HELD_DELETIONS: &str =
    "update sync_runs set held_deletions = 0 where user_id = $1 and id = $2";
pub(super) const LATEST_RUNS: &str = "\
    select id, user_id, mode, state, configuration, started_at, ended_at, total, processed, added, updated, deleted, \
        duplicates, errors, held_deletions, requests, summary, error \
    from sync_runs where user_id = $1 order by id desc limit $2";
pub(super) const RUNS_ALIVE: &str = "\
    select id, user_id, mode, state, configuration, started_at, ended_at, total, processed, added, updated, deleted, \
        duplicates, errors, held_deletions, requests, summary, error \
    from sync_runs where state in ('running', 'paused') order by user_id";
pub(super) const LAST_COMPLETED: &str = "\
    select max(ended_at) from sync_runs where user_id = $1 and state = 'completed'";
pub(super) const ADD_RUN_ERROR: &str = "\
    insert into sync_run_errors (run_id, real_debrid_id, message) values ($1, $2, $3) \
    on conflict (run_id, real_debrid_id) do nothing";
pub(super) const RUN_ERRORS: &str = "\
    select message from sync_run_errors where run_id = $1 order by real_debrid_id limit 1000";

pub(super) const LISTING: &str =
    "select total, read_at, duplicates_marked from listings where user_id = $1 and kind = $2";
pub(super) const FORGET_LISTING: &str = "delete from listings where user_id = $1 and kind = $2";
pub(super) const PUT_LISTING: &str = "\
    insert into listings (user_id, kind, total, read_at, duplicates_marked) values ($1, $2, $3, $4, $5) \
    on conflict (user_id, kind) do update set \
        total = excluded.total, read_at = excluded.read_at, duplicates_marked = excluded.duplicates_marked";

/// Everything that [`crate::domain::File`] shows.
pub(super) const FILE_COLUMNS: &str = "\
    id, real_debrid_id, kind, original_filename, file_size, mime_type, sha1_hash, status, download_url, duplicate_of, \
    added_at, created_at, updated_at";
pub(super) const FILE: &str = "\
    select id, real_debrid_id, kind, original_filename, file_size, mime_type, sha1_hash, status, download_url, \
        duplicate_of, added_at, created_at, updated_at, contents_read_at \
    from files where user_id = $1 and id = $2";
pub(super) const HAS_FILES: &str = "select exists (select 1 from files where user_id = $1)";
pub(super) const COUNT_FILES: &str = "select count(*) from files where user_id = $1";
pub(super) const ACTIVE_FINGERPRINTS: &str = "\
    select real_debrid_id, fingerprint from files where user_id = $1 and status in \
        ('magnet_conversion', 'waiting_files_selection', 'queued', 'downloading', 'compressing', 'uploading')";
pub(super) const NEWEST_NUMBER: &str = "select coalesce(max(id), 0) from files";
/// A portion of an account's entries in one text, each with its id behind the length of it, and where the next portion
/// begins. The plus keeps the database from picking them out by an index on the account.
pub(super) const STORED_BY_NUMBER: &str = "\
    select string_agg(id || ' ' || kind || ' ' || fingerprint || ' ' || octet_length(real_debrid_id) || ' ' \
        || real_debrid_id, ''), cast(max(id) as text) \
    from (select id, kind, fingerprint, real_debrid_id from files \
        where +user_id = $1 and id > cast($2 as bigint) order by id limit $3) as portion";
pub(super) const STORED_BY_ID: &str = "\
    select string_agg(id || ' ' || kind || ' ' || fingerprint || ' ' || octet_length(real_debrid_id) || ' ' \
        || real_debrid_id, ''), max(real_debrid_id) \
    from (select id, kind, fingerprint, real_debrid_id from files \
        where user_id = $1 and real_debrid_id > $2 order by real_debrid_id limit $3) as portion";
pub(super) const UPSERT_CONFLICT: &str = " on conflict (user_id, real_debrid_id) do update set \
    kind = excluded.kind, original_filename = excluded.original_filename, search_name = excluded.search_name, \
    file_size = excluded.file_size, mime_type = excluded.mime_type, sha1_hash = excluded.sha1_hash, \
    status = excluded.status, progress = excluded.progress, download_url = excluded.download_url, \
    source_link = excluded.source_link, added_at = excluded.added_at, added_raw = excluded.added_raw, \
    ended_at = excluded.ended_at, fingerprint = excluded.fingerprint, written_by_run = excluded.written_by_run, \
    contents_read_at = null, updated_at = excluded.updated_at";
/// The earliest added entry of a hash is the original; equal times are settled by Real-Debrid's id, so that the answer
/// does not depend on the order of reading. Followed by a list of hashes.
pub(super) const MARK_DUPLICATES: &str = "\
    update files set duplicate_of = nullif((select o.id from files o where o.user_id = files.user_id \
        and o.sha1_hash = files.sha1_hash order by o.added_at, o.real_debrid_id limit 1), files.id) \
    where files.duplicate_of is distinct from nullif((select o.id from files o where o.user_id = files.user_id \
        and o.sha1_hash = files.sha1_hash order by o.added_at, o.real_debrid_id limit 1), files.id) \
    and files.user_id = ";
/// The hashes that any entry has, among a list of hashes, each with how many of a run's entries are marked. Followed by
/// the run and the list.
pub(super) const COUNT_MARKED: &str = "\
    select sha1_hash, count(case when duplicate_of is not null and written_by_run = ";

pub(super) const CONTENTS: &str = "\
    select file_index, path, bytes, mime_type, selected, link from file_contents where file_id = $1 order by file_index";
pub(super) const DELETE_CONTENTS: &str = "delete from file_contents where file_id = $1";
pub(super) const SET_CONTENTS_READ: &str = "update files set contents_read_at = $3 where user_id = $1 and id = $2";
pub(super) const CONTENTS_PROGRESS: &str = "\
    select count(*), count(contents_read_at) from files where user_id = $1 and kind = 'torrent'";

/// Every fixed statement, for the tests that prepare and explain them all.
pub const ALL: &[(&str, &str)] = &[
    ("MIGRATIONS_APPLIED", MIGRATIONS_APPLIED),
    ("UPSERT_USER", UPSERT_USER),
    ("USER", USER),
    ("PUT_TOKEN", PUT_TOKEN),
    ("TOKEN", TOKEN),
    ("ANY_TOKEN", ANY_TOKEN),
    ("CREATE_SESSION", CREATE_SESSION),
    ("SESSION", SESSION),
    ("TOUCH_SESSION", TOUCH_SESSION),
    ("DELETE_SESSION", DELETE_SESSION),
    ("DELETE_EXPIRED_SESSIONS", DELETE_EXPIRED_SESSIONS),
    ("CONFIGURATION", CONFIGURATION),
    ("PUT_CONFIGURATION", PUT_CONFIGURATION),
    ("ACCOUNTS_DUE", ACCOUNTS_DUE),
    ("CREATE_RUN", CREATE_RUN),
    ("SET_RUN_STATE", SET_RUN_STATE),
    ("SAVE_RUN_COUNTERS", SAVE_RUN_COUNTERS),
    ("END_RUN", END_RUN),
    ("END_ORPHAN", END_ORPHAN),
    ("DISMISS_HELD_DELETIONS", DISMISS_HELD_DELETIONS),
    ("LATEST_RUNS", LATEST_RUNS),
    ("RUNS_ALIVE", RUNS_ALIVE),
    ("LAST_COMPLETED", LAST_COMPLETED),
    ("ADD_RUN_ERROR", ADD_RUN_ERROR),
    ("RUN_ERRORS", RUN_ERRORS),
    ("LISTING", LISTING),
    ("FORGET_LISTING", FORGET_LISTING),
    ("PUT_LISTING", PUT_LISTING),
    ("FILE", FILE),
    ("HAS_FILES", HAS_FILES),
    ("COUNT_FILES", COUNT_FILES),
    ("ACTIVE_FINGERPRINTS", ACTIVE_FINGERPRINTS),
    ("NEWEST_NUMBER", NEWEST_NUMBER),
    ("STORED_BY_NUMBER", STORED_BY_NUMBER),
    ("STORED_BY_ID", STORED_BY_ID),
    ("CONTENTS", CONTENTS),
    ("DELETE_CONTENTS", DELETE_CONTENTS),
    ("SET_CONTENTS_READ", SET_CONTENTS_READ),
    ("CONTENTS_PROGRESS", CONTENTS_PROGRESS),
];
