//! The background reading of contents, and what is known of them.

pub(in crate::store) const CONTENTS: &str = "\
    select file_index, path, bytes, mime_type, selected, link from file_contents where file_id = $1 order by file_index";
/// Only of an entry that is still as it was when its contents were asked for.
pub(in crate::store) const SET_CONTENTS_READ: &str = "\
    update files set contents_read_at = $4 where user_id = $1 and id = $2 and fingerprint = $3 and kind = 'torrent'";
/// Torrents that are unread and that are read, each counted in an index that holds nothing else.
pub(in crate::store) const CONTENTS_PROGRESS: &str = "\
    select (select count(*) from files where user_id = $1 and kind = 'torrent' and contents_read_at is null), \
        (select count(*) from files where user_id = $1 and contents_read_at is not null)";
/// Of all accounts; counted in the same index.
pub(in crate::store) const CONTENTS_UNREAD_IN_ALL: &str =
    "select count(*) from files where kind = 'torrent' and contents_read_at is null";
pub(in crate::store) const CONTENTS_OF: &str = "\
    select f.id, f.real_debrid_id, f.fingerprint, f.contents_read_at is null as is_unread, \
        coalesce(c.attempts, 0) as attempts \
    from files f left join contents_failures c on c.file_id = f.id and c.fingerprint = f.fingerprint \
    where f.user_id = $1 and f.id = $2 and f.kind = 'torrent'";
/// Set aside is what failed as it is now and is not to be tried again before some time after $2; one after $3 is from
/// before the clock was set back.
pub(in crate::store) const CONTENTS_UNREAD: &str = "\
    select f.id, f.real_debrid_id, f.fingerprint, true as is_unread, coalesce(c.attempts, 0) as attempts \
    from files f left join contents_failures c on c.file_id = f.id and c.fingerprint = f.fingerprint \
    where f.user_id = $1 and f.kind = 'torrent' and f.contents_read_at is null \
        and (c.retry_at is null or c.retry_at <= $2 or c.retry_at > $3) \
    order by f.added_at desc, f.id desc limit $4";
pub(in crate::store) const CONTENTS_STALE: &str = "\
    select f.id, f.real_debrid_id, f.fingerprint, false as is_unread, coalesce(c.attempts, 0) as attempts \
    from files f left join contents_failures c on c.file_id = f.id and c.fingerprint = f.fingerprint \
    where f.user_id = $1 and f.contents_read_at < $5 and f.contents_read_at is not null \
        and (c.retry_at is null or c.retry_at <= $2 or c.retry_at > $3) \
    order by f.contents_read_at limit $4";
/// Who has a token, no living run, and contents to be read, new or stale.
pub(in crate::store) const CONTENTS_ACCOUNTS: &str = "\
    select t.user_id from oauth_tokens t join users u on u.id = t.user_id \
    where u.left_at is null \
        and not exists (select 1 from sync_runs r where r.user_id = t.user_id and r.state in ('running', 'paused')) \
        and (exists (select 1 from files f left join contents_failures c \
                on c.file_id = f.id and c.fingerprint = f.fingerprint \
            where f.user_id = t.user_id and f.kind = 'torrent' and f.contents_read_at is null \
                and (c.retry_at is null or c.retry_at <= $1 or c.retry_at > $2)) \
        or exists (select 1 from files f left join contents_failures c \
                on c.file_id = f.id and c.fingerprint = f.fingerprint \
            where f.user_id = t.user_id and f.contents_read_at < $3 and f.contents_read_at is not null \
                and (c.retry_at is null or c.retry_at <= $1 or c.retry_at > $2)))";
/// Of the entry as it is; nothing happens when it has changed or gone meanwhile.
pub(in crate::store) const NOTE_CONTENTS_FAILURE: &str = "\
    insert into contents_failures (file_id, user_id, fingerprint, attempts, retry_at, error) \
    select id, user_id, fingerprint, $4, $5, $6 from files where user_id = $1 and id = $2 and fingerprint = $3 \
    on conflict (file_id) do update set fingerprint = excluded.fingerprint, attempts = excluded.attempts, \
        retry_at = excluded.retry_at, error = excluded.error";
pub(in crate::store) const CONTENTS_FAILURE: &str = "\
    select c.error from files f join contents_failures c on c.file_id = f.id and c.fingerprint = f.fingerprint \
    where f.user_id = $1 and f.id = $2";
/// Of entries as they are; a changed one has begun anew.
pub(in crate::store) const SET_ASIDE: &str = "\
    select f.id, f.original_filename, c.error, c.retry_at \
    from contents_failures c join files f on f.id = c.file_id and f.fingerprint = c.fingerprint \
    where c.user_id = $1 order by c.retry_at limit $2";
pub(in crate::store) const COUNT_SET_ASIDE: &str = "\
    select count(*) from (select c.file_id \
        from contents_failures c join files f on f.id = c.file_id and f.fingerprint = c.fingerprint \
        where c.user_id = $1 limit $2) as portion";
/// What changes when an account may ask again: its token, or a run that completed.
pub(in crate::store) const SIGNS_OF_ACCESS: &str = "\
    select (select updated_at from oauth_tokens where user_id = $1), \
        (select max(id) from sync_runs where user_id = $1 and state = 'completed')";
