//! The browser's own notification at the end of a run: off unless this person switched it on in this browser.

use super::{call, element, get, set, settled, text};
use crate::app::{live::Live, toasts::Toast};
use js_sys::{Array, Function, Object, Reflect};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue};

/// Around the switch.
pub const CARD: &str = "notify-card";
/// The switch, and what is said below it.
pub const SWITCH: &str = "notify";
/// See [`SWITCH`].
pub const SAYS: &str = "notify-says";

/// In the local storage.
const KEY: &str = "dmm-notify";

const ON: &str = "You are told when a sync ends while this tab is in the background.";
const INSECURE: &str = "Browsers show notifications only from pages with https or on localhost. Open DMM at such an address, then switch this on.";
const BLOCKED: &str = "The browser blocks notifications from this page. Allow them in its settings for this site, then switch this on again.";
const NOT_ALLOWED: &str = "The browser was not given permission. Switch this on again and allow notifications.";

/// Brings the switch out. Shows whether it is on, and what is in the way if it was on and the permission was taken back.
pub fn wake() {
    set(&element(CARD), "hidden", false);
    let permission = text(&api(), "permission");
    say(is_wanted().then(|| if permission == "granted" { Ok(()) } else { Err(BLOCKED) }));
}

/// Carries out what was switched: only now the browser may ask for permission.
pub fn switched(_: Live, event: &JsValue) {
    if text(&get(event, "target"), "id") != SWITCH {
        return;
    }
    if !get(&element(SWITCH), "checked").is_truthy() {
        store("");
        say(None);
        return;
    }
    spawn_local(async {
        let answer = ask().await;
        if answer.is_ok() {
            store("on");
        }
        say(Some(answer));
    });
}

/// Tells of an end, if that is wanted and nobody looks at the tab.
pub fn send(live: Live, end: &Toast) {
    if !is_wanted() || !document().hidden() {
        return;
    }
    let options = Object::new();
    set(&options, "body", end.text.as_str());
    set(&options, "icon", "/favicon.svg");
    // Several tabs tell of one run once.
    set(&options, "tag", live.status.with_untracked(|status| status.id.clone().unwrap_or_default()));
    if let Ok(api) = api().dyn_into::<Function>() {
        // Refused when the permission was taken back, which the switch says when it is next seen.
        let _ = Reflect::construct(&api, &Array::of2(&end.title.into(), &options));
    }
}

async fn ask() -> Result<(), &'static str> {
    if !get(&window(), "isSecureContext").is_truthy() {
        return Err(INSECURE);
    }
    let promise = call(&api(), "requestPermission", &Array::new());
    let answer = settled(&promise).await.unwrap_or_default();
    match answer.as_string().as_deref() {
        Some("granted") => Ok(()),
        Some("denied") => Err(BLOCKED),
        _ => Err(NOT_ALLOWED),
    }
}

fn say(answer: Option<Result<(), &'static str>>) {
    set(&element(SWITCH), "checked", answer == Some(Ok(())));
    let words = answer.map_or("", |answer| answer.err().unwrap_or(ON));
    set(&element(SAYS), "textContent", words);
}

fn api() -> JsValue {
    get(&window(), "Notification")
}

fn is_wanted() -> bool {
    text(&get(&window(), "localStorage"), KEY) == "on"
}

fn store(word: &str) {
    set(&get(&window(), "localStorage"), KEY, word);
}
