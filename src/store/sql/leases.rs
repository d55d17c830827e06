//! Who works for an account, where several servers share a database.

/// Takes what nobody holds, or what is still as it was seen: number $4, beat $5. With a number below zero whoever holds it
/// loses it.
pub(in crate::store) const TAKE_LEASE: &str = "\
    insert into leases (user_id, task, number, holder) values ($1, $2, 1, $3) \
    on conflict (user_id, task) do update set number = leases.number + 1, holder = excluded.holder, beat = 0, shown = null \
    where leases.holder is null or $4 < 0 or (leases.number = $4 and leases.beat = $5) \
    returning number";
/// With what is asked of the run $5 meanwhile.
pub(in crate::store) const BEAT: &str = "\
    update leases set beat = beat + 1, shown = $4 \
    where user_id = $1 and task = $2 and number = $3 and holder = $6 \
    returning coalesce(cancelled = $5, false), \
        (select r.state from sync_runs r where r.user_id = leases.user_id and r.id = $5)";
pub(in crate::store) const RELEASE_LEASE: &str = "\
    update leases set holder = null, shown = null, cancelled = null where user_id = $1 and task = $2 and number = $3";
/// A server that goes leaves what is asked of the run to the next.
pub(in crate::store) const LEAVE_LEASE: &str =
    "update leases set holder = null where user_id = $1 and task = $2 and number = $3";
/// A standby that takes over may have lost a taking, and the number is given again: who holds it tells. A run that has ended
/// is held by nobody.
pub(in crate::store) const HOLDS_LEASE: &str = "\
    select exists (select 1 from leases where user_id = $1 and task = 'run' and number = $2 \
        and (holder = $3 or holder is null))";
pub(in crate::store) const ASK_TO_CANCEL: &str = "\
    insert into leases (user_id, task, number, cancelled) values ($1, 'run', 0, $2) \
    on conflict (user_id, task) do update set \
        cancelled = case when leases.cancelled > excluded.cancelled then leases.cancelled else excluded.cancelled end";
pub(in crate::store) const IS_CANCELLED: &str =
    "select exists (select 1 from leases where user_id = $1 and task = 'run' and cancelled = $2)";
pub(in crate::store) const LEASE_SEEN: &str =
    "select number, beat, holder from leases where user_id = $1 and task = $2";
/// The living runs of all accounts, with who works on them.
pub(in crate::store) const RUNS_UNDER_WAY: &str = "\
    select r.user_id, r.id as run, coalesce(l.number, 0) as number, l.holder, coalesce(l.beat, 0) as beat, \
        cast(null as text) as shown \
    from sync_runs r left join leases l on l.user_id = r.user_id and l.task = 'run' \
    where r.state in ('running', 'paused')";
pub(in crate::store) const CONTENTS_UNDER_WAY: &str = "\
    select user_id, cast(null as bigint) as run, number, holder, beat, shown from leases where task = 'contents' and holder is not null";
/// What the run of an account shows of itself.
pub(in crate::store) const RUN_SHOWN: &str = "\
    select shown from leases where user_id = $1 and task = 'run'";
/// Of accounts that have any; followed by a list of them. For each its own look: a group would read all runs.
pub(in crate::store) const NEWEST_RUNS: &str = "\
    select u.id, (select r.id from sync_runs r where r.user_id = u.id order by r.id desc limit 1) from users u where u.id ";
pub(in crate::store) const ATTEND: &str = "\
    insert into replicas (name, beat) values ($1, 1) on conflict (name) do update set beat = replicas.beat + 1 \
    returning (select millis from database_clock)";
pub(in crate::store) const REPLICAS: &str = "select name, beat from replicas";
pub(in crate::store) const FORGET_REPLICA: &str = "delete from replicas where name = $1 and ($2 < 0 or beat = $2)";
/// PostgreSQL's own, and so not in the list of all: whether the present transaction can write nothing.
pub(in crate::store) const IS_READ_ONLY: &str = "select current_setting('transaction_read_only') = 'on'";
/// PostgreSQL's own: wakes the servers that listen, once the transaction counts.
pub(in crate::store) const ANNOUNCE: &str = "select pg_notify('dmm', $1)";
