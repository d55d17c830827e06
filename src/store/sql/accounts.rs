//! Accounts, their tokens, sign-ins and sessions.

pub(in crate::store) const UPSERT_USER: &str = "\
    insert into users (service, real_debrid_id, username, premium_until, created_at, updated_at) \
    values ($1, $2, $3, $4, $5, $5) \
    on conflict (service, real_debrid_id) do update set \
        username = excluded.username, premium_until = excluded.premium_until, updated_at = excluded.updated_at \
    returning id, service, real_debrid_id, username, premium_until";
pub(in crate::store) const NOTE_PREMIUM: &str = "update users set premium_until = $2, updated_at = $3 where id = $1";
pub(in crate::store) const USER: &str =
    "select id, service, real_debrid_id, username, premium_until from users where id = $1";

pub(in crate::store) const ACCOUNTS: &str =
    "select id, service, real_debrid_id, username, premium_until from users where left_at is null order by id";
pub(in crate::store) const ACCOUNTS_WITH_TOKEN: &str = "\
    select id, service, real_debrid_id, username, premium_until from users \
    where left_at is null and id in (select user_id from oauth_tokens) order by id";

/// `updated_at` is when the account signed in; a renewal leaves it. Nothing happens when the account was disconnected.
pub(in crate::store) const PUT_TOKEN: &str = "\
    insert into oauth_tokens (user_id, kind, sealed_access_token, sealed_refresh_credentials, expires_at, renewed_at, \
        created_at, updated_at) \
    select id, $2, $3, $4, $5, $6, $7, $7 from users where id = $1 and left_at is null \
    on conflict (user_id) do update set \
        kind = excluded.kind, sealed_access_token = excluded.sealed_access_token, \
        sealed_refresh_credentials = excluded.sealed_refresh_credentials, expires_at = excluded.expires_at, \
        renewed_at = excluded.renewed_at, refused_at = null, updated_at = excluded.updated_at";
/// Another server may have been refused meanwhile, with what this renewal has replaced, and runs with it: then it is as if
/// the account had signed in anew.
pub(in crate::store) const RENEW_TOKEN: &str = "\
    update oauth_tokens set sealed_access_token = $3, sealed_refresh_credentials = $4, expires_at = $5, renewed_at = $6, \
        updated_at = case when refused_at is null then updated_at else $7 end, refused_at = null \
    where user_id = $1 and sealed_access_token = $2";
pub(in crate::store) const REFUSE_TOKEN: &str =
    "update oauth_tokens set refused_at = $3 where user_id = $1 and sealed_access_token = $2";
pub(in crate::store) const TOKEN: &str = "\
    select kind, sealed_access_token, sealed_refresh_credentials, expires_at, renewed_at, refused_at, \
        updated_at \
    from oauth_tokens where user_id = $1";
pub(in crate::store) const SEALED_TOKENS: &str =
    "select user_id, sealed_access_token, sealed_refresh_credentials from oauth_tokens order by user_id";
pub(in crate::store) const RESEAL_TOKEN: &str = "\
    update oauth_tokens set sealed_access_token = $2, sealed_refresh_credentials = $3 where user_id = $1";
pub(in crate::store) const SEALED_DEVICE_CODES: &str =
    "select id_hash, sealed_device_code, sealed_tokens from device_sign_ins where user_id is null";
pub(in crate::store) const RESEAL_DEVICE_CODE: &str =
    "update device_sign_ins set sealed_device_code = $2, sealed_tokens = $3 where id_hash = $1";
pub(in crate::store) const SOME_TOKENS: &str =
    "select user_id, sealed_access_token from oauth_tokens order by user_id limit 100";

pub(in crate::store) const DELETE_EXPIRED_DEVICE_SIGN_INS: &str = "delete from device_sign_ins where expires_at <= $1";
pub(in crate::store) const BEGIN_DEVICE_SIGN_IN: &str = "\
    insert into device_sign_ins (id_hash, sealed_device_code, user_code, verification_url, direct_verification_url, \
        interval_millis, next_poll_at, expires_at) \
    select $1, $2, $3, $4, $5, $6, $7, $8 where (select count(*) from device_sign_ins) < $9";
