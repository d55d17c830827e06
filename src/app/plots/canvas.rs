//! A drawing: what plotters draws in colours becomes classes of the style sheet, so that both themes show it and the
//! strict policy of the pages finds no style in it.

use crate::app::components::chart::Drawings;
use plotters::{
    coord::Shift,
    prelude::{DrawingArea, IntoDrawingArea, PathElement, Rectangle, SVGBackend, Text},
    style::{
        Color, FontFamily, IntoFont, RGBColor, ShapeStyle, TextStyle,
        text_anchor::{HPos, Pos, VPos},
    },
};

/// What a mark is drawn with. Each stands for a class of the style sheet, or for a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    /// Words and numbers.
    Text,
    /// Words of less weight.
    Soft,
    /// Lines to read by.
    Grid,
    /// A full line.
    Line,
    /// A dashed line.
    Dashes,
    /// A filled mark.
    Solid,
    /// A mark with stripes.
    Striped,
    /// A mark with dots.
    Dotted,
    /// What a bar is a part of.
    Track,
}

const INKS: [(Ink, &str); 9] = [
    (Ink::Text, "plot-text"),
    (Ink::Soft, "plot-soft"),
    (Ink::Grid, "plot-grid"),
    (Ink::Line, "plot-line"),
    (Ink::Dashes, "plot-dashes"),
    (Ink::Solid, "plot-solid"),
    (Ink::Striped, "plot-striped"),
    (Ink::Dotted, "plot-dotted"),
    (Ink::Track, "plot-track"),
];

/// The patterns, for ids that are the drawing's own.
const PATTERNS: &str = "<defs>\
    <pattern id=\"ID-striped\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
    <rect class=\"plot-wash\" width=\"6\" height=\"6\"/><rect class=\"plot-mark\" width=\"2.5\" height=\"6\"/></pattern>\
    <pattern id=\"ID-dotted\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">\
    <rect class=\"plot-wash\" width=\"6\" height=\"6\"/><circle class=\"plot-mark\" cx=\"3\" cy=\"3\" r=\"1.7\"/></pattern>\
    </defs>";

impl Ink {
    /// The colour that stands for it until the drawing is finished.
    pub(super) fn color(self) -> RGBColor {
        let place = INKS.iter().position(|(ink, _)| *ink == self).unwrap_or_default();
        RGBColor(0, 0, u8::try_from(place).unwrap_or_default())
    }

    pub(super) fn filled(self) -> ShapeStyle {
        self.color().filled()
    }

    pub(super) fn stroke(self, width: u32) -> ShapeStyle {
        self.color().stroke_width(width)
    }
}

/// An area of a drawing, in whole units from its upper left corner.
pub(super) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
/// A drawing failed; into a text it cannot.
pub(super) type Drawn = Result<(), Box<dyn std::error::Error>>;

/// The width of a drawing for a wide screen and for a phone.
const WIDTHS: [u32; 2] = [496, 312];

/// Draws for a wide screen and for a phone.
pub(super) fn drawings(id: &str, height: u32, paint: impl Fn(&Area<'_>) -> Drawn) -> Option<Drawings> {
    let [wide, narrow] = WIDTHS;
    Some(Drawings {
        wide: drawing(id, &format!("{id}-wide"), (wide, height), &paint)?,
        narrow: drawing(id, &format!("{id}-narrow"), (narrow, height), &paint)?,
    })
}

fn drawing(chart: &str, id: &str, size: (u32, u32), paint: &impl Fn(&Area<'_>) -> Drawn) -> Option<String> {
    let mut svg = String::new();
    let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
    if let Err(error) = paint(&area).and_then(|()| Ok(area.present()?)) {
        tracing::error!(chart, error, "a plot could not be drawn");
        return None;
    }
    drop(area);
    Some(finish(chart, id, size, &svg))
}

/// Colours into classes; the drawing gets its name and its patterns.
fn finish(chart: &str, id: &str, (width, height): (u32, u32), svg: &str) -> String {
    let inside = svg.split_once('>').map_or("", |(_, inside)| inside);
    let mut inside = inside.replace(" opacity=\"1\"", "").replace(" font-family=\"sans-serif\"", "");
    for (ink, class) in INKS {
        let RGBColor(red, green, blue) = ink.color();
        let drawn = format!("\"#{red:02X}{green:02X}{blue:02X}\"");
        let pattern = match ink {
            Ink::Striped | Ink::Dotted => {
                format!(" fill=\"url(#{id}-{})\"", class.strip_prefix("plot-").unwrap_or(class))
            }
            _ => String::new(),
        };
        for attribute in [" fill=", " stroke="] {
            inside = inside.replace(&format!("{attribute}{drawn}"), &format!(" class=\"{class}\"{pattern}"));
        }
    }
    format!(
        "<svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"{chart}-title\" \
         aria-describedby=\"{chart}-words\">{}{inside}",
        PATTERNS.replace("ID", id)
    )
}

/// A style of text, anchored at a side of its place.
pub(super) fn text(ink: Ink, h_pos: HPos, v_pos: VPos) -> TextStyle<'static> {
    // The size counts for the room that plotters leaves; the style sheet sets what is shown.
    let font = (FontFamily::SansSerif, 15).into_font();
    let mut style = TextStyle::from(font).pos(Pos::new(h_pos, v_pos));
    style.color = ink.color().to_backend_color();
    style
}

/// Writes words; `h_pos` says which side of them is at the place.
pub(super) fn write(area: &Area<'_>, ink: Ink, (x, y): (i32, i32), h_pos: HPos, words: &str) -> Drawn {
    Ok(area.draw(&Text::new(words.to_owned(), (x, y), text(ink, h_pos, VPos::Center)))?)
}

/// Fills a rectangle from the upper left to the lower right corner.
pub(super) fn fill(area: &Area<'_>, ink: Ink, from: (i32, i32), to: (i32, i32)) -> Drawn {
    Ok(area.draw(&Rectangle::new([from, to], ink.filled()))?)
}

/// Draws a thin line from left to right.
pub(super) fn rule(area: &Area<'_>, y: i32, from: i32, to: i32) -> Drawn {
    Ok(area.draw(&PathElement::new([(from, y), (to, y)], Ink::Grid.stroke(1)))?)
}

/// The width of an area.
pub(super) fn width(area: &Area<'_>) -> i32 {
    i32::try_from(area.dim_in_pixel().0).unwrap_or(i32::MAX)
}
