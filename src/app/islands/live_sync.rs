//! The island around the others of the sync page: one event stream feeds one signal, and they all show that signal.
#![expect(missing_docs, reason = "the island macro generates items without documentation")]

use crate::{
    app::{browser, live::Live},
    domain::SyncStatus,
};
use leptos::prelude::*;

/// Provides [`Live`] to the islands among its children. `status` is what the server rendered.
#[island]
pub fn LiveSync(status: SyncStatus, children: Children) -> impl IntoView {
    let live = Live::new(status);
    provide_context(live);
    Effect::new(move |_| browser::follow(live));
    children()
}
