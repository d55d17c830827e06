//! All that outlives the program: Real-Debrid, the time, the disk, and what the harness knows.

use super::{chance::Chance, crash::CrashPoint, edits::Edit, ledger::Ledger, plan::Plan, weather::Weather};
use dmm::{
    clock::{Clock, ManualClock},
    domain::Timestamp,
    simulator::{Account, Library, Options, Simulator},
    store::Store,
};
use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize},
    },
    time::Duration,
};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

/// The wall time at which every history begins: a while after the newest entry of a generated library.
const BEGINNING: Timestamp = Timestamp::from_millis(1_793_500_000_000);
const MINUTE: Duration = Duration::from_mins(1);

pub(crate) struct World {
    pub(crate) plan: Plan,
    pub(crate) clock: Clock,
    pub(crate) manual: ManualClock,
    pub(crate) simulator: Simulator,
    pub(crate) crash: Arc<CrashPoint>,
    pub(crate) folder: TempDir,
    /// The file that the present life works on.
    pub(crate) database: Mutex<PathBuf>,
    /// The number of the event that is due next.
    pub(crate) next_event: AtomicUsize,
    /// Bad weather that lasts, and whose.
    pub(crate) weather: Mutex<Vec<(usize, Weather)>>,
    /// The disk has failed, so what was shown need not have been stored.
    pub(crate) disk_failed: AtomicBool,
    ledgers: Vec<Mutex<Ledger>>,
    originals: Vec<Account>,
    traffic: Mutex<HashMap<String, Traffic>>,
    store: Mutex<Option<Store>>,
    log: Mutex<Vec<String>>,
    violations: Mutex<Vec<String>>,
    tally: Mutex<Tally>,
}

/// How often things happened, so that a set of histories in which nothing happens is noticed.
pub(crate) type Tally = BTreeMap<&'static str, u64>;

/// Requests of one account in the present life.
#[derive(Default)]
struct Traffic {
    in_flight: usize,
    sent: VecDeque<Duration>,
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl World {
    pub(crate) fn new(plan: Plan) -> Arc<Self> {
        let manual = ManualClock::new(BEGINNING);
        let clock = manual.clock();
        let accounts: Vec<Account> = (0..plan.members.len()).map(|member| account(&plan, member)).collect();
        let simulator = Simulator::in_process(Options {
            torrents: 0,
            downloads: 0,
            token: "nobody's".to_owned(),
            knobs: plan.habits.clone(),
            clock: clock.clone(),
            ..Options::default()
        });
        for account in &accounts {
            simulator.add_account(account.clone());
        }
        let folder = folder();
        let ledgers = accounts.iter().map(|account| Mutex::new(Ledger::of(&account.tokens[0].secret))).collect();
        Arc::new(Self {
            database: Mutex::new(folder.path().join("dmm-0.db")),
            plan,
            clock,
            manual,
            simulator,
            crash: Arc::new(CrashPoint::new()),
            folder,
            next_event: AtomicUsize::new(0),
            weather: Mutex::default(),
            disk_failed: AtomicBool::new(false),
            ledgers,
            originals: accounts,
            traffic: Mutex::default(),
            store: Mutex::default(),
            log: Mutex::default(),
            violations: Mutex::default(),
            tally: Mutex::default(),
        })
    }

    /// The runtime of one life. Time moves only when nothing else does: the runtime is about to park, so no task can
    /// run, and no connection is in use, so no thread of the database is at work.
    pub(crate) fn runtime(self: &Arc<Self>) -> Runtime {
        let world = Arc::clone(self);
        let runtime = Builder::new_current_thread().enable_time().on_thread_park(move || world.let_time_pass()).build();
        runtime.expect("a runtime")
    }

    fn let_time_pass(&self) {
        let is_quiet = lock(&self.store).as_ref().is_some_and(|store| {
            [store.reader(), store.writer()].iter().all(|pool| pool.num_idle() == pool.size() as usize)
        });
        if is_quiet && let Some(time) = self.manual.until_next_alarm() {
            self.manual.advance(time);
        }
    }

    /// The store whose quiet lets time pass; none between two lives.
    pub(crate) fn watch_store(&self, store: Option<Store>) {
        *lock(&self.store) = store;
    }

    /// A new life has no past: its pace begins anew.
    pub(crate) fn forget_traffic(&self) {
        lock(&self.traffic).clear();
    }

    pub(crate) fn ledger(&self, member: usize) -> MutexGuard<'_, Ledger> {
        lock(&self.ledgers[member])
    }

    pub(crate) fn members(&self) -> std::ops::Range<usize> {
        0..self.ledgers.len()
    }

    pub(crate) fn token(&self, member: usize) -> String {
        self.ledger(member).token.clone()
    }

    /// Looks at a library.
    pub(crate) fn library<R>(&self, member: usize, look: impl FnOnce(&Library) -> R) -> R {
        self.simulator.edit_account(&self.token(member), |account| look(&account.library))
    }

    /// Changes the library of an account that is at hand.
    pub(crate) fn edit(&self, member: usize, edit: &Edit, dice: u64, library: &mut Library, when: &str) {
        let done = edit.apply(library, &mut Chance::of(dice), self.clock.now());
        let mut ledger = self.ledger(member);
        ledger.epoch += 1;
        ledger.is_deep |= done.is_deep;
        drop(ledger);
        self.count(if when.is_empty() { "edits" } else { "edits in the middle of a reading" });
        self.note(format!("  library {member}{when}: {edit:?}, {}", done.words));
    }

    /// Whether Real-Debrid says what is not so.
    pub(crate) fn lies(&self) -> bool {
        lock(&self.weather).iter().any(|(_, weather)| weather.lies())
    }

