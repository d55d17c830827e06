//! The settings form saved without a reload. The fields are the server's; without WebAssembly it is a plain form.

use crate::{
    app::{
        browser::fields,
        live::{Live, is_alive},
        server_fns::save_settings,
        toasts::Toast,
    },
    domain::SyncStatus,
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
                        live.tell(Toast::good("Settings saved", "They count from the next sync.".to_owned()));
                    }
                    Err(error) => fields::end(&typed, &error.error),
                }
            });
        }
    };
    view! {
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
            <p class="hint from-when">{live.text(|status, _| from_when(status).to_owned())}</p>
        </form>
    }
}

/// From when on new settings count.
const fn from_when(status: &SyncStatus) -> &'static str {
    if is_alive(status) {
        "A sync is under way. It keeps the settings it began with; what you save counts from the next one."
    } else {
        "What you save counts from the next sync."
    }
}
