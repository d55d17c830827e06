//! The fields of the settings form. Each says what it does and its bounds; what is wrong is said in the place of the
//! bounds, so that nothing moves, least of all the button that is being pressed.
//!
//! `data-saved` is what is stored, `data-bounds` and `data-refusal` what is said of a value: `app::browser::fields` reads them.

use crate::app::settings_form::{Number, Typed};
use leptos::prelude::*;

/// A number with its unit.
#[component]
pub fn NumberField(
    /// Which.
    number: &'static Number,
    /// What the form is filled with.
    typed: Typed,
    /// What is stored.
    saved: Typed,
) -> impl IntoView {
    let Number { name, label, unit, about, .. } = number;
    let text = number.of(&typed).to_owned();
    let refusal = number.refusal();
    let bounds = number.bounds();
    let is_wrong = number.read(&text).is_none();
    let said = if is_wrong { refusal.clone() } else { bounds.clone() };
    // An empty text would be a space on the page, and the place not empty.
    let words = Some(number.meaning(&text)).filter(|words| !words.is_empty());
    view! {
        <div class="field">
            <label for=*name>{*label}</label>
            <div class="field-value">
                <input
                    id=*name
                    name=*name
                    type="number"
                    inputmode=if number.step() == "1" { "numeric" } else { "decimal" }
                    required
                    min=number.least().to_string()
                    max=number.most().to_string()
                    step=number.step()
                    value=text
                    autocomplete="off"
                    autofocus=is_wrong
                    data-saved=number.of(&saved).to_owned()
                    data-bounds=bounds
                    data-refusal=refusal
                    aria-describedby=format!("{name}-said {name}-words {name}-about")
                    aria-invalid=is_wrong.then_some("true")
                />
                <span class="unit">{*unit}</span>
                <span class="meaning" id=format!("{name}-words")>{words}</span>
            </div>
            <p class="bounds" id=format!("{name}-said") aria-live="polite">
                {said}
            </p>
            <p class="hint" id=format!("{name}-about")>
                {*about}
            </p>
        </div>
    }
}

/// Something that is on or off.
#[component]
pub fn SwitchField(
    /// The name of the form field.
    name: &'static str,
    /// What people call it.
    label: &'static str,
    /// What it does and when to change it.
    about: &'static str,
    /// How the form is filled in.
    typed: bool,
    /// What is stored.
    saved: bool,
) -> impl IntoView {
    view! {
        <div class="field">
            <label class="switch">
                <input
                    type="checkbox"
                    role="switch"
                    id=name
                    name=name
                    value="on"
                    checked=typed
                    data-saved=if saved { "on" } else { "" }
                    aria-describedby=format!("{name}-about")
                />
                <span>{label}</span>
            </label>
            <p class="hint" id=format!("{name}-about")>
                {about}
            </p>
        </div>
    }
}
