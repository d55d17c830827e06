//! The event stream of a server, listened to beside everything else.

use crate::house::House;
use futures::StreamExt;
use serde_json::Value;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::task::JoinHandle;

/// Every status that a stream has told so far.
pub(crate) struct Stream {
    told: Arc<Mutex<Vec<Value>>>,
    task: JoinHandle<()>,
}

impl Stream {
    /// Listens to the server at `base` in the house's session.
    pub(crate) async fn at(house: &House, base: &str) -> Self {
        let request = house.http.get(format!("{base}/api/sync/events")).bearer_auth(&house.token);
        let answer = request.timeout(Duration::from_mins(5)).send().await.expect("a stream");
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        let told = Arc::<Mutex<Vec<Value>>>::default();
        let heard = Arc::clone(&told);
        let task = tokio::spawn(async move {
            let mut parts = answer.bytes_stream();
            let mut text = String::new();
            while let Some(Ok(part)) = parts.next().await {
                text.push_str(&String::from_utf8_lossy(&part));
                while let Some(end) = text.find("\n\n") {
                    let event: String = text.drain(..end + 2).collect();
                    if let Some(data) = event.lines().find_map(|line| line.strip_prefix("data:")) {
                        let status = serde_json::from_str(data).expect("a status");
                        heard.lock().unwrap_or_else(PoisonError::into_inner).push(status);
                    }
                }
            }
        });
        Self { told, task }
    }

    /// What was told of a run.
    pub(crate) fn of(&self, run: &str) -> Vec<Value> {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.iter().filter(|status| status["id"] == run).cloned().collect()
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.task.abort();
    }
}
