//! A run in its middle, when something happens to the database.

use crate::{
    databases::{self, postgres_connection},
    house::{Answer, House, rest, within},
    replicas::stream::Stream,
};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::PgConnection;
use std::time::Duration;

/// Longer than any trouble takes to be noticed: the database gives a lock up after 8 s, SQLite after 10 s.
const TOLD_WITHIN: Duration = Duration::from_secs(25);
/// What takes effect within a second or two for a person may take longer while other tests keep the machine busy.
const SOON: Duration = Duration::from_secs(5);
/// Longer than anything here takes, also on a busy machine.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);
/// Small batches, and so many moments to be disturbed in.
pub(super) const BATCHES: i64 = 25;

/// A house in the middle of its first run, with what the server tells of that.
pub(super) struct Scene {
    pub(super) house: House,
    /// The address of the database past whatever stands between it and the server.
    pub(super) url: String,
    pub(super) run: String,
    pub(super) stream: Stream,
}

impl Scene {
    /// A run that takes four seconds and more, of a server that knows the database by the address `served`.
    pub(super) async fn of(served: &str, url: &str, mut settings: Value) -> Self {
        let house = House::on(served, 2_000, 2_000).await;
        house.simulator.knobs(|knobs| {
            knobs.latency = Duration::from_millis(100);
            knobs.paging.max_limit = 100;
        });
        settings["batchSize"] = json!(BATCHES);
        let started = house.post("/api/sync/start", settings).await;
        assert_eq!(started.status, StatusCode::ACCEPTED, "{started:?}");
        let run = started.body["status"]["id"].as_str().expect("the number of a run").to_owned();
        house.until(|status| status["progress"]["processed"].as_i64() > Some(300)).await;
        let stream = Stream::at(&house, &house.base).await;
        let scene = Self { house, url: url.to_owned(), run, stream };
        scene.assert_alive().await;
        scene
    }

    /// The same on a database of its own, in PostgreSQL.
    pub(super) async fn on_postgres(settings: Value) -> Self {
        let url = databases::postgres().await;
        Self::of(&url, &url, settings).await
    }

    pub(super) async fn number(&self, sql: &'static str) -> i64 {
        databases::number(&self.url, sql).await
    }

    pub(super) async fn act(&self, action: &str) -> Answer {
        let acted = within(SOON, self.house.post("/api/sync/status", json!({"action": action}))).await;
        acted.unwrap_or_else(|| panic!("{action} does not take effect soon"))
    }

    /// So many statuses of the run have been told.
    pub(super) fn told_so_far(&self) -> usize {
        self.stream.of(&self.run).len()
    }

    /// Waits until it is told, after the first `before` statuses, that the run waits for the database, for this `cause`.
    pub(super) async fn told(&self, before: usize, cause: &str) {
        let found = within(TOLD_WITHIN, async {
            while !self.stream.of(&self.run).iter().skip(before).any(|status| waits(status, cause)) {
                rest(Duration::from_millis(20)).await;
            }
        })
        .await;
        let last = self.stream.of(&self.run).pop();
        assert!(found.is_some(), "nobody is told that the run waits for the database: {cause}; the last was {last:#?}");
    }

    /// Waits until more entries are stored than `before`, by at least so many.
    pub(super) async fn stored_more(&self, before: i64, by: i64) {
        let more = within(PATIENCE, async {
            while self.stored().await < before + by {
                rest(Duration::from_millis(20)).await;
            }
        })
        .await;
        assert!(more.is_some(), "the run does not go on: {before} entries are stored");
    }

    pub(super) async fn stored(&self) -> i64 {
        self.number("select count(*) from files").await
    }

    pub(super) async fn assert_alive(&self) {
        let alive = self.number("select count(*) from sync_runs where state = 'running'").await;
        assert_eq!(alive, 1, "the run is too short for this test, or is over");
    }

    /// What is stored and what is counted belong together, at any moment of the first run.
    pub(super) async fn assert_whole(&self) {
        let parted = "select count(*) from sync_runs \
            where processed <> added or added <> (select count(*) from files)";
        assert_eq!(self.number(parted).await, 0, "a batch and its counters were parted");
    }

    /// The run has completed as if nothing had been: everything is stored, and counted once.
    pub(super) async fn assert_completed(&self) {
        let is_over = |status: &Value| !matches!(status["status"].as_str(), Some("running" | "paused"));
        let status = self.house.until(|status| status["id"] == self.run.as_str() && is_over(status)).await;
        assert_eq!((&status["status"], &status["error"]), (&json!("completed"), &Value::Null), "{status:#}");
        assert_eq!((&status["stats"]["added"], &status["stats"]["errors"]), (&json!(4_000), &json!(0)), "{status:#}");
        self.assert_whole().await;
        let counted = "select count(*) from sync_runs r where r.duplicates <> \
            (select count(*) from files f where f.written_by_run = r.id and f.duplicate_of is not null)";
        assert_eq!(self.number(counted).await, 0, "the duplicates of a run are not what it marked");
        self.assert_sound().await;
    }

    /// The library is Real-Debrid's, what was added less what was deleted is what is stored, and all duplicates are marked.
    pub(super) async fn assert_sound(&self) {
        self.house.assert_equal().await;
        let counted = "select count(*) from (select sum(added) - sum(deleted) as files from sync_runs) counted \
            where counted.files <> (select count(*) from files)";
        assert_eq!(self.number(counted).await, 0, "added less deleted is not what is stored");
        let marked = self.number("select count(*) from files where duplicate_of is not null").await;
        let surplus = self.number("select count(sha1_hash) - count(distinct sha1_hash) from files").await;
        assert!(marked == surplus && marked > 10, "{marked} are marked, and {surplus} are duplicates");
    }

    /// Waits until the server says that it is ready.
    pub(super) async fn ready_again(&self) {
        let ready = within(PATIENCE, async {
            while self.house.get("/readyz").await.status != StatusCode::OK {
                rest(Duration::from_millis(50)).await;
            }
        })
        .await;
        assert!(ready.is_some(), "the database is there again and the server never ready");
    }

    /// Holds the next batch up where its entries are written and its counters are not, until the connection is closed.
    pub(super) async fn in_mid_batch(&self) -> PgConnection {
        let mut holder = postgres_connection(&self.url).await;
        let hold = "begin; select id from sync_runs for no key update";
        sqlx::raw_sql(hold).execute(&mut holder).await.expect("the row of the run is locked");
        let waiting = "select count(*) from pg_stat_activity where datname = current_database() \
            and application_name = 'dmm' and wait_event_type = 'Lock' and query like 'update sync_runs set total%'";
        let comes = within(PATIENCE, async {
            while self.number(waiting).await == 0 {
                rest(Duration::from_millis(20)).await;
            }
        })
        .await;
        assert!(comes.is_some(), "no batch comes");
        holder
    }
}

/// Whether a status says that the run waits for the database, for this cause.
pub(super) fn waits(status: &Value, cause: &str) -> bool {
    let says = |words: &Value| words.as_str().is_some_and(|words| words.contains(cause));
    let waiting = &status["pace"]["waiting"];
    says(&status["progress"]["current"]) && says(&waiting["reason"]) && !waiting["until"].is_null()
}
