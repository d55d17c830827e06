//! A window as a text that other processes read. Its times are written as ages, in milliseconds before the moment of
//! writing: when the clock was set back meanwhile, no time has passed since then, and nothing lies in a far future.

use super::{Sent, Window};
use crate::real_debrid::pacer::{Class, Purpose, Urgency, learned::Lesson};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Milliseconds before the moment of writing; behind it when negative.
type Age = i64;

/// Up to 250 requests, so it is numbers and hardly any words.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    /// When it was written, in milliseconds of the book's time.
    at: u64,
    not_before: Age,
    refusals: u32,
    taught: bool,
    last_refusal: Option<Age>,
    /// What was learnt of all requests and of lists: limit, age and step.
    all: Option<(usize, Age, usize)>,
    lists: Option<(usize, Age, usize)>,
    /// Number, age, whether it is for a list, and whether nobody waits for it.
    in_flight: Vec<(u64, Age, bool, bool)>,
    /// When each was over: of lists, and of all others.
    over: [Vec<Age>; 2],
}

impl Window {
    /// As it is written down at `now`, which is of whole milliseconds.
    pub(in crate::real_debrid::pacer) fn written(&self, now: Duration) -> String {
        let age = |then| age(now, then);
        let lesson = |lesson: Lesson| (lesson.limit, age(lesson.since), lesson.step);
        let over = |is_list| {
            let sent = self.sent.iter().filter(move |sent| super::is_list(sent) == is_list);
            sent.filter_map(|sent| sent.answered).map(age).collect()
        };
        let in_flight = |sent: &Sent| {
            (sent.number, age(sent.at), super::is_list(sent), sent.purpose.urgency == Urgency::Background)
        };
        let written = Written {
            at: u64::try_from(now.as_millis()).unwrap_or(u64::MAX),
            not_before: age(self.not_before),
            refusals: self.refusals,
            taught: self.taught,
            last_refusal: self.last_refusal.map(age),
            all: self.all.lesson().map(lesson),
            lists: self.lists.lesson().map(lesson),
            in_flight: self.sent.iter().filter(|sent| sent.is_in_flight()).map(in_flight).collect(),
            over: [over(true), over(false)],
        };
        // Numbers and lists of them can always be written; what could not would be read as below.
        serde_json::to_string(&written).unwrap_or_default()
    }

    /// What was written down, for a process whose own limit is `limit`. Where that cannot be read, whoever wrote it may
    /// have used up the minute.
    pub(in crate::real_debrid::pacer) fn read(text: Option<&str>, limit: usize, now: Duration) -> Self {
        let Some(text) = text else { return Self::shared(limit) };
        match serde_json::from_str::<Written>(text) {
            Ok(written) => Self::from_written(&written, limit, now),
            Err(_) => Self { sent: vec![over(now, false); limit], ..Self::shared(limit) },
        }
    }

    fn from_written(written: &Written, limit: usize, now: Duration) -> Self {
        let written_at = Duration::from_millis(written.at).min(now);
        let moment = |age| moment(written_at, age);
        let lesson = |(limit, age, step)| Lesson { limit, since: moment(age), step };
        let [lists, others] = written.over.each_ref();
        let in_flight = written.in_flight.iter().map(|(number, age, is_list, is_background)| {
            let urgency = if *is_background { Urgency::Background } else { Urgency::Foreground };
            Sent { number: *number, at: moment(*age), purpose: purpose(*is_list, urgency), answered: None }
        });
        let lists = lists.iter().map(|age| over(moment(*age), true));
        let others = others.iter().map(|age| over(moment(*age), false));
        let new = Self::shared(limit);
        Self {
            sent: in_flight.chain(lists).chain(others).collect(),
            not_before: moment(written.not_before),
            refusals: written.refusals,
            taught: written.taught,
            last_refusal: written.last_refusal.map(moment),
            all: new.all.taught(written.all.map(lesson)),
            lists: new.lists.taught(written.lists.map(lesson)),
            ..new
        }
    }
}

/// A request that is over: of these only lists are told apart, and none is asked for by its number.
fn over(answered: Duration, is_list: bool) -> Sent {
    Sent { number: 0, at: answered, purpose: purpose(is_list, Urgency::Foreground), answered: Some(answered) }
}

fn purpose(is_list: bool, urgency: Urgency) -> Purpose {
    Purpose { class: if is_list { Class::TorrentList } else { Class::Other }, urgency }
}

fn age(now: Duration, then: Duration) -> Age {
    let millis = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    millis(now).saturating_sub(millis(then))
}

fn moment(written_at: Duration, age: Age) -> Duration {
    let distance = Duration::from_millis(age.unsigned_abs());
    if age < 0 { written_at.saturating_add(distance) } else { written_at.saturating_sub(distance) }
}
