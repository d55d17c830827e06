//! The history's statements: what is kept of runs, and what they left behind, counted.

/// Completed runs that found nothing to do, all but the newest $2: a hundred at a time, so that no run waits at its end.
pub(in crate::store) const PURGE_RUNS: &str = "\
    delete from sync_runs where user_id = $1 and id in (select id from sync_runs where user_id = $1 \
        and state = 'completed' and added = 0 and updated = 0 and deleted = 0 and errors = 0 and held_deletions = 0 \
        order by id desc limit 100 offset $2)";

/// What is stored, sorted and summed up a portion at a time, each group with where the portion ends. As with
/// [`super::STORED_BY_NUMBER`], the plus keeps the database from picking entries out by an index on the account.
pub(in crate::store) const SHARES_BY_NUMBER: &str = "\
    select kind, status, mime_type, count(*), cast(sum(file_size) as bigint), count(duplicate_of), \
        cast(sum(case when duplicate_of is null then 0 else file_size end) as bigint), cast(max(id) as text) \
    from (select id, kind, status, mime_type, file_size, duplicate_of from files \
        where +user_id = $1 and id > cast($2 as bigint) order by id limit $3) as portion \
    group by kind, status, mime_type";
pub(in crate::store) const SHARES_BY_ID: &str = "\
    select kind, status, mime_type, count(*), cast(sum(file_size) as bigint), count(duplicate_of), \
        cast(sum(case when duplicate_of is null then 0 else file_size end) as bigint), max(real_debrid_id) \
    from (select real_debrid_id, kind, status, mime_type, file_size, duplicate_of from files \
        where user_id = $1 and real_debrid_id > $2 order by real_debrid_id limit $3) as portion \
    group by kind, status, mime_type";
/// Whether what was counted still holds before the run $2: no run since has changed anything.
pub(in crate::store) const LIBRARY_IS_COUNTED: &str = "\
    select exists (select 1 from library_counts c where c.user_id = $1 and not exists (select 1 from sync_runs r \
        where r.user_id = $1 and r.id > c.run_id and r.id <> $2 and r.added + r.updated + r.deleted > 0))";
pub(in crate::store) const FORGET_SHARES: &str = "delete from library_shares where user_id = $1";
pub(in crate::store) const PUT_LIBRARY_COUNT: &str = "\
    insert into library_counts (user_id, run_id, counted_at, files, bytes, duplicate_files, duplicate_bytes) \
    values ($1, $2, $3, $4, $5, $6, $7) on conflict (user_id) do update set run_id = excluded.run_id, \
        counted_at = excluded.counted_at, files = excluded.files, bytes = excluded.bytes, \
        duplicate_files = excluded.duplicate_files, duplicate_bytes = excluded.duplicate_bytes";
pub(in crate::store) const CARRY_LIBRARY_COUNT: &str =
    "update library_counts set run_id = $2, counted_at = $3 where user_id = $1";
pub(in crate::store) const NOTE_STORED: &str = "\
    update sync_runs set stored_files = c.files, stored_bytes = c.bytes, duplicate_files = c.duplicate_files, \
        duplicate_bytes = c.duplicate_bytes \
    from library_counts c where c.user_id = $1 and sync_runs.user_id = $1 and sync_runs.id = $2 and c.run_id = $2";
pub(in crate::store) const SHARES: &str = "\
    select kind, status, media, files, bytes, duplicate_files, duplicate_bytes \
    from library_shares where user_id = $1 order by kind, status, media";
pub(in crate::store) const COUNTED_AT: &str = "select counted_at from library_counts where user_id = $1";
/// Two questions, each of which an index answers by its first or last row.
pub(in crate::store) const FIRST_AND_LAST_SYNC: &str = "\
    select (select min(ended_at) from sync_runs where user_id = $1 and state = 'completed'), \
        (select max(ended_at) from sync_runs where user_id = $1 and state = 'completed')";
/// The last completed run at each of $4 + 1 moments, evenly spread from $2 to $3: as many looks into an index, however
/// many runs there were.
pub(in crate::store) const GROWTH: &str = "\
    with recursive moments (place, moment) as ( \
        select 0, cast($2 as bigint) union all \
        select place + 1, $2 + ($3 - $2) * (place + 1) / $4 from moments where place < $4) \
    select distinct r.id, r.ended_at, coalesce(r.stored_files, r.total), r.stored_bytes, r.duplicate_files, \
        r.duplicate_bytes \
    from moments cross join sync_runs r where r.id = (select l.id from sync_runs l where l.user_id = $1 \
        and l.state = 'completed' and l.ended_at <= moments.moment order by l.ended_at desc, l.id desc limit 1) \
    order by r.ended_at, r.id";
pub(in crate::store) const CHANGES: &str = "\
    select id, ended_at, total, added, updated, deleted from sync_runs where user_id = $1 \
        and ended_at is not null and (added > 0 or updated > 0 or deleted > 0) order by id desc limit $2";
