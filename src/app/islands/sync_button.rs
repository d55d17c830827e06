//! The buttons of the sync page. Each is a form that works without WebAssembly; here a press shows at once.

use crate::{
    app::{browser, command::Command, live::Live},
    domain::State,
};
use leptos::{ev::SubmitEvent, prelude::*};

const CONFIRM: &str = "confirm-cancel";

/// The main button of the state, Cancel while a run is alive, and "Read everything again" while none is.
#[island]
pub fn SyncButton() -> impl IntoView {
    let live = expect_context::<Live>();
    Effect::new(move |_| {
        if !is_alive(live.state()) {
            browser::close_popover(CONFIRM);
        }
    });
    view! {
        <div class="controls">
            <CommandForm
                live
                command=Command::main_in
                label=Command::label_in
                class="button primary"
            />
            <div hidden=live.holds(|status, _| !is_alive(status.status))>
                <button type="button" class="button" popovertarget=CONFIRM>
                    {live.text(|_, here| {
                        let pending = here.pending.filter(|pending| *pending == Command::Cancel);
                        pending.map_or("Cancel", Command::pending_label).to_owned()
                    })}
                </button>
                <dialog id=CONFIRM popover="auto" class="confirm" aria-labelledby="confirm-title">
                    <h2 id="confirm-title">"Cancel this sync?"</h2>
                    <p>"Everything stored so far is kept. The next sync starts over and stores only what is missing."</p>
                    <div class="confirm-actions">
                        <button
                            type="button"
                            class="button"
                            popovertarget=CONFIRM
                            popovertargetaction="hide"
                            autofocus
                        >
                            "Keep syncing"
                        </button>
                        <CommandForm live command=|_| Command::Cancel label=|_| "Yes, cancel" class="button danger" />
                    </div>
                </dialog>
            </div>
            <div hidden=live.holds(|status, _| is_alive(status.status) || status.last_sync.is_none())>
                <CommandForm live command=|_| Command::Full label=|_| "Read everything again" class="button quiet" />
            </div>
            <p class="refusal" role="alert" hidden=live.holds(|_, here| here.refusal.is_none())>
                {live.text(|_, here| here.refusal.clone().unwrap_or_default())}
            </p>
        </div>
    }
}

fn is_alive(state: State) -> bool {
    matches!(state, State::Running | State::Paused)
}

/// One button with its form.
#[component]
pub fn CommandForm(
    /// What the islands share.
    live: Live,
    /// What a press asks for, by the state.
    command: fn(State) -> Command,
    /// What the button says, by the state.
    label: fn(State) -> &'static str,
    /// Its look.
    class: &'static str,
) -> impl IntoView {
    let pressed = move || {
        let state = live.state();
        live.here.with(|here| here.pending.filter(|pending| *pending == command(state)))
    };
    let busy = live.text(|_, here| here.pending.is_some().to_string());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        browser::close_popover(CONFIRM);
        live.send(command(live.status.with_untracked(|status| status.status)));
    };
    // `aria-disabled` and not `disabled`: a disabled button loses the focus of the person who pressed it.
    view! {
        <form method="post" action="/api/ui/sync_control" on:submit=submit>
            <input type="hidden" name="command" value=move || command(live.state()).word() />
            <input type="hidden" name="run" value=live.text(|status, _| status.id.clone().unwrap_or_default()) />
            <input type="hidden" name="held" value=live.text(|status, _| status.held_deletions.to_string()) />
            <button
                class=class
                aria-disabled=busy
            >
                {move || pressed().map_or_else(|| label(live.state()), Command::pending_label)}
            </button>
        </form>
    }
}