pub(in crate::store) const COUNT_DEVICE_SIGN_INS: &str = "select count(*) from device_sign_ins where expires_at > $1";
pub(in crate::store) const DEVICE_SIGN_IN: &str = "\
    select sealed_device_code, sealed_tokens, user_id, user_code, verification_url, direct_verification_url, \
        interval_millis, next_poll_at, expires_at \
    from device_sign_ins where id_hash = $1 and expires_at > $2";
pub(in crate::store) const CLAIM_DEVICE_POLL: &str =
    "update device_sign_ins set next_poll_at = $3 where id_hash = $1 and next_poll_at <= $2";
pub(in crate::store) const RELEASE_DEVICE_POLL: &str =
    "update device_sign_ins set next_poll_at = $2, interval_millis = $3 where id_hash = $1";
pub(in crate::store) const KEEP_DEVICE_TOKENS: &str =
    "update device_sign_ins set sealed_tokens = $2 where id_hash = $1";
/// What was sealed in it is of no more use.
pub(in crate::store) const APPROVE_DEVICE_SIGN_IN: &str = "\
    update device_sign_ins set user_id = $2, expires_at = $3, sealed_tokens = null, sealed_device_code = $4 \
    where id_hash = $1";
pub(in crate::store) const END_DEVICE_SIGN_IN: &str = "delete from device_sign_ins where id_hash = $1";

/// None for an account that was disconnected.
pub(in crate::store) const CREATE_SESSION: &str = "\
    insert into sessions (user_id, token_hash, created_at, last_seen_at, expires_at, client, name) \
    select id, $2, $3, $3, $4, $5, $6 from users where id = $1 and left_at is null returning id";
/// A session of a browser ends when it was not used for a while, too.
pub(in crate::store) const SESSION: &str = "\
    select s.id, s.last_seen_at, s.user_id, s.name, u.username, u.premium_until, u.service, u.real_debrid_id \
    from sessions s join users u on u.id = s.user_id \
    where s.token_hash = $1 and u.left_at is null and s.expires_at > $2 and (s.name is not null or s.last_seen_at > $3)";
pub(in crate::store) const SESSIONS: &str = "\
    select id, client, name, created_at, last_seen_at, expires_at from sessions \
    where user_id = $1 and expires_at > $2 and (name is not null or last_seen_at > $3) order by last_seen_at desc, id desc";
pub(in crate::store) const COUNT_TOKENS: &str = "select count(*) from sessions where user_id = $1 and name is not null";
pub(in crate::store) const TOUCH_SESSION: &str = "update sessions set last_seen_at = $2 where id = $1";
pub(in crate::store) const DELETE_SESSION: &str = "delete from sessions where user_id = $1 and id = $2";
pub(in crate::store) const DELETE_OTHER_SESSIONS: &str =
    "delete from sessions where user_id = $1 and id <> $2 and name is null";
pub(in crate::store) const DELETE_EXPIRED_SESSIONS: &str = "delete from sessions where expires_at <= $1";

/// The number at Real-Debrid is free again for whoever signs in with it next.
pub(in crate::store) const LEAVE: &str =
    "update users set left_at = $2, updated_at = $2, real_debrid_id = -id where id = $1 and left_at is null";
/// The first that comes stays.
pub(in crate::store) const PUT_PROOF: &str = "insert into vault (id, proof) values (1, $1) on conflict (id) do nothing";
pub(in crate::store) const PROOF: &str = "select proof from vault where id = 1";
pub(in crate::store) const FORGET_PROOF: &str = "delete from vault where id = 1";
pub(in crate::store) const FORGET_SESSIONS: &str = "delete from sessions where user_id = $1";
pub(in crate::store) const FORGET_TOKEN: &str = "delete from oauth_tokens where user_id = $1";
pub(in crate::store) const LEFT: &str = "select id from users where left_at is not null order by left_at limit 1";
pub(in crate::store) const PURGE_FILES: &str =
    "delete from files where id in (select id from files where user_id = $1 limit $2)";
pub(in crate::store) const PURGE_LEFT_TOMBSTONES: &str =
    "delete from tombstones where file_id in (select file_id from tombstones where user_id = $1 limit $2)";
pub(in crate::store) const PURGE_LEFT_RUNS: &str =
    "delete from sync_runs where id in (select id from sync_runs where user_id = $1 limit $2)";
pub(in crate::store) const PURGE_USER: &str = "delete from users where id = $1 and left_at is not null";
