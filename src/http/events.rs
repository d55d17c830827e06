//! `GET /api/sync/events`: the live status as a stream.
//!
//! A new reader gets the present status at once, a slow one skips, and nobody gets more than ten a second, fewer where
//! many read. The last
//! status of a run always arrives, because the stream waits and then sends what is newest.

pub(super) mod crowd;

use super::{AppState, answer::Answer, input::Signed};
use crate::application::{Application, Subscription};
use axum::{
    extract::State,
    http::HeaderMap,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use crowd::Place;
use futures::{StreamExt, stream};
use std::{convert::Infallible, time::Duration};

/// How long is waited for the answer whether the reader is still signed in.
const ANSWER_WITHIN: Duration = Duration::from_secs(1);
/// How often that is asked.
const SESSION_CHECK: Duration = Duration::from_secs(5);

/// Streams the status
///
/// Server-sent events: `event: status`, a rising `id` and the `SyncStatus` as JSON in `data`. The first comes at once, at
/// most ten a second follow, and the last status of a run always comes. Comments keep the connection alive.
#[utoipa::path(
    get,
    path = "/sync/events",
    operation_id = "syncEvents",
    tag = "Synchronisation",
    responses((status = 200, description = "Every status from now on", body = String, content_type = "text/event-stream",
        example = "event: status\nid: 1795512600500\ndata: {\"id\":\"7\",\"status\":\"running\",…}\n\n"))
)]
pub(super) async fn stream(
    State(state): State<AppState>,
    Signed(session): Signed,
    headers: HeaderMap,
) -> Result<Response, Answer> {
    let subscription = state.application.subscribe(session.user.id).await?;
    let shutdown = state.shutdown.clone();
    let checked = state.application.clock().elapsed();
    let place = state.crowd.join(session.user.id);
    let application = state.application;
    let reader = Reader { subscription, application, headers, session: session.id, place, last: None, checked };
    let events = stream::unfold(reader, Reader::next).take_until(shutdown.cancelled_owned());
    Ok(Sse::new(events).keep_alive(KeepAlive::default()).into_response())
}

/// Who reads, and how far it is.
struct Reader {
    subscription: Subscription,
    application: Application,
    headers: HeaderMap,
    session: i64,
    place: Place,
    last: Option<i64>,
    /// When the session was last seen alive.
    checked: Duration,
}

impl Reader {
    /// The next event; none when the session has ended or the account is gone.
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        let clock = self.application.clock().clone();
        if self.last.is_some() {
            clock.sleep(self.place.pace()).await;
        }
        let status = loop {
            if !self.is_signed_in().await {
                return None;
            }
            tokio::select! {
                status = self.subscription.next() => break status?,
                () = clock.sleep(SESSION_CHECK) => {}
            }
        };
        // Milliseconds, so that ids rise over reconnections and restarts too.
        let id = clock.now().as_millis().max(self.last.map_or(i64::MIN, |last| last + 1));
        self.last = Some(id);
        let event = Event::default().event("status").id(id.to_string());
        let event = match self.place.text(&status) {
            Some(text) => event.data(text),
            None => Event::default().comment("the status cannot be written"),
        };
        Some((Ok(event), self))
    }

    /// Whether the session was alive a moment ago, as this or another reader with it has seen.
    async fn is_signed_in(&mut self) -> bool {
        let now = self.application.clock().elapsed();
        self.checked = self.place.alive(self.session).map_or(self.checked, |alive| alive.max(self.checked));
        if now.saturating_sub(self.checked) < SESSION_CHECK {
            return true;
        }
        // A database that does not answer for a moment signs nobody out, and holds no event up.
        let asked = tokio::time::timeout(ANSWER_WITHIN, self.application.session(&self.headers));
        if matches!(asked.await, Ok(Ok(None))) {
            return false;
        }
        self.checked = self.application.clock().elapsed();
        self.place.note_alive(self.session, now);
        true
    }
}
