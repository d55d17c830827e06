//! The plots of the history, drawn on the server as SVG.
//!
//! Every plot says the same four times: as a sentence, as a drawing that needs no colour to be read, with its numbers
//! written into it, and as a table. Where there is nothing to draw yet, the sentence says so.

mod bars;
mod canvas;
mod composition;
mod growth;
mod lanes;
mod lines;
mod numbers;

use crate::{app::components::chart::Chart, domain::Statistics};

/// All plots of a library; none before anything was counted.
pub(super) fn charts(statistics: &Statistics) -> Vec<Chart> {
    if statistics.growth.is_empty() {
        return Vec::new();
    }
    [
        growth::files(&statistics.growth),
        growth::space(&statistics.growth),
        lanes::chart(&statistics.changes),
        composition::duplicates(&statistics.library),
        composition::types(&statistics.library),
        composition::statuses(&statistics.library),
    ]
    .into()
}

#[cfg(test)]
mod tests;
