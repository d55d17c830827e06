//! One life of the program, put together as `dmm serve` does, without the sockets.

use super::{
    director::{self, End},
    line::Line,
    world::{World, lock},
};
use dmm::{
    accounts::{Accounts, AccountsOptions, Vault},
    application::Application,
    domain::{RunState, State},
    metrics::Metrics,
    real_debrid::{DeviceFlow, Transport},
    store::{BeforeWrite, RunRecord, Store},
    sync::{Engine, Parts, contents, schedule},
};
use std::{
    path::Path,
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};
use tokio::task::JoinSet;

/// Longer than any life takes, in real time: a life that stands still has lost a wake-up.
const PATIENCE: Duration = Duration::from_mins(3);

/// The parts that a history touches.
#[derive(Clone)]
pub(crate) struct Program {
    pub(crate) store: Store,
    pub(crate) engine: Engine,
    pub(crate) application: Application,
}

/// Plays one life to its end.
pub(crate) fn live(world: &Arc<World>) -> End {
    let runtime = world.runtime();
    let end = runtime.block_on(async {
        // In a task of its own, because the runtime parks without asking whether the future of `block_on` is ready.
        let life = tokio::spawn(life(Arc::clone(world)));
        match tokio::time::timeout(PATIENCE, life).await {
            Ok(Ok(end)) => end,
            Ok(Err(error)) => {
                world.violate(format!("the harness failed: {error}"));
                End::Over
            }
            Err(_) => {
                world.violate("nothing moves any more");
                End::Over
            }
        }
    });
    world.watch_store(None);
    end
}

async fn life(world: Arc<World>) -> End {
    world.crash.disarm();
    world.forget_traffic();
    let store = open(&world).await;
    let alive = store.runs_alive().await.expect("the living runs");
    if !alive.is_empty() {
        world.count("lives that took up a run");
    }
    for member in world.members() {
        world.ledger(member).begin_life(world.disk_failed.load(Relaxed));
        world.check_books(member, &store).await;
        check_survival(&world, member, &alive);
    }
    let (program, accounts) = build(&world, store);
    let mut tasks = JoinSet::new();
    let life = async {
        program.engine.recover().await.expect("the runs are taken up");
        for member in world.members() {
            if world.ledger(member).user == 0 {
                director::sign_in(&world, &program, &accounts, member).await;
                // Sign-ins have a pace of their own.
                world.forget_traffic();
            }
            check_taken_up(&world, &program, member, &alive).await;
            tasks.spawn(watch(Arc::clone(&world), program.clone(), member));
        }
        let clock = world.clock.clone();
        tasks.spawn(schedule::keep(program.engine.clone(), program.store.clone(), clock.clone()));
        tasks.spawn(contents::keep(program.engine.clone(), program.store.clone(), clock));
        let end = director::direct(&world, &program).await;
        while let Some(ended) = tasks.try_join_next() {
            if let Err(error) = ended {
                world.violate(format!("a task of the harness or the schedule failed: {error}"));
            }
        }
        tasks.shutdown().await;
        program.application.shut_down().await;
        end
    };
    tokio::select! {
        biased;
        () = world.crash.struck() => {
            world.count(if world.crash.holds_a_write() { "kills before a write" } else { "other kills" });
            leave_behind(&world, &program.store).await;
            End::Crash
        }
        end = life => end,
    }
}

async fn open(world: &Arc<World>) -> Store {
    let gate = Arc::clone(&world.crash);
    let before_write: BeforeWrite = Arc::new(move || gate.before_write());
    let path = lock(&world.database).clone();
    let url = format!("sqlite://{}", path.display());
    let store = Store::open_watched(&url, Some(before_write)).await.expect("the database opens");
    world.watch_store(Some(store.clone()));
    store
}

fn build(world: &Arc<World>, store: Store) -> (Program, Accounts) {
    let clock = world.clock.clone();
    let metrics = Metrics::new(&clock);
    let transport = Transport::over(Line(Arc::clone(world)), metrics.clone());
    let accounts = Accounts::new(AccountsOptions {
        store: store.clone(),
        vault: Vault::open(&world.folder.path().join("dmm.key"), &[], None).expect("the key"),
        transport: transport.clone(),
        // Tokens are private here, so it is never asked.
        flow: DeviceFlow::new(transport.clone(), clock.clone(), world.simulator.oauth_url(), String::new()),
        clock: clock.clone(),
        api_url: world.simulator.api_url(),
        requests_per_minute: world.plan.options.requests_per_minute,
        allowed_users: Vec::new(),
        is_https: false,
        demo: None,
    });
    let parts = Parts {
        store: store.clone(),
        transport: transport.clone(),
        clock: clock.clone(),
        credentials: Arc::new(accounts.clone()),
        metrics,
    };
    let engine = Engine::new(parts, world.plan.options);
    let application = Application::new(store.clone(), engine.clone(), accounts.clone(), transport, clock);
    (Program { store, engine, application }, accounts)
}

/// Holds every status that is shown against the promises.
async fn watch(world: Arc<World>, program: Program, member: usize) {
    let user = world.ledger(member).user;
    let mut statuses = program.engine.subscribe(user).await.expect("a subscription");
    while let Some(status) = statuses.next().await {
        world.see(member, &program.store, &status).await;
    }
}

/// Promise 4: nothing that was shown as stored is lost.
fn check_survival(world: &World, member: usize, alive: &[RunRecord]) {
    let ledger = world.ledger(member);
    let Some(record) = alive.iter().find(|record| record.user == ledger.user) else { return };
    let Some(run) = ledger.runs.get(&record.id) else { return };
    let stored = [record.counters.added, record.counters.updated, record.counters.deleted, record.counters.errors];
    let shown = run.counts;
    drop(ledger);
    if stored.iter().zip(shown).any(|(stored, shown)| *stored < shown) {
        world.violate(format!("account {member}: promise 4: {shown:?} was shown, but {stored:?} survived"));
    }
}

/// Promise 4: a run that was running goes on, one that was paused stays paused.
async fn check_taken_up(world: &World, program: &Program, member: usize, alive: &[RunRecord]) {
    let user = world.ledger(member).user;
    let status = program.engine.status(user).await.expect("a status");
    let found = alive.iter().find(|record| record.user == user);
    let right = match found.map(|record| (record.id, record.state)) {
        Some((id, RunState::Paused)) => status.status == State::Paused && status.id == Some(id.to_string()),
        Some((id, _)) => status.status != State::Paused && status.id == Some(id.to_string()),
        None => !matches!(status.status, State::Running | State::Paused),
    };
    if !right {
        world.violate(format!("account {member}: promise 4: {found:?} was taken up as {status:?}"));
    }
}

/// What SIGKILL leaves on the disk, at a place where no thread of the dead program can reach it.
async fn leave_behind(world: &World, store: &Store) {
    // A transaction that is past the gate ends, as it would have on the disk; then nothing writes any more.
    while store.writer().num_idle() < store.writer().size() as usize && !world.crash.holds_a_write() {
        tokio::task::yield_now().await;
    }
    let old = lock(&world.database).clone();
    let new = world.folder.path().join(format!("dmm-{}.db", world.next_event.load(Relaxed)));
    for end in ["", "-wal"] {
        copy(&old, &new, end);
    }
    *lock(&world.database) = new;
}

fn copy(from: &Path, to: &Path, end: &str) {
    let with_end = |path: &Path| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        name
    };
    match std::fs::copy(with_end(from), with_end(to)) {
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => panic!("{} cannot be copied: {error}", from.display()),
    }
}
