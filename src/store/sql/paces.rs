//! The pace of an account that several servers share.

/// What is written down, and the time of the database.
pub(in crate::store) const PACE: &str = "\
    select clock.millis, (select p.state from paces p where p.user_id = $1) from database_clock clock";
/// What servers with differing clocks agree on.
pub(in crate::store) const DATABASE_CLOCK: &str = "select millis from database_clock";
/// Of an account that is gone meanwhile nothing is left to be counted.
pub(in crate::store) const PUT_PACE: &str = "\
    insert into paces (user_id, state) select id, $2 from users where id = $1 \
    on conflict (user_id) do update set state = excluded.state";
