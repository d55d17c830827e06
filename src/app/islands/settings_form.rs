//! The settings form saved without a reload. The fields are the server's; without WebAssembly it is a plain form.

use crate::app::{
    browser::fields,
    live::{Live, is_alive},
    server_fns::save_settings,
    toasts::Toast,
};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

/// The form around its fields, and what a living run makes of new settings.
#[island]
pub fn SettingsForm(children: Children) -> impl IntoView {
    let live = expect_context::<Live>();
    Effect::new(|_| fields::wake());
    let review = |complain| {
        move |_| {
            fields::review(complain);
        }
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(typed) = fields::begin() {
            spawn_local(async move {
                let ticked = |is_ticked: bool| is_ticked.then(|| "on".to_owned());
                let answer = save_settings(
                    ticked(typed.auto_sync),
                    typed.sync_interval.clone(),
                    typed.batch_size.clone(),
                    ticked(typed.enable_duplicate_detection),
                    typed.sync_timeout.clone(),
                    typed.max_retries.clone(),
                );
                match answer.await {
                    Ok(()) => {
                        fields::end(&typed, "");
                        live.tell(Toast::good("Settings saved", words(live)));
                    }
                    Err(error) => fields::end(&typed, &error.error),
                }
            });
        }
    };
    view! {
        <p class="notice warn" hidden=live.holds(|status, _| !is_alive(status))>
            "A sync is running or paused. It keeps the settings it began with; what you save counts from the next one."
        </p>
        <form
            id=fields::FORM
            class="settings-form"
            method="post"
            action="/api/ui/save_settings"
            on:input=review(false)
            on:change=review(true)
            on:submit=submit
        >
            {children()}
        </form>
    }
}

/// From when on they count.
fn words(live: Live) -> String {
    let alive = live.status.with_untracked(is_alive);
    if alive { "They count from the next sync." } else { "They are in force now." }.to_owned()
}
