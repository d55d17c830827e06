//! Lets happen what the plan says, when it says so, and brings a history to its end.

use super::{
    chance::Chance,
    plan::{Event, What},
    program::Program,
    weather::{Weather, is_lie},
    world::{World, lock},
};
use dmm::{
    accounts::Accounts,
    domain::{Action, ApiError, Kind, ShownDeletions, State, SyncConfigurationPatch},
    simulator::Rule,
};
use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

/// When it has passed, whatever was under way at a time has come to rest. What happens next meets the program always in
/// the same state, however fast the threads of the database are.
const A_MOMENT: Duration = Duration::from_nanos(1_000_003);
/// How often is looked whether a run has ended; no other alarm keeps this beat.
const GLANCE: Duration = Duration::from_nanos(1_000_000_013);

/// How a life ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// By SIGKILL.
    Crash,
    /// By SIGTERM.
    Restart,
    /// With the history.
    Over,
}

/// The first sign-in of an account, in good weather.
pub(crate) async fn sign_in(world: &World, program: &Program, accounts: &Accounts, member: usize) {
    let signed_in = accounts.sign_in(&world.token(member), None).await.expect("a sign-in");
    let user = signed_in.user.id;
    world.ledger(member).user = user;
    let settings = world.plan.members[member].settings.clone();
    program.application.configure(user, &settings).await.expect("settings in range");
}

/// Plays the events that are left, and the end of the history behind the last.
pub(crate) async fn direct(world: &Arc<World>, program: &Program) -> End {
    while let Some(event) = world.plan.events.get(world.next_event.load(Relaxed)) {
        world.clock.sleep(event.at.saturating_sub(world.clock.elapsed()).max(A_MOMENT)).await;
        // Only now: a life that ends before leaves it to the next.
        world.next_event.fetch_add(1, Relaxed);
        world.note(format!("account {}: {:?}", event.member, event.what));
        if let Some(end) = perform(world, program, event).await {
            return end;
        }
        for member in world.members() {
            world.check_books(member, &program.store).await;
        }
        if world.is_broken() {
            return End::Over;
        }
    }
    super::finale::play(world, program).await;
    End::Over
}

async fn perform(world: &Arc<World>, program: &Program, event: &Event) -> Option<End> {
    let Event { member, what, dice, .. } = event;
    let (member, user) = (*member, world.ledger(*member).user);
    let application = &program.application;
    match what {
        What::Sync(mode) => tell(world, application.start_sync(user, *mode).await),
        What::Pause => tell(world, application.act_on_sync(user, Action::Pause).await),
        What::Resume => tell(world, application.act_on_sync(user, Action::Resume).await),
        What::Cancel => tell(world, application.act_on_sync(user, Action::Cancel).await),
        What::Configure(settings) => tell(world, application.configure(user, settings).await),
        What::Answer { confirm } => {
            tell(world, application.answer_held_deletions(user, *confirm, &ShownDeletions::default()).await);
        }
        What::Edit(edit) => {
            let token = world.token(member);
            world.simulator.edit_account(&token, |account| world.edit(member, edit, *dice, &mut account.library, ""));
        }
        What::EditAtPage { edit, list, page, after } => {
            let (shared, edit, dice) = (Arc::clone(world), edit.clone(), *dice);
            let change = move |account: &mut dmm::simulator::Account| {
                shared.edit(member, &edit, dice, &mut account.library, " at the page");
            };
            let rule = Rule::on(path(*list)).query("page", *page).token(world.token(member));
            world.simulator.script(if *after { rule.after(change) } else { rule.before(change) });
        }
        What::Faults { fault, path, nth, times } => {
            world.ledger(member).has_faults = true;
            for number in *nth..*nth + *times {
                let rule = || Rule::on(*path).token(world.token(member)).nth(number);
                world.simulator.script(rule().answer(fault.clone()));
                if is_lie(fault) {
                    let shared = Arc::clone(world);
                    world.simulator.script(rule().turn(move |_| shared.disturb(Some(member))));
                }
            }
        }
        What::Begin(weather) => begin(world, program, member, weather).await,
        What::End(weather) => end(world, program, member, weather).await,
        What::SetClock { by_minutes } => world.manual.set_wall_time(by_minutes * 60_000),
        What::Restart => return Some(End::Restart),
        What::Crash => {
            world.crash.strike();
            std::future::pending::<()>().await;
        }
        What::CrashAtRequest(nth) => world.crash.arm_request(*nth),
        What::CrashAtWrite(nth) => world.crash.arm_write(*nth),
        What::Organise(count) => organise(world, program, member, *count, *dice).await,
        What::Neighbour { paused } => neighbour(world, program, member, *paused).await,
    }
    None
}

fn path(list: Kind) -> &'static str {
    if list == Kind::Torrent { "/torrents" } else { "/downloads" }
}

fn tell<T>(world: &World, answer: Result<T, ApiError>) {
    if let Err(error) = answer {
        world.note(format!("  refused: {}", error.error));
    }
}

