//! What a seed decides: who takes part, how Real-Debrid behaves, and what happens when.

use super::{
    chance::Chance,
    edits::Edit,
    weather::{Weather, any_fault},
};
use dmm::{
    domain::{Kind, Mode, SyncConfigurationPatch},
    simulator::{
        Fault, Knobs,
        knobs::{PastEnd, Rate},
    },
    sync::EngineOptions,
};
use std::time::Duration;

/// A history before it is played.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) members: Vec<Member>,
    /// How Real-Debrid behaves all through the history, in a way that a correct client survives.
    pub(crate) habits: Knobs,
    pub(crate) options: EngineOptions,
    /// In the order of time.
    pub(crate) events: Vec<Event>,
}

/// An account that takes part.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) torrents: usize,
    pub(crate) downloads: usize,
    pub(crate) settings: SyncConfigurationPatch,
}

/// Something that happens.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    /// Time since the beginning of the history.
    pub(crate) at: Duration,
    /// To whom.
    pub(crate) member: usize,
    pub(crate) what: What,
    /// Decides what the event leaves open.
    pub(crate) dice: u64,
}

#[derive(Debug, Clone)]
pub(crate) enum What {
    Sync(Mode),
    Pause,
    Resume,
    Cancel,
    Configure(SyncConfigurationPatch),
    Edit(Edit),
    /// In the middle of a reading: at the request for this page, before or after its answer is made.
    EditAtPage {
        edit: Edit,
        list: Kind,
        page: u32,
        after: bool,
    },
    /// From the n-th request for this on, so many requests are answered like this.
    Faults {
        fault: Fault,
        path: &'static str,
        nth: u64,
        times: u64,
    },
    Begin(Weather),
    End(Weather),
    /// The user answers deletions that were held back.
    Answer {
        confirm: bool,
    },
    /// The wall clock is set.
    SetClock {
        by_minutes: i64,
    },
    /// SIGTERM, and a new start.
    Restart,
    /// SIGKILL, and a new start after a while.
    Crash,
    CrashAtRequest(i64),
    CrashAtWrite(i64),
    /// The user writes notes to some entries.
    Organise(usize),
    /// This account is held or fails; the other one must get through.
    Neighbour {
        paused: bool,
    },
}

impl Plan {
    pub(crate) fn of(seed: u64) -> Self {
        let mut chance = Chance::of(seed);
        let never_empty = chance.percent(40);
        let members: Vec<Member> =
            (0..if chance.percent(33) { 2 } else { 1 }).map(|_| member(&mut chance, never_empty)).collect();
        let habits = habits(&mut chance, never_empty);
        let options = EngineOptions {
            requests_per_minute: chance.pick(&[20, 60, 250]),
            page_rows: chance.pick(&[15, 20, 20, 40]),
            // No whole number, or ticks would fall on the ends of runs, and threads would decide which is first.
            tick: Duration::from_secs(chance.pick(&[20, 30, 60])) + Duration::from_nanos(3_700),
            contents: chance.percent(60),
            ..EngineOptions::default()
        };
        let events = events(&mut chance, members.len(), never_empty);
        Self { seed, members, habits, options, events }
    }
}

/// A run that is killed before its n-th write, while it deletes what is few enough. Then more go: few enough by
/// themselves, too many together.
pub(crate) fn killed_while_deleting(nth_write: i64) -> Plan {
    let settings =
        SyncConfigurationPatch { batch_size: Some(25), auto_sync: Some(false), ..SyncConfigurationPatch::default() };
    let mut habits = Knobs::unlimited();
    habits.latency = Duration::from_secs(1);
    let at = |seconds, what| Event { at: Duration::from_secs(seconds), member: 0, what, dice: seconds };
    let events = vec![
        at(10, What::Sync(Mode::Full)),
        at(100, What::Edit(Edit::Delete(45))),
        at(101, What::CrashAtWrite(nth_write)),
        at(102, What::Sync(Mode::Full)),
        at(120, What::Edit(Edit::Delete(28))),
    ];
    let options = EngineOptions { page_rows: 500, tick: Duration::from_mins(1), ..EngineOptions::default() };
    Plan { seed: 1, members: vec![Member { torrents: 150, downloads: 20, settings }], habits, options, events }
}

fn member(chance: &mut Chance, never_empty: bool) -> Member {
    let least = usize::from(never_empty);
    let torrents = match chance.between(0, 9) {
        0 => least,
        1..=3 => chance.count(5, 40),
        4..=7 => chance.count(40, 110),
        _ => chance.count(110, 180),
    };
    let downloads = if chance.percent(20) { least } else { chance.count(1, 60) };
    Member { torrents, downloads, settings: settings(chance) }
}

fn settings(chance: &mut Chance) -> SyncConfigurationPatch {
    SyncConfigurationPatch {
        auto_sync: Some(chance.percent(80)),
        sync_interval: Some(chance.pick(&[1, 5, 15, 30, 60])),
        batch_size: Some(chance.pick(&[25, 25, 30, 50, 100])),
        enable_duplicate_detection: Some(chance.percent(85)),
        sync_timeout: Some(chance.pick(&[20_000, 120_000, 300_000, 3_600_000])),
        max_retries: Some(chance.pick(&[0, 1, 3, 3, 10])),
    }
}

