//! The only place that speaks to the browser itself. Everything here is called from effects and event handlers, which
//! do not run on the server.

use super::live::Live;
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Clipboard, EventSource, HtmlElement, MessageEvent, MouseEvent};

/// When the browser has given a connection up. After every other loss it connects again by itself.
const REOPEN_AFTER: Duration = Duration::from_secs(3);

/// An open event stream; closed when it is dropped.
struct Stream {
    source: EventSource,
    _on_status: Closure<dyn FnMut(MessageEvent)>,
    _on_open: Closure<dyn FnMut()>,
    _on_error: Closure<dyn FnMut()>,
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.close();
    }
}

/// Feeds `live` from the event stream and the clock until the owner of the calling effect ends.
pub fn follow(live: Live) {
    let stream = StoredValue::new_local(None::<Stream>);
    connect(live, stream);
    live.here.update(|here| here.now = Some(now()));
    let tick =
        set_interval_with_handle(move || live.here.update(|here| here.now = Some(now())), Duration::from_secs(1));
    on_cleanup(move || {
        stream.set_value(None);
        if let Ok(tick) = tick {
            tick.clear();
        }
    });
}

fn connect(live: Live, stream: StoredValue<Option<Stream>, LocalStorage>) {
    let Ok(source) = EventSource::new("/api/sync/events") else { return };
    let on_status = Closure::new(move |event: MessageEvent| {
        let status = event.data().as_string().and_then(|text| serde_json::from_str(&text).ok());
        if let Some(status) = status {
            live.receive(status);
        }
    });
    let on_open = Closure::new(move || live.here.update(|here| here.disconnected = false));
    let broken = source.clone();
    let on_error = Closure::new(move || {
        live.here.update(|here| here.disconnected = true);
        if broken.ready_state() == EventSource::CLOSED {
            set_timeout(move || connect(live, stream), REOPEN_AFTER);
        }
    });
    // A listener that cannot be added leaves the page as the server rendered it, with its forms.
    let _ = source.add_event_listener_with_callback("status", on_status.as_ref().unchecked_ref());
    source.set_onopen(Some(on_open.as_ref().unchecked_ref()));
    source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
    let opened = Stream { source, _on_status: on_status, _on_open: on_open, _on_error: on_error };
    stream.try_set_value(Some(opened));
}

/// The browser's clock in milliseconds since the epoch.
#[expect(clippy::cast_possible_truncation, reason = "a clock in milliseconds is far below 2^53")]
fn now() -> i64 {
    js_sys::Date::now() as i64
}

/// A moment in the zone of the browser: `24 Nov 2026, 21:53`.
pub fn local_minute(millis: i64) -> String {
    local(millis, &[("dateStyle", "medium"), ("timeStyle", "short")])
}

/// A time of day in the zone of the browser: `21:53:07`.
pub fn local_time(millis: i64) -> String {
    local(millis, &[("timeStyle", "medium")])
}

#[expect(clippy::cast_precision_loss, reason = "a clock in milliseconds is far below 2^53")]
fn local(millis: i64, options: &[(&str, &str)]) -> String {
    let wanted = js_sys::Object::new();
    for (name, value) in options {
        // Setting a field of a fresh object does not fail.
        let _ = js_sys::Reflect::set(&wanted, &JsValue::from_str(name), &JsValue::from_str(value));
    }
    js_sys::Date::new(&JsValue::from_f64(millis as f64)).to_locale_string("en-GB", &wanted).into()
}

/// Closes the popover with this id, if it is open.
pub fn close_popover(id: &str) {
    let element = document().get_element_by_id(id).and_then(|element| element.dyn_into::<HtmlElement>().ok());
    if let Some(element) = element {
        // Refused only when it is not open.
        let _ = element.hide_popover();
    }
}

/// Copies `text` and says so on the pressed button, or says what to do where the browser does not allow it.
pub fn copy_and_say(pressed: &MouseEvent, text: String) {
    let button = pressed.current_target().and_then(|button| button.dyn_into::<HtmlElement>().ok());
    spawn_local(async move {
        let words = if copied(&text).await { "Copied" } else { "Select it and press Ctrl+C" };
        if let Some(button) = button {
            button.set_text_content(Some(words));
        }
    });
}

/// False where the browser keeps the clipboard to itself, as on a page without https.
async fn copied(text: &str) -> bool {
    let clipboard = js_sys::Reflect::get(&window().navigator(), &JsValue::from_str("clipboard")).unwrap_or_default();
    match clipboard.dyn_into::<Clipboard>() {
        Ok(clipboard) => JsFuture::from(clipboard.write_text(text)).await.is_ok(),
        Err(_) => false,
    }
}
