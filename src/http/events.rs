//! `GET /api/sync/events`: the live status as a stream.
//!
//! A new reader gets the present status at once, a slow one skips, and nobody gets more than ten a second. The last
//! status of a run always arrives, because the stream waits and then sends what is newest.

use super::{AppState, answer::Answer, input::Signed};
use crate::{application::Subscription, domain::SyncStatus};
use axum::{
    extract::State,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::{Stream, StreamExt, stream};
use std::{convert::Infallible, time::Duration};

/// The shortest time between two events.
const PACE: Duration = Duration::from_millis(100);

pub(super) async fn stream(State(state): State<AppState>, Signed(session): Signed) -> Result<Response, Answer> {
    let subscription = state.application.subscribe(session.user.id).await?;
    let events = events(subscription, state.clone()).take_until(state.shutdown.cancelled_owned());
    Ok(Sse::new(events).keep_alive(KeepAlive::default()).into_response())
}

fn events(subscription: Subscription, state: AppState) -> impl Stream<Item = Result<Event, Infallible>> {
    // Milliseconds, so that ids rise over reconnections and restarts too.
    let first = state.application.clock().now().as_millis();
    stream::unfold((subscription, state, None::<i64>), move |(mut subscription, state, last)| async move {
        let clock = state.application.clock();
        if last.is_some() {
            clock.sleep(PACE).await;
        }
        let status = subscription.next().await?;
        let id = last.map_or(first, |last| clock.now().as_millis().max(last + 1));
        Some((Ok(event(id, &status)), (subscription, state, Some(id))))
    })
}

fn event(id: i64, status: &SyncStatus) -> Event {
    Event::default()
        .event("status")
        .id(id.to_string())
        .json_data(status)
        .unwrap_or_else(|error| Event::default().comment(format!("the status cannot be written: {error}")))
}
