//! Lines over time. A library is known at its syncs, so a line keeps its height from one to the next.

use super::{
    canvas::{Area, Drawn, Ink, drawings, text, write},
    numbers::{real, tick},
};
use crate::{
    app::{components::chart::Drawings, format},
    domain::Timestamp,
};
use plotters::{
    prelude::{ChartBuilder, Circle, LabelAreaPosition, LineSeries, Rectangle},
    style::text_anchor::{HPos, VPos},
};

const HEIGHT: u32 = 210;
/// Room for the numbers of the axis, for the days, and above the highest point for its label.
const LEFT: i32 = 52;
const BOTTOM: i32 = 24;
/// Lines closer than this have their labels on different sides.
const CLOSE: i32 = 30;

/// A line.
pub(super) struct Line {
    /// Full or dashed.
    pub(super) ink: Ink,
    /// What its end is called.
    pub(super) label: String,
    /// Milliseconds and heights, earliest first.
    pub(super) points: Vec<(i64, f64)>,
}

/// Draws lines over one span of time; `unit` stands beside the numbers.
pub(super) fn draw(id: &str, lines: &[Line], unit: &str) -> Option<Drawings> {
    drawings(id, HEIGHT, |area| paint(area, lines, unit))
}

/// The span of the heights: from zero, unless all that can be seen then is that nothing moved.
pub(super) fn span(heights: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let low = heights.clone().fold(f64::INFINITY, f64::min);
    let high = heights.fold(0.0, f64::max);
    let low = if low > high * 0.7 && high > low { low - (high - low) * 0.4 } else { 0.0 };
    let room = (high - low) * 0.2;
    (low.max(0.0), if high > 0.0 { high + room } else { 1.0 })
}

/// The corners of the steps through some points.
pub(super) fn steps(points: &[(i64, f64)]) -> Vec<(f64, f64)> {
    let mut corners: Vec<(f64, f64)> = Vec::with_capacity(points.len() * 2);
    for (at, height) in points {
        if let Some((_, before)) = corners.last().copied() {
            corners.push((real(*at), before));
        }
        corners.push((real(*at), *height));
    }
    corners
}

fn paint(area: &Area<'_>, lines: &[Line], unit: &str) -> Drawn {
    let all = lines.iter().flat_map(|line| line.points.iter());
    let (first, last) =
        all.clone().fold((i64::MAX, i64::MIN), |(first, last), (at, _)| (first.min(*at), last.max(*at)));
    let (low, high) = span(all.map(|(_, height)| *height));
    let mut chart = ChartBuilder::on(area)
        .margin_top(14)
        .margin_right(10)
        .x_label_area_size(BOTTOM)
        .y_label_area_size(LEFT)
        .build_cartesian_2d(real(first)..real(last), low..high)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .disable_x_axis()
        .axis_style(Ink::Grid.stroke(1))
        .set_tick_mark_size(LabelAreaPosition::Left, 6)
        .x_labels(0)
        .y_labels(5)
        .y_max_light_lines(0)
        .bold_line_style(Ink::Grid.stroke(1))
        .y_label_style(text(Ink::Soft, HPos::Right, VPos::Center))
        .y_label_formatter(&|height| tick(*height))
        .draw()?;
    let mut heights_above: Vec<i32> = Vec::new();
    for line in lines {
        chart.draw_series(LineSeries::new(steps(&line.points), line.ink.stroke(2)))?;
        let Some((at, height)) = line.points.last() else { continue };
        let (x, y) = chart.backend_coord(&(real(*at), *height));
        if line.ink == Ink::Line {
            area.draw(&Circle::new((x, y), 4, Ink::Solid.filled()))?;
        } else {
            area.draw(&Rectangle::new([(x - 4, y - 4), (x + 4, y + 4)], Ink::Solid.filled()))?;
        }
        let is_close = heights_above.iter().any(|other| (y - other).abs() < CLOSE);
        let label = if is_close { y + 15 } else { y - 15 };
        write(area, Ink::Text, (x + 4, label), HPos::Right, &line.label)?;
        heights_above.push(y);
    }
    days(area, first, last)?;
    write(area, Ink::Soft, (LEFT - 10, 7), HPos::Right, unit)
}

/// The first and the last day under the plot; within a day the times.
fn days(area: &Area<'_>, first: i64, last: i64) -> Drawn {
    let (width, height) = area.dim_in_pixel();
    let (right, y) = (i32::try_from(width)? - 10, i32::try_from(height)? - 9);
    let (from, to) = ends(Timestamp::from_millis(first), Timestamp::from_millis(last));
    write(area, Ink::Soft, (LEFT, y), HPos::Left, &from)?;
    write(area, Ink::Soft, (right, y), HPos::Right, &to)
}

/// The ends of a span of time in as few words as tell them apart.
pub(super) fn ends(first: Timestamp, last: Timestamp) -> (String, String) {
    if format::day(first) == format::day(last) {
        (format::minute(first), format::time_of_day(last))
    } else {
        (format::day(first), format::day(last))
    }
}
