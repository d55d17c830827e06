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
    let state = Memo::new(move |_| live.status.with(|status| status.status));
    let alive = move || matches!(state.get(), State::Running | State::Paused);
    let has_synced = move || live.status.with(|status| status.last_sync.is_some());
    Effect::new(move |_| {
        if !alive() {
            browser::close_popover(CONFIRM);
        }
    });
    view! {
        <div class="controls">
            <CommandForm
                live
                command=Signal::derive(move || Command::main_in(state.get()))
                label=Signal::derive(move || Command::label_in(state.get()))
                class="button primary"
            />
            <div hidden=move || !alive()>
                <button type="button" class="button" popovertarget=CONFIRM>
                    {move || if live.pending.get() == Some(Command::Cancel) { "Cancelling…" } else { "Cancel" }}
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
                        <CommandForm live command=Command::Cancel label="Yes, cancel" class="button danger" />
                    </div>
                </dialog>
            </div>
            <div hidden=move || alive() || !has_synced()>
                <CommandForm live command=Command::Full label="Read everything again" class="button quiet" />
            </div>
            <p class="refusal" role="alert">
                {move || live.refusal.get()}
            </p>
        </div>
    }
}

/// One button with its form.
#[component]
pub fn CommandForm(
    /// What the islands share.
    live: Live,
    /// What a press asks for.
    #[prop(into)]
    command: Signal<Command>,
    /// What the button says.
    #[prop(into)]
    label: Signal<&'static str>,
    /// Its look.
    class: &'static str,
) -> impl IntoView {
    let pressed = move || live.pending.get().filter(|pending| *pending == command.get());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        browser::close_popover(CONFIRM);
        live.send(command.get_untracked());
    };
    // `aria-disabled` and not `disabled`: a disabled button loses the focus of the person who pressed it.
    view! {
        <form method="post" action="/api/ui/sync_control" on:submit=submit>
            <input type="hidden" name="command" value=move || command.get().word() />
            <button
                class=class
                aria-disabled=move || live.pending.get().is_some().then_some("true")
                aria-busy=move || pressed().is_some().then_some("true")
            >
                {move || pressed().map_or_else(|| label.get(), Command::pending_label)}
            </button>
        </form>
    }
}
