//! Tabs by the ARIA pattern, over links that work without this: arrows, Home and End move and select, one tab is in the
//! order of the Tab key, and the address follows.

use super::{call, element, get, set, text};
use crate::app::{components::help::TABS, live::Live};
use js_sys::Array;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

/// Leaves only the selected tab in the order of the Tab key.
pub fn wake() {
    let selected = TABS.iter().position(|(name, _)| text(&tab(name), "ariaSelected") == "true");
    show(selected.unwrap_or_default());
}

/// A click on a tab selects it; on anything else, or with a key that opens another tab of the browser, it is itself.
pub fn clicked(_: Live, event: &JsValue) {
    let is_plain = !["ctrlKey", "metaKey", "shiftKey", "altKey"].iter().any(|key| get(event, key).is_truthy());
    if let Some(place) = target(event).filter(|_| is_plain) {
        select(event, place);
    }
}

/// A key on a tab.
pub fn pressed(_: Live, event: &JsValue) {
    let Some(place) = target(event) else { return };
    let last = TABS.len() - 1;
    let place = match text(event, "key").as_str() {
        "ArrowRight" => (place + 1) % TABS.len(),
        "ArrowLeft" => place.checked_sub(1).unwrap_or(last),
        "Home" => 0,
        "End" => last,
        " " => place,
        _ => return,
    };
    select(event, place);
}

/// The tab an event is about.
fn target(event: &JsValue) -> Option<usize> {
    let id = text(&get(event, "target"), "id");
    TABS.iter().position(|(name, _)| id.strip_prefix("tab-") == Some(*name))
}

fn select(event: &JsValue, place: usize) {
    call(event, "preventDefault", &Array::new());
    show(place);
    let tab = tab(TABS[place].0);
    call(&tab, "focus", &Array::new());
    let address = get(&tab, "href");
    call(&get(&window(), "history"), "replaceState", &Array::of3(&JsValue::NULL, &"".into(), &address));
}

fn show(place: usize) {
    for (at, (name, _)) in TABS.iter().enumerate() {
        let is_selected = at == place;
        let tab = tab(name);
        set(&tab, "ariaSelected", if is_selected { "true" } else { "false" });
        set(&tab, "tabIndex", if is_selected { 0 } else { -1 });
        set(&element(&format!("help-{name}")), "hidden", !is_selected);
    }
}

fn tab(name: &str) -> JsValue {
    element(&format!("tab-{name}"))
}
