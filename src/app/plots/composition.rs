//! What the library is made of: by sort of content and kind, by status, and how much of it duplicates hold.

use super::{
    bars::{self, Bar},
    canvas::Ink,
    numbers::{files, percent},
};
use crate::{
    app::components::{
        chart::{Chart, Table},
        file_badges::status_words,
    },
    domain::{
        Amount, Kind, Media, Share,
        units::{bytes, count},
    },
};

/// Statuses with a bar of their own; Real-Debrid has twelve, and may invent more.
const STATUSES: usize = 7;
const NOT_YET: &str = "This is counted from the next sync on.";
const EMPTY: &str = "Your library is empty.";

/// By sort of content; each bar has torrents and downloads as its parts.
pub(super) fn types(library: &[Share]) -> Chart {
    let of = |media: Media, kind: Kind| sum(library, |share| share.media == media && share.kind == kind);
    let mut sorts: Vec<(Media, Amount, Amount)> = Media::ALL
        .into_iter()
        .map(|media| (media, of(media, Kind::Torrent), of(media, Kind::Download)))
        .filter(|(_, torrents, downloads)| torrents.and(*downloads).files > 0)
        .collect();
    sorts.sort_by_key(|(_, torrents, downloads)| std::cmp::Reverse(torrents.and(*downloads).files));
    let whole = sum(library, |_| true);
    let drawn: Vec<Bar> = sorts
        .iter()
        .map(|(media, torrents, downloads)| Bar {
            name: media_words(*media).to_owned(),
            said: said(torrents.and(*downloads), whole),
            parts: vec![(Ink::Solid, torrents.files), (Ink::Striped, downloads.files)],
        })
        .collect();
    let kinds = [Kind::Torrent, Kind::Download].map(|kind| sum(library, |share| share.kind == kind));
    let words = if whole.files == 0 {
        nothing(library).to_owned()
    } else {
        format!(
            "{} {} with {} and {} {} with {}.",
            count(kinds[0].files),
            if kinds[0].files == 1 { "torrent" } else { "torrents" },
            bytes(kinds[0].bytes),
            count(kinds[1].files),
            if kinds[1].files == 1 { "download" } else { "downloads" },
            bytes(kinds[1].bytes),
        )
    };
    let rows = sorts.iter().map(|(media, torrents, downloads)| {
        let all = torrents.and(*downloads);
        vec![
            media_words(*media).to_owned(),
            count(torrents.files),
            count(downloads.files),
            bytes(all.bytes),
            percent(all.files, whole.files),
        ]
    });
    let columns = ["Content", "Torrents", "Downloads", "Space", "Of all files"].map(str::to_owned).into();
    let table = Table { columns, rows: rows.collect() };
    let id = "plot-types";
    let key = [(Ink::Solid, "Torrents"), (Ink::Striped, "Downloads")];
    let drawings = if drawn.is_empty() { None } else { bars::draw(id, &drawn, 0, &key) };
    Chart { id: id.to_owned(), title: "By content".to_owned(), words, drawings, table }
}

