//! `GET /api/sync/events`: the live status as a stream.
//!
//! A new reader gets the present status at once, a slow one skips, and nobody gets more than ten a second. The last
//! status of a run always arrives, because the stream waits and then sends what is newest.

use super::{AppState, answer::Answer, input::Signed};
use crate::{
    application::{Application, Subscription},
    domain::SyncStatus,
};
use axum::{
    extract::State,
    http::HeaderMap,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::{StreamExt, stream};
use std::{convert::Infallible, time::Duration};

/// The shortest time between two events.
const PACE: Duration = Duration::from_millis(100);
/// How often it is asked whether the reader is still signed in.
const SESSION_CHECK: Duration = Duration::from_secs(5);

pub(super) async fn stream(
    State(state): State<AppState>,
    Signed(session): Signed,
    headers: HeaderMap,
) -> Result<Response, Answer> {
    let subscription = state.application.subscribe(session.user.id).await?;
    let shutdown = state.shutdown.clone();
    let checked = state.application.clock().elapsed();
    let reader = Reader { subscription, application: state.application, headers, last: None, checked };
    let events = stream::unfold(reader, Reader::next).take_until(shutdown.cancelled_owned());
    Ok(Sse::new(events).keep_alive(KeepAlive::default()).into_response())
}

/// Who reads, and how far it is.
struct Reader {
    subscription: Subscription,
    application: Application,
    headers: HeaderMap,
    last: Option<i64>,
    /// When the session was last seen alive.
    checked: Duration,
}

impl Reader {
    /// The next event; none when the session has ended or the account is gone.
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        let clock = self.application.clock().clone();
        if self.last.is_some() {
            clock.sleep(PACE).await;
        }
        let status = loop {
            if clock.elapsed().saturating_sub(self.checked) >= SESSION_CHECK {
                // A database that does not answer for a moment signs nobody out.
                if matches!(self.application.session(&self.headers).await, Ok(None)) {
                    return None;
                }
                self.checked = clock.elapsed();
            }
            tokio::select! {
                status = self.subscription.next() => break status?,
                () = clock.sleep(SESSION_CHECK) => {}
            }
        };
        // Milliseconds, so that ids rise over reconnections and restarts too.
        let id = clock.now().as_millis().max(self.last.map_or(i64::MIN, |last| last + 1));
        self.last = Some(id);
        Some((Ok(event(id, &status)), self))
    }
}

fn event(id: i64, status: &SyncStatus) -> Event {
    Event::default()
        .event("status")
        .id(id.to_string())
        .json_data(status)
        .unwrap_or_else(|error| Event::default().comment(format!("the status cannot be written: {error}")))
}
