//! The settings form as text: what each field is called and means, and how a typed text becomes a setting.
//!
//! Pure, so that the page, the plain form and the tests agree. The bounds are those of [`sync_configuration`].

use super::words;
use crate::domain::{
    ApiError, ErrorCode, SyncConfiguration, SyncConfigurationPatch,
    sync_configuration::{BATCH_SIZE, MAX_RETRIES, SYNC_INTERVAL, SYNC_TIMEOUT},
    units::{count, duration},
};
use form_urlencoded::{Serializer, parse};
use std::ops::RangeInclusive;

/// A field with a number.
#[derive(Debug)]
pub struct Number {
    /// The name of the form field.
    pub name: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// What is counted.
    pub unit: &'static str,
    /// What it does and when to change it.
    pub about: &'static str,
    /// What may be stored.
    range: &'static RangeInclusive<i64>,
    /// How many of what is stored are one of what is shown.
    scale: i64,
    /// What is typed.
    typed: fn(&Typed) -> &str,
}

/// Between two automatic syncs.
pub const INTERVAL: Number = Number {
    name: "sync_interval",
    label: "Time between syncs",
    unit: "minutes",
    about: "Counted from the start of the last sync. Shorten it to see changes sooner; a sync that finds nothing new \
            usually takes a handful of requests.",
    range: &SYNC_INTERVAL,
    scale: 1,
    typed: |typed| &typed.sync_interval,
};

/// Entries in a transaction.
pub const BATCH: Number = Number {
    name: "batch_size",
    label: "Batch size",
    unit: "files",
    about: "So many files are stored in one step, all of them or none. Larger batches make a first sync faster; with \
            smaller ones less is lost when the server is switched off in the middle.",
    range: &BATCH_SIZE,
    scale: 1,
    typed: |typed| &typed.batch_size,
};

/// Without progress; shown in seconds, stored in milliseconds.
pub const TIMEOUT: Number = Number {
    name: "sync_timeout",
    label: "Give up after",
    unit: "seconds",
    about: "A sync that makes no progress for so long ends with an error. Raise it if syncs end that way on a slow \
            connection. Pauses do not count, nor do waits that limits on the number of requests impose.",
    range: &SYNC_TIMEOUT,
    scale: 1_000,
    typed: |typed| &typed.sync_timeout,
};

/// Of one request.
pub const RETRIES: Number = Number {
    name: "max_retries",
    label: "Repeats of a request",
    unit: "times",
    about: "A request that fails for a passing reason is repeated so often, 1 to 10 seconds apart or as long as \
            Real-Debrid asks, before the sync fails. Raise it if the connection is unsteady.",
    range: &MAX_RETRIES,
    scale: 1,
    typed: |typed| &typed.max_retries,
};

impl Number {
    /// The least that can be typed.
    pub const fn least(&self) -> i64 {
        *self.range.start() / self.scale
    }

    /// The most that can be typed.
    pub const fn most(&self) -> i64 {
        *self.range.end() / self.scale
    }

    /// For the attribute `step`: what is stored in smaller units than shown takes decimals.
    pub const fn step(&self) -> &'static str {
        if self.scale == 1 { "1" } else { "any" }
    }

    /// What is typed for it.
    pub fn of<'a>(&self, typed: &'a Typed) -> &'a str {
        (self.typed)(typed)
    }

    /// The bounds in words.
    pub fn bounds(&self) -> String {
        format!("{} to {} {}", count(self.least()), count(self.most()), self.unit)
    }

    /// What is said of anything else.
    pub fn refusal(&self) -> String {
        let kind = if self.scale == 1 { "a whole number" } else { "a number with at most three decimals" };
        format!("“{}” must be {kind}, {}.", self.label, self.bounds())
    }

    /// The setting that a text stands for, if it is one.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "far below 2^53, and what is beyond saturates outside of the range"
    )]
    pub fn read(&self, text: &str) -> Option<i64> {
        let exact = text.trim().parse::<f64>().ok()? * self.scale as f64;
        let whole = exact.round();
        let value = whole as i64;
        ((exact - whole).abs() < 1e-6 && self.range.contains(&value)).then_some(value)
    }

    /// What a text means, where that helps and it can be read.
    pub fn meaning(&self, text: &str) -> String {
        self.read(text).map(|value| meaning(self.name, value / self.scale)).unwrap_or_default()
    }

    /// The text for a setting.
    fn write(&self, value: i64) -> String {
        let (whole, rest) = (value / self.scale, value % self.scale);
        if rest == 0 { whole.to_string() } else { format!("{whole}.{rest:03}").trim_end_matches('0').to_owned() }
    }

    fn required(&self, typed: &Typed) -> Result<Option<i64>, ApiError> {
        let value = self.read(self.of(typed));
        if value.is_some() {
            return Ok(value);
        }
        Err(ApiError::new(ErrorCode::InvalidConfiguration, self.refusal()))
    }
}

/// What a number means, where that helps: `shown` is in the unit of the form.
pub fn meaning(name: &str, shown: i64) -> String {
    match name {
        "sync_interval" => words::every(shown),
        "sync_timeout" => duration(shown.saturating_mul(TIMEOUT.scale)),
        _ => String::new(),
    }
}

/// The form as it was filled in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Typed {
    /// Whether the box is ticked.
    pub auto_sync: bool,
    /// See [`INTERVAL`].
    pub sync_interval: String,
    /// See [`BATCH`].
    pub batch_size: String,
    /// Whether the box is ticked.
    pub enable_duplicate_detection: bool,
    /// See [`TIMEOUT`].
    pub sync_timeout: String,
    /// See [`RETRIES`].
    pub max_retries: String,
}

