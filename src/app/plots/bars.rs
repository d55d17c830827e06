//! Bars that lie one below the other, each with its name and its number above it, and with a key where they have parts.

use super::{
    canvas::{Area, Drawn, Ink, drawings, fill, width, write},
    numbers::part,
};
use crate::app::components::chart::Drawings;
use plotters::style::text_anchor::HPos;

const ROW: i32 = 40;
const THICK: i32 = 12;
const KEY: i32 = 24;

/// A bar.
pub(super) struct Bar {
    /// What it is of.
    pub(super) name: String,
    /// Its number in words.
    pub(super) said: String,
    /// Its parts, from the left.
    pub(super) parts: Vec<(Ink, i64)>,
}

/// Draws bars of which the longest, or `whole` if that is more, takes the full width. The key names the inks.
pub(super) fn draw(id: &str, bars: &[Bar], whole: i64, key: &[(Ink, &str)]) -> Option<Drawings> {
    let rows = i32::try_from(bars.len()).unwrap_or_default();
    let head = if key.is_empty() { 0 } else { KEY };
    let height = u32::try_from(head + rows * ROW).unwrap_or_default();
    let longest = bars.iter().map(length).max().unwrap_or_default().max(whole);
    drawings(id, height, |area| {
        draw_key(area, key)?;
        for (bar, row) in bars.iter().zip(0..) {
            draw_bar(area, bar, head + row * ROW, longest)?;
        }
        Ok(())
    })
}

fn length(bar: &Bar) -> i64 {
    bar.parts.iter().fold(0, |sum, (_, part)| sum.saturating_add(*part))
}

fn draw_bar(area: &Area<'_>, bar: &Bar, top: i32, longest: i64) -> Drawn {
    let width = width(area);
    write(area, Ink::Text, (0, top + 10), HPos::Left, &bar.name)?;
    write(area, Ink::Soft, (width, top + 10), HPos::Right, &bar.said)?;
    let (from, to) = (top + 20, top + 20 + THICK);
    fill(area, Ink::Track, (0, from), (width, to))?;
    let mut left = 0;
    for (ink, amount) in &bar.parts {
        let right = (left + part(width, *amount, longest, 2)).min(width);
        if right > left {
            fill(area, *ink, (left, from), (right, to))?;
        }
        left = right;
    }
    Ok(())
}

/// One square and its words after another; a letter is taken to be seven units wide.
fn draw_key(area: &Area<'_>, key: &[(Ink, &str)]) -> Drawn {
    let mut left = 0;
    for (ink, words) in key {
        fill(area, *ink, (left, 4), (left + 12, 16))?;
        write(area, Ink::Soft, (left + 18, 10), HPos::Left, words)?;
        left += 18 + 8 * i32::try_from(words.chars().count())? + 12;
    }
    Ok(())
}