/// By Real-Debrid's word for the state.
pub(super) fn statuses(library: &[Share]) -> Chart {
    let whole = sum(library, |_| true);
    let mut by_status: Vec<(String, Amount)> = Vec::new();
    for share in library {
        match by_status.iter_mut().find(|(status, _)| *status == share.status) {
            Some((_, amount)) => *amount = amount.and(share.all),
            None => by_status.push((share.status.clone(), share.all)),
        }
    }
    by_status.sort_by(|(a, x), (b, y)| y.files.cmp(&x.files).then_with(|| a.cmp(b)));
    let rest = by_status.iter().skip(STATUSES).fold(Amount::default(), |sum, (_, amount)| sum.and(*amount));
    let bar =
        |name: String, amount: Amount| Bar { name, said: said(amount, whole), parts: vec![(Ink::Solid, amount.files)] };
    let mut drawn: Vec<Bar> =
        by_status.iter().take(STATUSES).map(|(status, amount)| bar(capital(status), *amount)).collect();
    if rest.files > 0 {
        drawn.push(bar("All others".to_owned(), rest));
    }
    let ready = sum(library, |share| share.status == "downloaded").files;
    let words = match whole.files {
        0 => nothing(library).to_owned(),
        all if all == ready => "Every file is downloaded.".to_owned(),
        all => format!("{} of {} are downloaded.", count(ready), files(all)),
    };
    let rows = by_status.iter().map(|(status, amount)| {
        vec![capital(status), count(amount.files), bytes(amount.bytes), percent(amount.files, whole.files)]
    });
    let columns = ["Status", "Files", "Space", "Of all files"].map(str::to_owned).into();
    let table = Table { columns, rows: rows.collect() };
    let id = "plot-statuses";
    let drawings = if drawn.is_empty() { None } else { bars::draw(id, &drawn, whole.files, &[]) };
    Chart { id: id.to_owned(), title: "By status".to_owned(), words, drawings, table }
}

/// The space that duplicates hold, beside all of it.
pub(super) fn duplicates(library: &[Share]) -> Chart {
    let whole = sum(library, |_| true);
    let held = library.iter().fold(Amount::default(), |sum, share| sum.and(share.duplicates));
    let (first, rest) = (whole.files - held.files, whole.bytes.saturating_sub(held.bytes));
    let words = match (whole.files, held.files) {
        (0, _) => nothing(library).to_owned(),
        (_, 0) => "No file is there twice, as far as DMM has looked: nothing could be saved.".to_owned(),
        (_, some) => format!(
            "{} {} {} of {}, which is {}.",
            count(some),
            if some == 1 { "duplicate holds" } else { "duplicates hold" },
            bytes(held.bytes),
            bytes(whole.bytes),
            percent(held.bytes, whole.bytes)
        ),
    };
    let drawn = [
        Bar {
            name: "All files".to_owned(),
            said: format!("{} · {}", files(whole.files), bytes(whole.bytes)),
            parts: vec![(Ink::Solid, rest), (Ink::Striped, held.bytes)],
        },
        Bar { name: "There once, or the original".to_owned(), said: bytes(rest), parts: vec![(Ink::Solid, rest)] },
        Bar { name: "Duplicates".to_owned(), said: bytes(held.bytes), parts: vec![(Ink::Striped, held.bytes)] },
    ];
    let rows = [("There once, or the original", first, rest), ("Duplicates", held.files, held.bytes)]
        .map(|(name, files, space)| vec![name.to_owned(), count(files), bytes(space), percent(space, whole.bytes)]);
    let columns = ["Part", "Files", "Space", "Of all space"].map(str::to_owned).into();
    let table = Table { columns, rows: if whole.files == 0 { Vec::new() } else { rows.into() } };
    let id = "plot-duplicates";
    let drawings = if held.files == 0 { None } else { bars::draw(id, &drawn, whole.bytes, &[]) };
    Chart { id: id.to_owned(), title: "Space that duplicates hold".to_owned(), words, drawings, table }
}

fn nothing(library: &[Share]) -> &'static str {
    if library.is_empty() { NOT_YET } else { EMPTY }
}

fn sum(library: &[Share], of: impl Fn(&Share) -> bool) -> Amount {
    library.iter().filter(|share| of(share)).fold(Amount::default(), |sum, share| sum.and(share.all))
}

fn said(amount: Amount, whole: Amount) -> String {
    format!("{} · {}", files(amount.files), percent(amount.files, whole.files))
}

fn media_words(media: Media) -> &'static str {
    match media {
        Media::Video => "Video",
        Media::Audio => "Audio",
        Media::Image => "Pictures",
        Media::Document => "Text and books",
        Media::Archive => "Archives",
        Media::Other => "Other types",
        Media::Unknown => "Type not known",
    }
}

fn capital(status: &str) -> String {
    let words = status_words(status);
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