async fn begin(world: &World, program: &Program, member: usize, weather: &Weather) {
    lock(&world.weather).push((member, weather.clone()));
    if weather.lies() {
        world.disturb(None);
    }
    world.turn();
    // SQLite itself refuses what a full or failing disk would refuse.
    match weather {
        Weather::DiskFull => pragma(world, program, "PRAGMA max_page_count = 1").await,
        Weather::DiskReadOnly => pragma(world, program, "PRAGMA query_only = ON").await,
        _ => {}
    }
}

async fn end(world: &World, program: &Program, member: usize, weather: &Weather) {
    let name = format!("{weather:?}");
    {
        let mut all = lock(&world.weather);
        if let Some(place) = all.iter().position(|(whose, kind)| *whose == member && format!("{kind:?}") == name) {
            all.remove(place);
        }
    }
    if weather.lies() {
        world.disturb(None);
    }
    world.turn();
    match weather {
        Weather::DiskFull => pragma(world, program, "PRAGMA max_page_count = 4294967294").await,
        Weather::DiskReadOnly => pragma(world, program, "PRAGMA query_only = OFF").await,
        _ => {}
    }
}

pub(crate) async fn pragma(world: &World, program: &Program, text: &'static str) {
    world.disk_failed.store(true, Relaxed);
    sqlx::raw_sql(text).execute(program.store.writer()).await.expect("a pragma");
}

/// The user writes notes to entries; a note counts once it is stored.
async fn organise(world: &World, program: &Program, member: usize, count: usize, dice: u64) {
    let user = world.ledger(member).user;
    let rows: Vec<(i64, String)> =
        sqlx::query_as("select id, real_debrid_id from files where user_id = $1 order by real_debrid_id")
            .bind(user)
            .fetch_all(program.store.reader())
            .await
            .expect("the ids");
    let mut chance = Chance::of(dice);
    for _ in 0..count.min(rows.len()) {
        let (id, real_debrid_id) = chance.pick(&rows);
        let note = format!("note {}", chance.next() % 1_000);
        let stored = sqlx::query(
            "insert into file_organisation (file_id, user_id, folder, note, updated_at) values ($1, $2, 'Films', $3, 0) \
             on conflict (file_id) do update set note = excluded.note",
        )
        .bind(id)
        .bind(user)
        .bind(&note)
        .execute(program.store.writer())
        .await;
        // It may have been deleted since, or the disk is full.
        if stored.is_ok() {
            world.ledger(member).notes.insert(real_debrid_id, note);
        }
    }
}

/// Promise 5: while one account is held or fails, the other's run gets through.
async fn neighbour(world: &Arc<World>, program: &Program, member: usize, paused: bool) {
    let other = 1 - member;
    if !lock(&world.weather).is_empty() {
        return world.note("  not in this weather");
    }
    let application = &program.application;
    let (user, neighbour) = (world.ledger(member).user, world.ledger(other).user);
    tell(world, application.start_sync(user, dmm::domain::Mode::Full).await);
    world.clock.sleep(A_MOMENT).await;
    if paused {
        tell(world, application.act_on_sync(user, Action::Pause).await);
    } else {
        for nth in 1..=30 {
            let fault = dmm::simulator::Fault::Html(503);
            world.simulator.script(Rule::on("/torrents").token(world.token(member)).nth(nth).answer(fault));
        }
        world.ledger(member).has_faults = true;
    }
    world.clock.sleep(A_MOMENT).await;
    if program.engine.status(neighbour).await.is_ok_and(|status| status.status == State::Paused) {
        tell(world, application.act_on_sync(neighbour, Action::Resume).await);
    } else {
        tell(world, application.start_sync(neighbour, dmm::domain::Mode::Full).await);
    }
    let bound = Duration::from_hours(1);
    let Some(status) = ended(world, program, other, bound).await else {
        return world.violate(format!("account {other}: promise 5: its run did not end within an hour"));
    };
    world.count("runs beside a neighbour that is held or fails");
    let is_plain = !world.ledger(other).has_faults && world.plan.habits.rate.per_minute.is_none();
    if is_plain && status.status == State::Error {
        world.violate(format!("account {other}: promise 5: its run failed: {status:?}"));
    }
}

/// The status once no run of the account is alive; none when that takes longer than `bound`.
pub(crate) async fn ended(
    world: &World,
    program: &Program,
    member: usize,
    bound: Duration,
) -> Option<dmm::domain::SyncStatus> {
    let user = world.ledger(member).user;
    let until = world.clock.elapsed() + bound;
    while world.clock.elapsed() < until {
        let status = program.engine.status(user).await.expect("a status");
        if !matches!(status.status, State::Running | State::Paused) {
            return Some(status);
        }
        world.clock.sleep(GLANCE).await;
    }
    None
}

/// Settings with which a run outlives every habit of Real-Debrid.
pub(crate) fn patient() -> SyncConfigurationPatch {
    SyncConfigurationPatch {
        auto_sync: Some(false),
        sync_timeout: Some(6 * 3_600_000),
        max_retries: Some(10),
        ..SyncConfigurationPatch::default()
    }
}
