//! What Real-Debrid says of an entry, as the values of a row.

use crate::Result;
use dmm::{
    domain::Timestamp,
    real_debrid::wire::{Download, Torrent},
};
use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization as _;

/// The columns that are written, in the order in which [`Row::cells`] gives their values.
pub(super) const COLUMNS: &str = "user_id, real_debrid_id, kind, original_filename, search_name, file_size, mime_type, \
                                  sha1_hash, status, progress, download_url, source_link, added_at, added_raw, ended_at, \
                                  fingerprint, written_by_run, created_at, updated_at";
/// How many they are.
pub(super) const COLUMN_COUNT: usize = 19;

/// What all rows have in common.
#[derive(Clone, Copy)]
pub(super) struct Shared {
    pub(super) user: i64,
    pub(super) now: i64,
}

/// One value.
pub(super) enum Cell {
    Integer(Option<i64>),
    Text(Option<Cow<'static, str>>),
    Real(f64),
}

/// Takes the values of a row one by one.
pub(super) trait Cells {
    fn put(&mut self, cell: Cell) -> Result<()>;
}

/// An entry that can be written.
pub(super) trait Row {
    fn cells(self, shared: Shared, to: &mut impl Cells) -> Result<()>;
}

macro_rules! put {
    ($to:expr, $($value:expr),*) => { $($to.put(Cell::from($value))?;)* };
}

impl Row for Torrent {
    fn cells(self, shared: Shared, to: &mut impl Cells) -> Result<()> {
        let search_name = search_name(&self.filename);
        let mime_type = mime_guess::from_path(&self.filename).first_raw();
        let added = self.added.parse::<Timestamp>()?.as_millis();
        let ended = self.ended.map(|ended| ended.parse::<Timestamp>()).transpose()?.map(Timestamp::as_millis);
        put!(to, shared.user, self.id, "torrent", self.filename, search_name, self.bytes, mime_type);
        put!(to, self.hash, self.status, self.progress, None::<String>, None::<String>, added, self.added, ended);
        put!(to, 0_i64, 1_i64, shared.now, shared.now);
        Ok(())
    }
}

impl Row for Download {
    fn cells(self, shared: Shared, to: &mut impl Cells) -> Result<()> {
        let search_name = search_name(&self.filename);
        let generated = self.generated.parse::<Timestamp>()?.as_millis();
        put!(to, shared.user, self.id, "download", self.filename, search_name, self.filesize, self.mime_type);
        put!(to, None::<String>, "downloaded", 100_f64, self.download, self.link, generated, self.generated);
        put!(to, None::<i64>, 0_i64, 1_i64, shared.now, shared.now);
        Ok(())
    }
}

fn search_name(name: &str) -> String {
    let lower: String =
        if name.is_ascii() { name.to_ascii_lowercase() } else { name.nfkc().flat_map(char::to_lowercase).collect() };
    let separators: &[char] = &['.', '_', '-', '+', '[', ']', '(', ')', '{', '}', ',', ' '];
    let words: Vec<&str> = lower.split(separators).filter(|word| !word.is_empty()).collect();
    if words.is_empty() { lower } else { words.join(" ") }
}

/// Cells from what an entry has.
macro_rules! cells {
    ($($given:ty => $kind:ident, $value:ident: $made:expr;)*) => {$(
        impl From<$given> for Cell {
            fn from($value: $given) -> Self {
                Self::$kind($made)
            }
        }
    )*};
}

cells! {
    i64 => Integer, value: Some(value);
    Option<i64> => Integer, value: value;
    f64 => Real, value: value;
    &'static str => Text, value: Some(Cow::Borrowed(value));
    Option<&'static str> => Text, value: value.map(Cow::Borrowed);
    String => Text, value: Some(Cow::Owned(value));
    Option<String> => Text, value: value.map(Cow::Owned);
}
