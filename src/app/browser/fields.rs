//! The settings form in the browser. The server has rendered it with what is stored and what each field says of a value
//! it does not take; here it is seen what differs and what is said when, and nothing is drawn.

use super::{call, element, get, set, settled, text};
use crate::app::{live::Live, settings_form::meaning, toasts::Toast, transport::UNREACHABLE};
use js_sys::{Array, Function, Object, Reflect};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue};

/// The form.
pub const FORM: &str = "settings";

/// Takes the complaints over from the browser, and looks at what it may have kept from before a reload.
pub fn wake() {
    let form = element(FORM);
    if !form.is_undefined() {
        set(&form, "noValidate", true);
        review(false);
    }
}

/// Looks at every field: says what it means, whether anything is not saved, and what is wrong, the latter only to
/// `complain`; a complaint that is heard goes at once. Gives the first field that is wrong.
fn review(complain: bool) -> Option<JsValue> {
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

/// A key in a field: a complaint that is heard goes.
pub fn typed(_: Live, event: &JsValue) {
    if is_ours(event) {
        review(false);
    }
}

/// A field is left: now a complaint disturbs nobody.
pub fn changed(_: Live, event: &JsValue) {
    if is_ours(event) {
        review(true);
    }
}

/// Saves without a reload. If something is wrong, the first field that is has the focus; while it is being saved, a
/// press is no second one.
pub fn submitted(live: Live, event: &JsValue) {
    let form = element(FORM);
    if form.is_undefined() || get(event, "target") != form {
        return;
    }
    call(event, "preventDefault", &Array::new());
    if let Some(wrong) = review(true) {
        call(&wrong, "focus", &Array::new());
        return;
    }
    let button = element("settings-save");
    if text(&button, "ariaDisabled") == "true" {
        return;
    }
    set(&button, "ariaDisabled", "true");
    say("settings-save", "Saving…");
    fields().for_each(|field| set(&field, "dmmSent", value(&field)));
    let answer = post(&form);
    spawn_local(async move {
        let refusal = refusal(&answer).await;
        set(&button, "ariaDisabled", JsValue::NULL);
        say("settings-save", "Save settings");
        say("settings-refusal", &refusal);
        if refusal.is_empty() {
            // Compared from now on with what was sent, not with what was typed meanwhile.
            fields().for_each(|field| set(&get(&field, "dataset"), "saved", text(&field, "dmmSent")));
            say("settings-said", "");
            live.tell(Toast::good("Settings saved", "They count from the next sync.".to_owned()));
        }
        review(false);
    });
}

/// Posts a form as the browser would, but asks for an answer and not for a page.
fn post(form: &JsValue) -> JsValue {
    let made = |kind: &str, of: &JsValue| match get(&window(), kind).dyn_into::<Function>() {
        Ok(kind) => Reflect::construct(&kind, &Array::of1(of)).unwrap_or_default(),
        Err(_) => JsValue::UNDEFINED,
    };
    let (headers, request) = (Object::new(), Object::new());
    set(&headers, "accept", "application/json");
    set(&request, "method", "POST");
    set(&request, "headers", headers);
    set(&request, "body", made("URLSearchParams", &made("FormData", form)));
    call(&window(), "fetch", &Array::of2(&get(form, "action"), &request))
}

/// Why it was not done; empty when it was.
async fn refusal(answer: &JsValue) -> String {
    let answer = settled(answer).await.unwrap_or_default();
    if get(&answer, "ok").is_truthy() {
        return String::new();
    }
    let words = settled(&call(&answer, "json", &Array::new())).await.unwrap_or_default();
    Some(text(&words, "error")).filter(|words| !words.is_empty()).unwrap_or_else(|| UNREACHABLE.to_owned())
}

/// Whether an event is about one of the fields.
fn is_ours(event: &JsValue) -> bool {
    text(&get(&get(event, "target"), "form"), "id") == FORM
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