    /// Real-Debrid says, or said, what is not so: a run that was under way cannot be held to what it read.
    pub(crate) fn disturb(&self, member: Option<usize>) {
        for number in self.members().filter(|number| member.is_none_or(|member| member == *number)) {
            let mut ledger = self.ledger(number);
            ledger.epoch += 1;
            ledger.lied = ledger.epoch;
        }
    }

    /// Makes knobs and accounts as the present weather says.
    pub(crate) fn turn(&self) {
        let weather = lock(&self.weather).clone();
        self.simulator.knobs(|knobs| {
            *knobs = self.plan.habits.clone();
            for (_, weather) in &weather {
                weather.turn(knobs);
            }
        });
        for (member, original) in self.originals.iter().enumerate() {
            let is =
                |wanted: fn(&Weather) -> bool| weather.iter().any(|(whose, kind)| *whose == member && wanted(kind));
            self.simulator.edit_account(&original.tokens[0].secret, |account| {
                account.user.id = original.user.id + i64::from(is(|kind| matches!(kind, Weather::AnotherId)));
                account.user.premium =
                    if is(|kind| matches!(kind, Weather::Lapsed)) { 0 } else { original.user.premium };
                account.locked = is(|kind| matches!(kind, Weather::Locked));
                account.tokens[0].alive = !is(|kind| matches!(kind, Weather::TokenDead));
            });
        }
    }

    /// A request leaves. Checks that the account has no other on its way and that the pace is kept.
    pub(crate) fn depart<'a>(&'a self, target: &str, token: Option<&str>) -> Departed<'a> {
        let token = token.unwrap_or_default().to_owned();
        let now = self.clock.elapsed();
        let mut traffic = lock(&self.traffic);
        let mine = traffic.entry(token.clone()).or_default();
        mine.in_flight += 1;
        mine.sent.push_back(now);
        while mine.sent.front().is_some_and(|time| *time + MINUTE <= now) {
            mine.sent.pop_front();
        }
        let (in_flight, in_window) = (mine.in_flight, mine.sent.len());
        drop(traffic);
        if in_flight > 1 {
            self.violate(format!(
                "{target} was sent while {} requests of the account were on their way",
                in_flight - 1
            ));
        }
        let pace = self.plan.options.requests_per_minute as usize;
        if in_window > pace {
            self.violate(format!("{target} is number {in_window} within a minute, though the pace is {pace}"));
        }
        Departed { world: self, token }
    }

    /// Something happened.
    pub(crate) fn note(&self, line: impl AsRef<str>) {
        let line = format!("{:>12.3} s  {}", self.clock.elapsed().as_secs_f64(), line.as_ref());
        lock(&self.log).push(line);
    }

    /// A promise is broken. Noted rather than panicked over, because a run's own task would swallow the panic.
    pub(crate) fn violate(&self, what: impl AsRef<str>) {
        self.note(format!("BROKEN: {}", what.as_ref()));
        lock(&self.violations).push(what.as_ref().to_owned());
    }

    /// Something that histories are about happened.
    pub(crate) fn count(&self, what: &'static str) {
        *lock(&self.tally).entry(what).or_default() += 1;
    }

    pub(crate) fn tally(&self) -> Tally {
        lock(&self.tally).clone()
    }

    pub(crate) fn is_broken(&self) -> bool {
        !lock(&self.violations).is_empty()
    }

    pub(crate) fn violations(&self) -> Vec<String> {
        lock(&self.violations).clone()
    }

    pub(crate) fn log(&self) -> Vec<String> {
        lock(&self.log).clone()
    }

    /// Every request that Real-Debrid got: when, whose, what, and its answer.
    pub(crate) fn requests(&self) -> Vec<String> {
        let journal = self.simulator.journal();
        let line = |request: &dmm::simulator::Request| {
            let whose = request.token.as_deref().unwrap_or("nobody");
            format!("{whose} {:?} {}?{} {}", request.at, request.path, request.query, request.status)
        };
        journal.iter().map(line).collect()
    }

    /// Promise 6: no file that any life left behind holds a token.
    pub(crate) fn check_secrets(&self) {
        for file in std::fs::read_dir(self.folder.path()).expect("the folder") {
            let path = file.expect("a file").path();
            let bytes = std::fs::read(&path).expect("its bytes");
            for member in self.members() {
                if holds(&bytes, self.token(member).as_bytes()) {
                    self.violate(format!("account {member}: promise 6: {} holds the token", path.display()));
                }
            }
        }
    }
}

/// A request on its way; dropped when it is answered or given up.
pub(crate) struct Departed<'a> {
    world: &'a World,
    token: String,
}

impl Drop for Departed<'_> {
    fn drop(&mut self) {
        if let Some(mine) = lock(&self.world.traffic).get_mut(&self.token) {
            mine.in_flight = mine.in_flight.saturating_sub(1);
        }
    }
}

fn holds(bytes: &[u8], secret: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(place) = rest.iter().position(|byte| *byte == secret[0]) {
        rest = &rest[place..];
        if rest.starts_with(secret) {
            return true;
        }
        rest = &rest[1..];
    }
    false
}

fn account(plan: &Plan, member: usize) -> Account {
    let who = &plan.members[member];
    let seed = plan.seed.wrapping_mul(31) + member as u64;
    let library = Library::generate(seed, who.torrents, who.downloads);
    Account::new(format!("~SECRET{:016x}OF{member}", plan.seed ^ 0x5E_C3E7), format!("member{member}"), library)
}

/// In memory where there is such a place: a history is thousands of commits.
fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a temporary folder")
}
