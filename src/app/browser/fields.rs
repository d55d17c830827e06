//! The settings form in the browser. The server has rendered it with what is stored and what each field says of a value
//! it does not take; here it is seen what differs and what is said when, and nothing is drawn.

use super::{call, element, get, set, text};
use crate::app::settings_form::{Typed, meaning};
use js_sys::{Array, Reflect};
use wasm_bindgen::JsValue;

/// The form.
pub const FORM: &str = "settings";

/// Takes the complaints over from the browser, and looks at what it may have kept from before a reload.
pub fn wake() {
    set(&element(FORM), "noValidate", true);
    review(false);
}

/// Looks at every field: says what it means, whether anything is not saved, and what is wrong, the latter only to
/// `complain`; a complaint that is heard goes at once. Gives the first field that is wrong.
pub fn review(complain: bool) -> Option<JsValue> {
    let (mut wrong, mut is_dirty) = (None, false);
    for field in fields() {
        let name = text(&field, "name");
        let is_right = get(&get(&field, "validity"), "valid").is_truthy();
        is_dirty |= value(&field) != text(&get(&field, "dataset"), "saved");
        if is_right || complain {
            let words = text(&get(&field, "dataset"), if is_right { "bounds" } else { "refusal" });
            say(&format!("{name}-said"), &words);
            set(&field, "ariaInvalid", if is_right { JsValue::NULL } else { "true".into() });
        }
        let number = get(&field, "valueAsNumber").as_f64().filter(|_| is_right).unwrap_or_default();
        say(&format!("{name}-words"), &in_words(&name, number));
        if !is_right && wrong.is_none() {
            wrong = Some(field);
        }
    }
    set(&element("settings-dirty"), "hidden", !is_dirty);
    wrong
}

/// What is to be saved. If it may not be, the first field that is wrong has the focus; if it is being saved already,
/// there is nothing to do.
pub fn begin() -> Option<Typed> {
    if let Some(wrong) = review(true) {
        call(&wrong, "focus", &Array::new());
        return None;
    }
    let button = element("settings-save");
    if text(&button, "ariaDisabled") == "true" {
        return None;
    }
    set(&button, "ariaDisabled", "true");
    set(&button, "textContent", "Saving…");
    let mut typed = Typed::default();
    for field in fields() {
        let value = value(&field);
        match text(&field, "name").as_str() {
            "auto_sync" => typed.auto_sync = !value.is_empty(),
            "enable_duplicate_detection" => typed.enable_duplicate_detection = !value.is_empty(),
            "sync_interval" => typed.sync_interval = value,
            "batch_size" => typed.batch_size = value,
            "sync_timeout" => typed.sync_timeout = value,
            "max_retries" => typed.max_retries = value,
            _ => {}
        }
    }
    Some(typed)
}

/// Shows how saving ended: `refusal` is empty when all is stored, which is what the form is compared with from now on.
pub fn end(saved: &Typed, refusal: &str) {
    let button = element("settings-save");
    set(&button, "ariaDisabled", JsValue::NULL);
    set(&button, "textContent", "Save settings");
    say("settings-refusal", refusal);
    if refusal.is_empty() {
        for (name, value) in saved.fields() {
            set(&get(&element(name), "dataset"), "saved", value);
        }
        say("settings-said", "");
    }
    review(false);
}

/// Only what changes is written: a screen reader hears every writing.
fn say(id: &str, words: &str) {
    let place = element(id);
    if text(&place, "textContent") != words {
        set(&place, "textContent", words);
    }
}

/// The fields that are settings.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a form has a handful of fields")]
fn fields() -> impl Iterator<Item = JsValue> {
    let all = get(&element(FORM), "elements");
    let length = get(&all, "length").as_f64().unwrap_or_default() as u32;
    (0..length)
        .map(move |place| Reflect::get_u32(&all, place).unwrap_or_default())
        .filter(|field| get(&get(field, "dataset"), "saved").is_string())
}

/// As a form sends it.
fn value(field: &JsValue) -> String {
    if text(field, "type") == "checkbox" && !get(field, "checked").is_truthy() {
        return String::new();
    }
    text(field, "value")
}

#[expect(clippy::cast_possible_truncation, reason = "what is right is far below 2^53, and whole units are enough")]
fn in_words(name: &str, number: f64) -> String {
    match number as i64 {
        0 => String::new(),
        number => meaning(name, number),
    }
}