impl From<&SyncConfiguration> for Typed {
    fn from(stored: &SyncConfiguration) -> Self {
        Self {
            auto_sync: stored.auto_sync,
            sync_interval: INTERVAL.write(stored.sync_interval),
            batch_size: BATCH.write(stored.batch_size),
            enable_duplicate_detection: stored.enable_duplicate_detection,
            sync_timeout: TIMEOUT.write(stored.sync_timeout),
            max_retries: RETRIES.write(stored.max_retries),
        }
    }
}

impl Typed {
    /// The settings that are meant.
    ///
    /// # Errors
    /// `invalid_configuration`, naming the first field that is no number or out of range.
    pub fn patch(&self) -> Result<SyncConfigurationPatch, ApiError> {
        Ok(SyncConfigurationPatch {
            auto_sync: Some(self.auto_sync),
            sync_interval: INTERVAL.required(self)?,
            batch_size: BATCH.required(self)?,
            enable_duplicate_detection: Some(self.enable_duplicate_detection),
            sync_timeout: TIMEOUT.required(self)?,
            max_retries: RETRIES.required(self)?,
        })
    }

    /// Every field as a form sends it; a box that is not ticked is empty.
    pub fn fields(&self) -> [(&'static str, &str); 6] {
        let ticked = |is_ticked: bool| if is_ticked { "on" } else { "" };
        [
            ("auto_sync", ticked(self.auto_sync)),
            (INTERVAL.name, &self.sync_interval),
            (BATCH.name, &self.batch_size),
            ("enable_duplicate_detection", ticked(self.enable_duplicate_detection)),
            (TIMEOUT.name, &self.sync_timeout),
            (RETRIES.name, &self.max_retries),
        ]
    }

    /// The address that shows the form as it was filled in: a plain form that was refused comes back there.
    pub fn address(&self) -> String {
        let fields = self.fields().map(|(name, value)| (name, value.chars().take(40).collect::<String>()));
        format!("/settings?{}", Serializer::new(String::new()).extend_pairs(fields).finish())
    }

    /// What is in such an address; none in any other.
    pub fn in_address(search: &str) -> Option<Self> {
        let mut typed = Self::default();
        let mut is_form = false;
        for (name, value) in parse(search.trim_start_matches('?').as_bytes()) {
            is_form |= name == INTERVAL.name;
            match name.as_ref() {
                "auto_sync" => typed.auto_sync = value == "on",
                "enable_duplicate_detection" => typed.enable_duplicate_detection = value == "on",
                "sync_interval" => typed.sync_interval = value.into_owned(),
                "batch_size" => typed.batch_size = value.into_owned(),
                "sync_timeout" => typed.sync_timeout = value.into_owned(),
                "max_retries" => typed.max_retries = value.into_owned(),
                _ => {}
            }
        }
        is_form.then_some(typed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f4_the_form_takes_every_value_that_the_bounds_allow_and_no_other() {
        for number in [&INTERVAL, &BATCH, &TIMEOUT, &RETRIES] {
            for value in [*number.range.start(), *number.range.end()] {
                let text = number.write(value);
                assert_eq!(number.read(&text), Some(value), "{} {text}", number.name);
            }
            for value in [number.range.start() - 1, number.range.end() + 1] {
                let text = number.write(value);
                assert_eq!(number.read(&text), None, "{} {text}", number.name);
            }
            for text in ["", " ", "many", "1e99", "inf", "NaN", "12,5"] {
                assert_eq!(number.read(text), None, "{} {text}", number.name);
            }
        }
    }

    #[test]
    fn f4_seconds_become_exactly_the_milliseconds_they_are() {
        for (text, value) in
            [("300", 300_000), ("1.001", 1_001), ("4.35", 4_350), (" 86400 ", 86_400_000), ("1e1", 10_000)]
        {
            assert_eq!(TIMEOUT.read(text), Some(value), "{text}");
        }
        assert_eq!(TIMEOUT.read("1.0005"), None, "a part of a millisecond");
        assert_eq!(BATCH.read("100.5"), None, "a part of a file");
        assert_eq!([1_500, 1_001, 300_000].map(|value| TIMEOUT.write(value)), ["1.5", "1.001", "300"]);
    }

    #[test]
    fn f4_a_refusal_names_the_field_and_its_bounds() {
        let typed = Typed { batch_size: "7".to_owned(), ..Typed::from(&SyncConfiguration::default()) };
        let refusal = typed.patch().err().map(|error| error.error).unwrap_or_default();
        assert_eq!(refusal, "“Batch size” must be a whole number, 25 to 500 files.");
    }

    #[test]
    fn f4_what_was_typed_survives_the_address() {
        let typed = Typed { batch_size: "7 & 8".to_owned(), ..Typed::from(&SyncConfiguration::default()) };
        let address = typed.address();
        let search = address.strip_prefix("/settings").unwrap_or_default();
        assert_eq!(Typed::in_address(search), Some(typed));
        assert_eq!(Typed::in_address("?saved"), None);
    }

    #[test]
    fn f4_what_is_stored_is_what_the_form_would_store() {
        let stored = SyncConfiguration { sync_timeout: 61_001, auto_sync: false, ..SyncConfiguration::default() };
        let again = Typed::from(&stored).patch().and_then(|patch| SyncConfiguration::default().patched(&patch));
        assert_eq!(again, Ok(stored));
    }
}
