//! The only place that speaks to the browser itself. Everything here is called from effects and event handlers, which
//! do not run on the server.

pub mod badge;
pub mod device;
pub mod fields;
pub mod notification;
pub mod tabs;

use super::live::Live;
use js_sys::{Array, Function, Promise, Reflect};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Clipboard, EventSource, HtmlElement, MessageEvent, MouseEvent};

/// When the browser has given a connection up. After every other loss it connects again by itself.
const REOPEN_AFTER: Duration = Duration::from_secs(3);

/// Whoever hears an event.
type Hears = fn(Live, &JsValue);

/// What brings to life what the server has rendered: each event rises to the window, and whoever it is not for ignores
/// it. One table, as a handler in a view of its own would weigh five times as much.
const HEARD: [(&str, Hears); 8] = [
    ("click", tabs::clicked),
    ("keydown", tabs::pressed),
    ("click", dismissed),
    ("input", fields::typed),
    ("change", fields::changed),
    ("submit", fields::submitted),
    ("change", notification::switched),
    ("visibilitychange", badge::show),
];

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
///
/// It begins in a task of its own: the islands inside wake in the same task as this one's effect, and take the page as
/// it was rendered for what the signal says. A change before they are awake would never reach the page.
pub fn follow(live: Live) {
    let stream = StoredValue::new_local(None::<Stream>);
    let tick = move || {
        live.tick(now(), toasts_are_read);
        badge::show(live, &JsValue::UNDEFINED);
    };
    set_timeout(
        move || {
            tabs::wake();
            fields::wake();
            notification::wake();
            tick();
            connect(live, stream);
        },
        Duration::ZERO,
    );
    let ticking = set_interval_with_handle(tick, Duration::from_secs(1));
    let heard = HEARD.map(|(event, hear)| window_event_listener_untyped(event, move |event| hear(live, &event)));
    on_cleanup(move || {
        stream.set_value(None);
        heard.into_iter().for_each(WindowListenerHandle::remove);
        if let Ok(ticking) = ticking {
            ticking.clear();
        }
    });
}

fn connect(live: Live, stream: StoredValue<Option<Stream>, LocalStorage>) {
    let Ok(source) = EventSource::new("/api/sync/events") else { return };
    let on_status = Closure::new(move |event: MessageEvent| {
        let status = event.data().as_string().and_then(|text| serde_json::from_str(&text).ok());
        if let Some(status) = status {
            if let Some(end) = live.receive(status) {
                notification::send(live, &end);
                live.tell(end);
            }
            badge::show(live, &JsValue::UNDEFINED);
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

/// The button of a toast.
fn dismissed(live: Live, event: &JsValue) {
    let place = text(&get(&get(event, "target"), "dataset"), "dismiss");
    if let Some(digit) = place.bytes().next() {
        live.here.update(|here| here.toasts.dismiss(usize::from(digit.wrapping_sub(b'0'))));
    }
}

/// Whether time counts for toasts: the tab is in front, and nobody holds on to one by pointer or focus.
fn toasts_are_read() -> bool {
    let held = document().query_selector(".toasts:is(:hover, :focus-within)").ok().flatten();
    !document().hidden() && held.is_none()
}

/// A property by name, undefined where there is none: bindings of a type for each would weigh more.
fn get(of: &JsValue, name: &str) -> JsValue {
    Reflect::get(of, &JsValue::from_str(name)).unwrap_or_default()
}

/// Sets a property by name, where that is possible.
fn set(of: &JsValue, name: &str, value: impl Into<JsValue>) {
    let _ = Reflect::set(of, &JsValue::from_str(name), &value.into());
}

/// Calls a method by name; undefined where there is none, or when it throws.
fn call(of: &JsValue, name: &str, arguments: &Array) -> JsValue {
    let method = get(of, name).dyn_into::<Function>().ok();
    method.and_then(|method| method.apply(of, arguments).ok()).unwrap_or_default()
}

/// A property as text, empty where it is none.
fn text(of: &JsValue, name: &str) -> String {
    get(of, name).as_string().unwrap_or_default()
}

/// What a promise, or whatever stands in its place, comes to.
async fn settled(promise: &JsValue) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::resolve(promise)).await
}

/// The element with an id, or undefined.
fn element(id: &str) -> JsValue {
    document().get_element_by_id(id).map(JsValue::from).unwrap_or_default()
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
        set(&wanted, name, *value);
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
    match get(&window().navigator(), "clipboard").dyn_into::<Clipboard>() {
        Ok(clipboard) => JsFuture::from(clipboard.write_text(text)).await.is_ok(),
        Err(_) => false,
    }
}
