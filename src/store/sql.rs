//! Every fixed statement, by name. Lists of values are appended where they are needed.

mod accounts;
mod contents;
mod duplicates;
mod leases;
mod moving;
mod paces;
mod statistics;

pub(super) use accounts::*;
pub(super) use contents::*;
pub(super) use duplicates::{
    COMPANION_NAMES, COUNT_MARKED_FILES, DUPLICATE_GROUPS, DUPLICATE_TOTALS, END_OF_PORTION, GROUP_MARKED,
    GROUP_ORIGINAL, LIKELY_NAMES, NAMESAKES,
};
pub(super) use leases::*;
pub(super) use moving::{BEGIN_MOVE, COUNT_FROM, COUNT_ON, COUNTED_TABLES, END_MOVE, IS_LIVED_IN, LAST_NUMBER, MOVE};
pub(super) use paces::{DATABASE_CLOCK, PACE, PUT_PACE};
pub(super) use statistics::{
    CARRY_LIBRARY_COUNT, CHANGES, COUNTED_AT, FIRST_AND_LAST_SYNC, FORGET_SHARES, GROWTH, LIBRARY_IS_COUNTED,
    NOTE_STORED, PURGE_RUNS, PUT_LIBRARY_COUNT, SHARES, SHARES_BY_ID, SHARES_BY_NUMBER,
};

pub(super) const MIGRATIONS_APPLIED: &str = "select count(*) from _sqlx_migrations where success";

/// SQLite's own, and so not in the list of all.
pub(super) const EMPTY_LOG: &str = "pragma wal_checkpoint(truncate)";

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

/// Who syncs by itself, has a token and no living run, with what decides when the next one comes: the last run, and how
/// many have failed since one did not. The first run is the user's own decision.
pub(super) const SCHEDULES: &str = "\
    select u.id as user_id, coalesce(c.sync_interval, $1) as sync_interval, t.updated_at as token_since, r.id as run, \
        r.started_at, r.ended_at, r.failure, \
        (select count(*) from sync_runs f where f.user_id = u.id and f.id > coalesce((select max(g.id) \
            from sync_runs g where g.user_id = u.id and g.state <> 'error'), 0)) as failures \
    from users u \
    join oauth_tokens t on t.user_id = u.id \
    left join sync_configuration c on c.user_id = u.id \
    join sync_runs r on r.id = (select max(l.id) from sync_runs l where l.user_id = u.id) \
    where u.left_at is null and coalesce(c.auto_sync, true) and r.state not in ('running', 'paused') and u.id = coalesce($2, u.id)";
pub(super) const CREATE_RUN: &str = "\
    insert into sync_runs (user_id, mode, state, configuration, started_at, started_by) \
    select $1, $2, 'running', $3, $4, $5 \
    where coalesce(cast($6 as bigint) = (select max(id) from sync_runs where user_id = $1), cast($6 as bigint) is null) \
    returning id";
pub(super) const SET_RUN_STATE: &str =
    "update sync_runs set state = $3 where user_id = $1 and id = $2 and state in ('running', 'paused')";
pub(super) const SAVE_RUN_COUNTERS: &str = "\
    update sync_runs set total = $3, processed = $4, added = $5, updated = $6, deleted = $7, duplicates = $8, \
        errors = $9, requests = $10 where user_id = $1 and id = $2 \
        and exists (select 1 from leases where user_id = $1 and task = 'run' and number = $11 \
            and (holder = $12 or holder is null))";
/// The same after more was written, if what is stored is what there was before: entries added, updated, deleted and failed.
pub(super) const ADVANCE_RUN_COUNTERS: &str = "\
    update sync_runs set total = $3, processed = $4, added = $5, updated = $6, deleted = $7, duplicates = $8, \
        errors = $9, requests = $10 where user_id = $1 and id = $2 \
        and exists (select 1 from leases where user_id = $1 and task = 'run' and number = $11 \
            and (holder = $12 or holder is null)) \
        and added = $13 and updated = $14 and deleted = $15 and errors = $16";
pub(super) const LEAVE_RUN: &str =
    "update sync_runs set requests = $3 where user_id = $1 and id = $2 and requests < $3";
pub(super) const END_RUN: &str = "\
    update sync_runs set state = $3, ended_at = $4, summary = $5, error = $6, failure = $7, \
        held_deletions = (select count(*) from held_deletions h where h.user_id = $1 and h.run_id = $2) \
    where user_id = $1 and id = $2";
