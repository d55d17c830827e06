//! The percentage in title and favicon, while a run is alive and the tab is in the background.

use super::now;
use crate::app::live::{Live, is_alive};
use leptos::prelude::*;

/// Milliseconds between two changes, so that a quick run does not make the tab flicker.
const PACE: i64 = 1_000;

/// What the tab shows, and what it is called otherwise.
pub struct Badge {
    title: String,
    icon: String,
    shown: Option<u8>,
    since: i64,
}

impl Badge {
    /// Takes the tab as it is.
    pub fn new() -> Self {
        let icon = link().and_then(|link| link.get_attribute("href")).unwrap_or_default();
        Self { title: document().title(), icon, shown: None, since: 0 }
    }
}

/// Brings the tab up to date. The end of a run and a look at the tab show at once.
pub fn show(live: Live, badge: StoredValue<Badge, LocalStorage>) {
    let percentage = live.status.with_untracked(|status| is_alive(status).then_some(status.progress.percentage));
    let wanted = percentage.filter(|_| document().hidden());
    badge.try_update_value(|badge| {
        let is_early = wanted.is_some() && badge.shown.is_some() && now() - badge.since < PACE;
        if wanted == badge.shown || is_early {
            return;
        }
        badge.shown = wanted;
        badge.since = now();
        let (title, icon) = match wanted {
            Some(percentage) => (format!("{percentage} % · {}", badge.title), picture(percentage)),
            None => (badge.title.clone(), badge.icon.clone()),
        };
        document().set_title(&title);
        if let Some(link) = link() {
            // A name that is known to be good is not refused.
            let _ = link.set_attribute("href", &icon);
        }
    });
}

fn link() -> Option<web_sys::Element> {
    document().query_selector("link[rel=icon]").ok().flatten()
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
