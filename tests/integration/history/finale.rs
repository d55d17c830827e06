//! The end of every history: the weather is good, the library rests, and the stored library must become equal to it.

use super::{
    checks::difference,
    director::{ended, patient, pragma},
    ledger::is_noted,
    program::Program,
    world::{World, lock},
};
use dmm::{
    domain::{Action, Mode, ShownDeletions, State},
    simulator::Torrent,
};
use std::{collections::BTreeMap, time::Duration};

/// Files and bytes inside every torrent.
const CONTENTS: &str = "\
    select f.real_debrid_id, count(c.file_id), coalesce(sum(c.bytes), 0) from files f \
    left join file_contents c on c.file_id = f.id where f.user_id = $1 and f.kind = 'torrent' group by f.id";
/// Longer than the longest time for which a torrent that failed is set aside.
const READ_WITHIN: Duration = Duration::from_hours(30);

/// Long enough for every page at the slowest pace, with a block in between.
const BOUND: Duration = Duration::from_hours(12);
/// Runs until the last two must have come out equal: held deletions take two.
const ROUNDS: u32 = 6;

/// Brings a history to its end.
pub(crate) async fn play(world: &World, program: &Program) {
    world.note("finale");
    world.simulator.forget_script();
    lock(&world.weather).clear();
    world.disturb(None);
    world.turn();
    world.simulator.knobs(|knobs| {
        knobs.step_every = None;
        knobs.downloads_age_out_after = None;
    });
    pragma(world, program, "PRAGMA query_only = OFF").await;
    pragma(world, program, "PRAGMA max_page_count = 4294967294").await;
    for member in world.members() {
        come_to_rest(world, program, member).await;
    }
}

async fn come_to_rest(world: &World, program: &Program, member: usize) {
    let user = world.ledger(member).user;
    let application = &program.application;
    application.configure(user, &patient()).await.expect("settings in range");
    if program.engine.status(user).await.is_ok_and(|status| status.status == State::Paused) {
        application.act_on_sync(user, Action::Resume).await.expect("a paused run goes on");
    }
    if ended(world, program, member, BOUND).await.is_none() {
        return world.violate(format!("account {member}: promise 4: a run that was alive never ended"));
    }
    let mut equal = 0;
    for round in 0..ROUNDS {
        let mode = if round % 2 == 0 { Mode::Full } else { Mode::Incremental };
        let held = program.engine.status(user).await.map(|status| status.held_deletions).unwrap_or_default();
        let started = if held > 0 {
            application.answer_held_deletions(user, true, &ShownDeletions::default()).await
        } else {
            application.start_sync(user, mode).await
        };
        if let Err(error) = started {
            return world.violate(format!("account {member}: no run starts at rest: {}", error.error));
        }
        let Some(status) = ended(world, program, member, BOUND).await else {
            return world.violate(format!("account {member}: a run at rest did not end"));
        };
        if status.status != State::Completed {
            return world.violate(format!("account {member}: a run at rest did not complete: {status:?}"));
        }
        if status.held_deletions > 0 {
            equal = 0;
            continue;
        }
        let (stored, detects) = world.stored(member, &program.store).await;
        if let Some(difference) = difference(&world.entries(member), &stored, detects) {
            return world.violate(format!("account {member}: promise 1 at rest: {difference}: {status:?}"));
        }
        if is_noted(&status.progress.current) {
            return world.violate(format!("account {member}: a run at rest has a reservation: {status:?}"));
        }
        equal += 1;
        if equal == 2 {
            return contents(world, program, member).await;
        }
    }
    world.violate(format!("account {member}: promise 1: it does not come to rest"));
}

/// Every torrent's contents are read in the end, and are those that Real-Debrid has.
async fn contents(world: &World, program: &Program, member: usize) {
    if !program.engine.options().contents {
        return;
    }
    let user = world.ledger(member).user;
    let until = world.clock.elapsed() + READ_WITHIN;
    loop {
        let contents = program.engine.status(user).await.map(|status| status.contents).unwrap_or_default();
        if contents.processed == contents.total {
            break;
        }
        if world.clock.elapsed() > until {
            return world.violate(format!("account {member}: contents were not read in time: {contents:?}"));
        }
        world.clock.sleep(Duration::from_mins(1)).await;
    }
    let stored: Vec<(String, i64, i64)> =
        sqlx::query_as(CONTENTS).bind(user).fetch_all(program.store.reader()).await.expect("the contents");
    let stored: BTreeMap<String, (i64, i64)> =
        stored.into_iter().map(|(id, files, bytes)| (id, (files, bytes))).collect();
    let there: BTreeMap<String, (i64, i64)> = world.library(member, |library| {
        let of = |torrent: &Torrent| {
            (i64::try_from(torrent.file_list().len()).expect("few files"), torrent.original_bytes())
        };
        library.torrents().iter().map(|torrent| (torrent.id.to_string(), of(torrent))).collect()
    });
    if stored != there {
        let wrong: Vec<_> = there.iter().filter(|(id, contents)| stored.get(*id) != Some(*contents)).take(3).collect();
        world.violate(format!("account {member}: contents differ: {wrong:?}"));
    }
    world.count("contents compared");
}