pub(super) const END_ORPHAN: &str = "\
    update sync_runs set state = 'error', ended_at = $2, error = $3, failure = 'temporary' \
    where user_id = $1 and state in ('running', 'paused') \
        and exists (select 1 from leases where user_id = $1 and task = 'run' and holder = $4)";
pub(super) const DISMISS_HELD_DELETIONS: &str =
    "update sync_runs set held_deletions = 0 where user_id = $1 and id = $2";
/// Followed by the account, the run and a list of numbers.
pub(super) const HOLD_DELETIONS: &str = "insert into held_deletions (user_id, run_id, file_id) select user_id, ";
/// The first so many that are held of the oldest run of an account that has any: the run and the last of them.
pub(super) const HELD_PORTION: &str = "\
    select run_id, max(file_id) from (select run_id, file_id from held_deletions where user_id = $1 \
        and run_id = (select min(run_id) from held_deletions where user_id = $1) order by file_id limit $2) as portion \
    group by run_id";
pub(super) const FORGET_HELD_PORTION: &str =
    "delete from held_deletions where user_id = $1 and run_id = $2 and file_id <= $3";
pub(super) const HELD_RUN: &str = "\
    select id, held_deletions from sync_runs where user_id = $1 order by id desc limit 1";
pub(super) const HELD_FILES: &str = "\
    select f.id, f.real_debrid_id, f.kind, f.original_filename, f.file_size, f.mime_type, f.sha1_hash, f.status, \
        f.download_url, f.duplicate_of, f.added_at, f.created_at, f.updated_at \
    from held_deletions h join files f on f.id = h.file_id \
    where h.user_id = $1 and h.run_id = $2 and h.file_id > $3 order by h.file_id limit $4";
pub(super) const RUNS_BEFORE: &str = "\
    select id, user_id, mode, state, configuration, started_at, ended_at, total, processed, added, updated, deleted, \
        duplicates, errors, held_deletions, requests, summary, error, started_by \
    from sync_runs where user_id = $1 and id < $2 order by id desc limit $3";
pub(super) const RUN: &str = "\
    select id, user_id, mode, state, configuration, started_at, ended_at, total, processed, added, updated, deleted, \
        duplicates, errors, held_deletions, requests, summary, error, started_by \
    from sync_runs where user_id = $1 and id = $2";
pub(super) const RUNS_ALIVE: &str = "\
    select id, user_id, mode, state, configuration, started_at, ended_at, total, processed, added, updated, deleted, \
        duplicates, errors, held_deletions, requests, summary, error, started_by \
    from sync_runs where state in ('running', 'paused') order by user_id";
pub(super) const LAST_COMPLETED: &str = "\
    select ended_at from sync_runs where user_id = $1 and state = 'completed' order by id desc limit 1";
pub(super) const RUN_ERRORS: &str = "\
    select message from sync_run_errors where run_id = $1 order by real_debrid_id limit $2";

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
/// A portion of an account's entries by number, which no change of an entry moves. The plus keeps the database from
/// picking them out by an index on the account and sorting them.
pub(super) const EXPORT: &str = "\
    select f.id, f.real_debrid_id, f.kind, f.original_filename, f.file_size, f.mime_type, f.sha1_hash, f.status, \
        f.download_url, f.duplicate_of, f.added_at, f.created_at, f.updated_at, o.folder, o.name, o.note \
    from files f left join file_organisation o on o.file_id = f.id \
    where +f.user_id = $1 and f.id > $2 order by f.id limit $3";
pub(super) const HAS_FILES: &str = "select exists (select 1 from files where user_id = $1)";
/// Counted by triggers.
pub(super) const COUNT_FILES: &str =
    "select cast(coalesce(sum(files), 0) as bigint) from file_counts where user_id = $1";
pub(super) const ACTIVE_FINGERPRINTS: &str = "\
    select real_debrid_id, fingerprint from files where user_id = $1 and status in \
        ('magnet_conversion', 'waiting_files_selection', 'queued', 'downloading', 'compressing', 'uploading')";
/// Of whichever account, and asked for without one: a policy would have the database go back to the newest entry of that.
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
    and +files.user_id = ";
/// The hashes that any entry has, among a list of hashes, each with how many of a run's entries are marked. Followed by
/// the run and the list.
pub(super) const COUNT_MARKED: &str = "\
    select sha1_hash, count(case when duplicate_of is not null and written_by_run = ";

