//! What each run changed: a lane each for added, updated and deleted, one bar a run, each lane by its own measure.

use super::{
    canvas::{Area, Drawn, Ink, drawings, fill, rule, width, write},
    lines::ends,
    numbers::part,
};
use crate::{
    app::{
        components::chart::{Chart, Table},
        format,
    },
    domain::{RunChanges, units::count},
};
use plotters::style::text_anchor::HPos;

const LANE: i32 = 62;
const BAR: i32 = 34;
const FOOT: i32 = 24;
/// Room for two days side by side.
const ENDS: i32 = 240;
/// The widest a bar with its gap can be, and the narrowest at which it can still be told from its neighbour.
const SLOT: (i32, i32) = (26, 11);

type Count = fn(&RunChanges) -> i64;
const LANES: [(&str, Ink, Count); 3] = [
    ("Added", Ink::Solid, |run| run.added),
    ("Updated", Ink::Striped, |run| run.updated),
    ("Deleted", Ink::Dotted, |run| run.deleted),
];

/// The plot of the newest runs that changed anything.
pub(super) fn chart(changes: &[RunChanges]) -> Chart {
    let id = "plot-changes";
    let shown = beside_the_first(changes);
    let words = match (shown.len(), changes.len()) {
        (0, 0) => "No sync has changed anything yet.".to_owned(),
        (0, _) => format!("Only the first sync has changed anything so far: it added {}.", count(changes[0].added)),
        (some, all) => {
            let syncs = if some == 1 { "One sync that" } else { "The last syncs that" };
            let omitted = if some < all { " The first, which filled the library, is left out." } else { "" };
            format!("{syncs} changed anything, oldest first.{omitted}")
        }
    };
    let height = u32::try_from(LANE * 3 + FOOT).unwrap_or_default();
    let drawings = if shown.is_empty() { None } else { drawings(id, height, |area| paint(area, shown)) };
    let rows = changes
        .iter()
        .rev()
        .map(|run| vec![format::minute(run.ended), count(run.added), count(run.updated), count(run.deleted)]);
    let columns = ["Sync that ended", "Added", "Updated", "Deleted"].map(str::to_owned).into();
    let table = Table { columns, rows: rows.collect() };
    Chart { id: id.to_owned(), title: "Changes by each sync".to_owned(), words, drawings, table }
}

/// Without the run that filled an empty library, beside which all others would be too small to be seen.
fn beside_the_first(changes: &[RunChanges]) -> &[RunChanges] {
    match changes {
        [first, rest @ ..] if first.added >= first.total => rest,
        all => all,
    }
}

fn paint(area: &Area<'_>, runs: &[RunChanges]) -> Drawn {
    let width = width(area);
    // As many of the newest as can be told apart.
    let fit = usize::try_from(width / SLOT.1)?.max(1);
    let runs = &runs[runs.len().saturating_sub(fit)..];
    let slot = (width / i32::try_from(runs.len().max(1))?).min(SLOT.0);
    for ((name, ink, of), lane) in LANES.iter().zip(0..) {
        let top = lane * LANE;
        let most = runs.iter().map(of).max().unwrap_or_default();
        write(area, Ink::Text, (0, top + 10), HPos::Left, name)?;
        let said = if most == 0 { "none".to_owned() } else { format!("at most {}", count(most)) };
        write(area, Ink::Soft, (width, top + 10), HPos::Right, &said)?;
        let foot = top + LANE - 6;
        for (run, place) in runs.iter().zip(0..) {
            let height = part(BAR, of(run), most, 2);
            if height > 0 {
                fill(area, *ink, (place * slot + 1, foot - height), ((place + 1) * slot - 2, foot))?;
            }
        }
        rule(area, foot, 0, width)?;
    }
    let (Some(first), Some(last)) = (runs.first(), runs.last()) else { return Ok(()) };
    let y = LANE * 3 + FOOT / 2;
    let (from, to) = ends(first.ended, last.ended);
    write(area, Ink::Soft, (0, y), HPos::Left, &from)?;
    if runs.len() > 1 {
        // Under the last bar, unless that is where the first day is written.
        let right = (i32::try_from(runs.len())? * slot).max(ENDS).min(width);
        write(area, Ink::Soft, (right, y), HPos::Right, &to)?;
    }
    Ok(())
}
