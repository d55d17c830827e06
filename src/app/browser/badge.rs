//! The percentage in title and favicon, while a run is alive and the tab is in the background.

use super::{get, set, text};
use crate::app::live::{Live, is_alive};
use leptos::prelude::*;
use wasm_bindgen::JsValue;

/// Milliseconds between two changes, so that a quick run does not make the tab flicker.
const PACE: f64 = 1_000.0;

/// Brings the tab up to date. The end of a run and a look at the tab show at once. What the tab was called, and what it
/// shows since when, is kept with its icon.
pub fn show(live: Live, _: &JsValue) {
    let Ok(Some(link)) = document().query_selector("link[rel=icon]") else { return };
    let percentage = live.status.with_untracked(|status| is_alive(status).then_some(status.progress.percentage));
    let percentage = percentage.filter(|_| document().hidden());
    let wanted = percentage.map(|percentage| percentage.to_string()).unwrap_or_default();
    let shown = text(&link, "dmmShown");
    let now = js_sys::Date::now();
    let is_early = || {
        !shown.is_empty() && get(&link, "dmmSince").as_f64().is_some_and(|since| (0.0..PACE).contains(&(now - since)))
    };
    if wanted == shown || (percentage.is_some() && is_early()) {
        return;
    }
    if shown.is_empty() {
        set(&link, "dmmTitle", document().title());
        set(&link, "dmmIcon", text(&link, "href"));
    }
    set(&link, "dmmShown", wanted);
    set(&link, "dmmSince", now);
    let (title, icon) = (text(&link, "dmmTitle"), text(&link, "dmmIcon"));
    let (title, icon) = match percentage {
        Some(percentage) => (format!("{percentage} % · {title}"), picture(percentage)),
        None => (title, icon),
    };
    document().set_title(&title);
    set(&link, "href", icon);
}

/// The number over a bar, legible at 16 pixels.
fn picture(percentage: u8) -> String {
    let done = u32::from(percentage) * 28 / 100;
    format!(
        "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'>\
         <rect width='32' height='32' rx='6' fill='%230c6a5b'/>\
         <text x='16' y='21' font-family='sans-serif' font-weight='700' font-size='21' text-anchor='middle' fill='white'>\
         {percentage}</text><rect x='2' y='25' width='28' height='5' fill='%23063f36'/>\
         <rect x='2' y='25' width='{done}' height='5' fill='white'/></svg>"
    )
}