pub(super) const HAS_FILE: &str = "select exists (select 1 from files where user_id = $1 and id = $2)";
pub(super) const ORGANISATION: &str =
    "select folder, name, note from file_organisation where user_id = $1 and file_id = $2";
pub(super) const PUT_ORGANISATION: &str = "\
    insert into file_organisation (file_id, user_id, folder, name, note, updated_at) values ($1, $2, $3, $4, $5, $6) \
    on conflict (file_id) do update set \
        folder = excluded.folder, name = excluded.name, note = excluded.note, updated_at = excluded.updated_at";
pub(super) const DELETE_ORGANISATION: &str = "delete from file_organisation where user_id = $1 and file_id = $2";
pub(super) const FOLDERS: &str = "\
    select folder, count(*) from file_organisation where user_id = $1 and folder is not null group by folder";

/// Everything of an entry that outlives it. Followed by a list of ids.
pub(super) const RECORDS: &str = "\
    select f.id, f.real_debrid_id, f.kind, f.sha1_hash, f.source_link, f.created_at, o.folder, o.name, o.note \
    from files f left join file_organisation o on o.file_id = f.id where ";
/// The account stands behind a plus, here and below, so that the range of numbers is read and not all of the account.
pub(super) const HAS_NEWCOMERS: &str = "select exists (select 1 from files where +user_id = $1 and id > $2)";
pub(super) const NEW_DOWNLOADS: &str = "\
    select f.id, f.real_debrid_id, f.kind, f.sha1_hash, f.source_link, f.created_at, o.folder, o.name, o.note \
    from files f left join file_organisation o on o.file_id = f.id \
    where +f.user_id = $1 and f.id > $2 and f.kind = 'download' order by f.id limit $3";
/// The same of an account that has few of the entries behind a number: all of its own are looked at instead.
pub(super) const HAS_NEWCOMERS_AMONG_MANY: &str = "select exists (select 1 from files where user_id = $1 and +id > $2)";
pub(super) const NEW_DOWNLOADS_AMONG_MANY: &str = "\
    select f.id, f.real_debrid_id, f.kind, f.sha1_hash, f.source_link, f.created_at, o.folder, o.name, o.note \
    from files f left join file_organisation o on o.file_id = f.id \
    where f.user_id = $1 and +f.id > $2 and f.kind = 'download' and f.real_debrid_id > $4 \
    order by f.real_debrid_id limit $3";
pub(super) const HAS_TOMBSTONES: &str = "select exists (select 1 from tombstones where user_id = $1)";
/// Followed by the account and a list of what they are known by.
pub(super) const TOMBSTONES: &str = "\
    select file_id, real_debrid_id, kind, identity, created_at, deleted_at, folder, name, note \
    from tombstones where user_id = ";
/// The first so many of them.
pub(super) const PURGE_TOMBSTONES: &str = "\
    delete from tombstones where file_id in (select file_id from tombstones where user_id = $1 and deleted_at < $2 \
        order by deleted_at limit $3)";
pub(super) const SETTLED: &str = "select kind, last_file_id from settled_lists where user_id = $1";
pub(super) const PUT_SETTLED: &str = "\
    insert into settled_lists (user_id, kind, last_file_id) values ($1, $2, $3) \
    on conflict (user_id, kind) do update set last_file_id = excluded.last_file_id";