fn habits(chance: &mut Chance, never_empty: bool) -> Knobs {
    let mut knobs = Knobs::unlimited();
    knobs.latency = Duration::from_millis(chance.pick(&[0, 40, 300, 1_200, 4_000]));
    if chance.percent(50) {
        knobs.rate = Rate {
            per_minute: Some(chance.pick(&[12, 30, 250])),
            lists_per_minute: Some(chance.pick(&[10, 25, 75])),
            fixed_window: chance.percent(30),
            retry_after: chance.pick(&[None, None, Some("61"), Some("-3"), Some("soon")]).map(str::to_owned),
            ..Rate::default()
        };
    }
    let paging = &mut knobs.paging;
    paging.max_limit = chance.pick(&[5_000, 5_000, 5_000, 12, 7]);
    paging.past_end = chance.pick(&[PastEnd::NoContent, PastEnd::EmptyArray]);
    if never_empty {
        // With these a list that is really empty cannot be told from one that fails, so nothing would ever be deleted.
        paging.total_with_204 = chance.percent(50);
        paging.past_end = chance.pick(&[PastEnd::NoContent, PastEnd::EmptyArray, PastEnd::NotFound]);
    }
    match chance.between(0, 9) {
        0 => paging.overlap = chance.count(1, 5),
        1 => paging.surplus = chance.count(1, 5),
        _ => {}
    }
    let shape = &mut knobs.shape;
    shape.utc_offset = chance.pick(&[0, 60, 120, -300]);
    shape.float_progress = chance.percent(30);
    shape.list_shows_original_bytes = chance.percent(20);
    shape.mime_type_absent = chance.percent(20);
    shape.old_downloads = chance.percent(20);
    if chance.percent(40) {
        knobs.step_every = Some(Duration::from_secs(chance.between(60, 1_800)));
    }
    if chance.percent(15) && !never_empty {
        knobs.downloads_age_out_after = Some(Duration::from_hours(24 * chance.between(200, 2_000)));
    }
    knobs
}

fn events(chance: &mut Chance, members: usize, never_empty: bool) -> Vec<Event> {
    let mut events = Vec::new();
    let mut at = Duration::from_secs(chance.between(0, 30));
    for number in 0..chance.count(8, 25) {
        // What follows soon meets a run at work; what follows later meets the schedule.
        at += match chance.between(0, 9) {
            0..=5 => Duration::from_millis(chance.between(0, 15_000)),
            6..=7 => Duration::from_secs(chance.between(15, 180)),
            _ => Duration::from_secs(chance.between(180, 2_400)),
        };
        let member = chance.count(0, members - 1);
        let what = if number == 0 { What::Sync(Mode::Full) } else { what(chance, members, never_empty) };
        if let What::Begin(weather) = &what {
            let lasts = Duration::from_secs(chance.pick(&[2, 20, 120, 600, 1_800]));
            let what = What::End(weather.clone());
            events.push(Event { at: at + lasts, member, what, dice: chance.next() });
        }
        events.push(Event { at, member, what, dice: chance.next() });
    }
    events.sort_by_key(|event| event.at);
    for (number, event) in (1..).zip(&mut events) {
        // For the same reason each has a beat of its own.
        event.at += Duration::from_nanos(100 * number);
    }
    events
}

fn what(chance: &mut Chance, members: usize, never_empty: bool) -> What {
    match chance.between(0, 99) {
        0..=19 => What::Sync(chance.pick(&[Mode::Incremental, Mode::Incremental, Mode::Full])),
        20..=24 => What::Pause,
        25..=29 => What::Resume,
        30..=32 => What::Cancel,
        33..=36 => What::Configure(settings(chance)),
        37..=52 => What::Edit(Edit::any(chance, never_empty)),
        53..=61 => What::EditAtPage {
            edit: Edit::any(chance, never_empty),
            list: chance.pick(&[Kind::Torrent, Kind::Torrent, Kind::Download]),
            page: u32::try_from(chance.between(1, 4)).unwrap_or(1),
            after: chance.percent(50),
        },
        62..=69 => What::Faults {
            fault: any_fault(chance),
            path: chance.pick(&["/torrents", "/torrents", "/downloads", "/user"]),
            nth: chance.between(1, 6),
            times: chance.pick(&[1, 1, 2, 5]),
        },
        70..=78 => What::Begin(Weather::any(chance)),
        79..=81 => What::Answer { confirm: chance.percent(70) },
        82..=83 => What::SetClock { by_minutes: chance.pick(&[-1_500, -300, -20, 20, 300, 1_500]) },
        84..=85 => What::Restart,
        86..=87 => What::Crash,
        88..=89 => What::CrashAtRequest(i64::try_from(chance.between(1, 25)).unwrap_or(1)),
        90..=93 => What::CrashAtWrite(i64::try_from(chance.between(1, 20)).unwrap_or(1)),
        94..=96 => What::Organise(chance.count(1, 5)),
        _ if members > 1 => What::Neighbour { paused: chance.percent(50) },
        _ => What::Sync(Mode::Full),
    }
}