/// Every fixed statement, for the tests that prepare and explain them all.
pub const ALL: &[(&str, &str)] = &[
    ("MIGRATIONS_APPLIED", MIGRATIONS_APPLIED),
    ("UPSERT_USER", UPSERT_USER),
    ("NOTE_PREMIUM", NOTE_PREMIUM),
    ("USER", USER),
    ("ACCOUNTS", ACCOUNTS),
    ("ACCOUNTS_WITH_TOKEN", ACCOUNTS_WITH_TOKEN),
    ("PUT_TOKEN", PUT_TOKEN),
    ("TOKEN", TOKEN),
    ("SOME_TOKENS", SOME_TOKENS),
    ("RENEW_TOKEN", RENEW_TOKEN),
    ("REFUSE_TOKEN", REFUSE_TOKEN),
    ("DELETE_EXPIRED_DEVICE_SIGN_INS", DELETE_EXPIRED_DEVICE_SIGN_INS),
    ("BEGIN_DEVICE_SIGN_IN", BEGIN_DEVICE_SIGN_IN),
    ("COUNT_DEVICE_SIGN_INS", COUNT_DEVICE_SIGN_INS),
    ("DEVICE_SIGN_IN", DEVICE_SIGN_IN),
    ("CLAIM_DEVICE_POLL", CLAIM_DEVICE_POLL),
    ("RELEASE_DEVICE_POLL", RELEASE_DEVICE_POLL),
    ("END_DEVICE_SIGN_IN", END_DEVICE_SIGN_IN),
    ("APPROVE_DEVICE_SIGN_IN", APPROVE_DEVICE_SIGN_IN),
    ("KEEP_DEVICE_TOKENS", KEEP_DEVICE_TOKENS),
    ("RESEAL_DEVICE_CODE", RESEAL_DEVICE_CODE),
    ("SEALED_DEVICE_CODES", SEALED_DEVICE_CODES),
    ("RESEAL_TOKEN", RESEAL_TOKEN),
    ("SEALED_TOKENS", SEALED_TOKENS),
    ("PURGE_USER", PURGE_USER),
    ("PURGE_LEFT_RUNS", PURGE_LEFT_RUNS),
    ("PURGE_LEFT_TOMBSTONES", PURGE_LEFT_TOMBSTONES),
    ("PURGE_FILES", PURGE_FILES),
    ("LEFT", LEFT),
    ("FORGET_TOKEN", FORGET_TOKEN),
    ("FORGET_SESSIONS", FORGET_SESSIONS),
    ("PUT_PROOF", PUT_PROOF),
    ("PROOF", PROOF),
    ("FORGET_PROOF", FORGET_PROOF),
    ("LEAVE", LEAVE),
    ("DELETE_OTHER_SESSIONS", DELETE_OTHER_SESSIONS),
    ("COUNT_TOKENS", COUNT_TOKENS),
    ("SESSIONS", SESSIONS),
    ("CREATE_SESSION", CREATE_SESSION),
    ("SESSION", SESSION),
    ("TOUCH_SESSION", TOUCH_SESSION),
    ("DELETE_SESSION", DELETE_SESSION),
    ("DELETE_EXPIRED_SESSIONS", DELETE_EXPIRED_SESSIONS),
    ("CONFIGURATION", CONFIGURATION),
    ("PUT_CONFIGURATION", PUT_CONFIGURATION),
    ("SCHEDULES", SCHEDULES),
    ("CREATE_RUN", CREATE_RUN),
    ("SET_RUN_STATE", SET_RUN_STATE),
    ("SAVE_RUN_COUNTERS", SAVE_RUN_COUNTERS),
    ("ADVANCE_RUN_COUNTERS", ADVANCE_RUN_COUNTERS),
    ("LEAVE_RUN", LEAVE_RUN),
    ("END_RUN", END_RUN),
    ("END_ORPHAN", END_ORPHAN),
    ("DISMISS_HELD_DELETIONS", DISMISS_HELD_DELETIONS),
    ("RUNS_BEFORE", RUNS_BEFORE),
    ("HELD_PORTION", HELD_PORTION),
    ("FORGET_HELD_PORTION", FORGET_HELD_PORTION),
    ("HELD_RUN", HELD_RUN),
    ("HELD_FILES", HELD_FILES),
    ("RUN", RUN),
    ("RUNS_ALIVE", RUNS_ALIVE),
    ("LAST_COMPLETED", LAST_COMPLETED),
    ("RUN_ERRORS", RUN_ERRORS),
    ("PURGE_RUNS", PURGE_RUNS),
    ("SHARES_BY_NUMBER", SHARES_BY_NUMBER),
    ("SHARES_BY_ID", SHARES_BY_ID),
    ("LIBRARY_IS_COUNTED", LIBRARY_IS_COUNTED),
    ("FORGET_SHARES", FORGET_SHARES),
    ("PUT_LIBRARY_COUNT", PUT_LIBRARY_COUNT),
    ("CARRY_LIBRARY_COUNT", CARRY_LIBRARY_COUNT),
    ("NOTE_STORED", NOTE_STORED),
    ("SHARES", SHARES),
    ("COUNTED_AT", COUNTED_AT),
    ("FIRST_AND_LAST_SYNC", FIRST_AND_LAST_SYNC),
    ("GROWTH", GROWTH),
    ("CHANGES", CHANGES),
    ("LISTING", LISTING),
    ("FORGET_LISTING", FORGET_LISTING),
    ("PUT_LISTING", PUT_LISTING),
    ("FILE", FILE),
    ("EXPORT", EXPORT),
    ("HAS_FILES", HAS_FILES),
    ("COUNT_FILES", COUNT_FILES),
    ("ACTIVE_FINGERPRINTS", ACTIVE_FINGERPRINTS),
    ("NEWEST_NUMBER", NEWEST_NUMBER),
    ("STORED_BY_NUMBER", STORED_BY_NUMBER),
    ("STORED_BY_ID", STORED_BY_ID),
    ("HAS_FILE", HAS_FILE),
    ("ORGANISATION", ORGANISATION),
    ("PUT_ORGANISATION", PUT_ORGANISATION),
    ("DELETE_ORGANISATION", DELETE_ORGANISATION),
    ("FOLDERS", FOLDERS),
    ("COUNT_MARKED_FILES", COUNT_MARKED_FILES),
    ("DUPLICATE_TOTALS", DUPLICATE_TOTALS),
    ("DUPLICATE_GROUPS", DUPLICATE_GROUPS),
    ("GROUP_ORIGINAL", GROUP_ORIGINAL),
    ("GROUP_MARKED", GROUP_MARKED),
    ("END_OF_PORTION", END_OF_PORTION),
    ("LIKELY_NAMES", LIKELY_NAMES),
    ("COMPANION_NAMES", COMPANION_NAMES),
    ("NAMESAKES", NAMESAKES),
    ("HAS_NEWCOMERS", HAS_NEWCOMERS),
    ("NEW_DOWNLOADS", NEW_DOWNLOADS),
    ("HAS_NEWCOMERS_AMONG_MANY", HAS_NEWCOMERS_AMONG_MANY),
    ("NEW_DOWNLOADS_AMONG_MANY", NEW_DOWNLOADS_AMONG_MANY),
    ("HAS_TOMBSTONES", HAS_TOMBSTONES),
    ("PURGE_TOMBSTONES", PURGE_TOMBSTONES),
    ("SETTLED", SETTLED),
    ("PUT_SETTLED", PUT_SETTLED),
    ("CONTENTS", CONTENTS),
    ("SET_CONTENTS_READ", SET_CONTENTS_READ),
    ("CONTENTS_PROGRESS", CONTENTS_PROGRESS),
    ("CONTENTS_UNREAD_IN_ALL", CONTENTS_UNREAD_IN_ALL),
    ("CONTENTS_OF", CONTENTS_OF),
    ("CONTENTS_UNREAD", CONTENTS_UNREAD),
    ("CONTENTS_STALE", CONTENTS_STALE),
    ("CONTENTS_ACCOUNTS", CONTENTS_ACCOUNTS),
    ("NOTE_CONTENTS_FAILURE", NOTE_CONTENTS_FAILURE),
    ("CONTENTS_FAILURE", CONTENTS_FAILURE),
    ("SET_ASIDE", SET_ASIDE),
    ("COUNT_SET_ASIDE", COUNT_SET_ASIDE),
    ("SIGNS_OF_ACCESS", SIGNS_OF_ACCESS),
    ("MOVE", MOVE),
    ("BEGIN_MOVE", BEGIN_MOVE),
    ("TAKE_LEASE", TAKE_LEASE),
    ("BEAT", BEAT),
    ("RELEASE_LEASE", RELEASE_LEASE),
    ("LEAVE_LEASE", LEAVE_LEASE),
    ("HOLDS_LEASE", HOLDS_LEASE),
    ("ASK_TO_CANCEL", ASK_TO_CANCEL),
    ("IS_CANCELLED", IS_CANCELLED),
    ("RUNS_UNDER_WAY", RUNS_UNDER_WAY),
    ("CONTENTS_UNDER_WAY", CONTENTS_UNDER_WAY),
    ("LEASE_SEEN", LEASE_SEEN),
    ("RUN_SHOWN", RUN_SHOWN),
    ("ATTEND", ATTEND),
    ("REPLICAS", REPLICAS),
    ("FORGET_REPLICA", FORGET_REPLICA),
    ("END_MOVE", END_MOVE),
    ("IS_LIVED_IN", IS_LIVED_IN),
    ("DATABASE_CLOCK", DATABASE_CLOCK),
    ("PACE", PACE),
    ("PUT_PACE", PUT_PACE),
];
