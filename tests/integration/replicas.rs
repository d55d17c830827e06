//! Issue 7, point 3: several replicas on one PostgreSQL, each the real program. A run belongs to one of them at a time;
//! whichever dies, sleeps or is cut off, another goes on, and nothing is lost or counted twice.

#[path = "replicas/absences.rs"]
mod absences;
#[path = "replicas/deaths.rs"]
mod deaths;
#[path = "replicas/onlookers.rs"]
mod onlookers;
#[path = "replicas/sharing.rs"]
mod sharing;
#[path = "replicas/steering.rs"]
mod steering;
#[path = "replicas/stream.rs"]
pub(crate) mod stream;
#[path = "replicas/terminal.rs"]
mod terminal;

use crate::{
    databases,
    house::{Answer, House, rest, within},
    program::{Log, Program},
};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::{process::ExitStatus, time::Duration};
use tokio::time::Instant;

/// The promise: a run whose owner is lost is gone on with by another.
const TAKEN_OVER_WITHIN: Duration = Duration::from_secs(30);
/// What crosses replicas within a second or two for a person may take longer while other tests keep the machine busy.
const SOON: Duration = Duration::from_secs(5);
/// Longer than any run here takes, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);

/// Replicas of a house whose own server is closed; replicas are named by their number.
struct Replicas {
    house: House,
    settings: Vec<(&'static str, &'static str)>,
    each: Vec<Replica>,
}

struct Replica {
    database_url: String,
    base: String,
    program: Option<Program>,
    log: Log,
}

/// A house whose runs read some thirty pages and have as many moments to be disturbed in. Most of it is downloads, which
/// have no contents to be read between runs.
async fn house(latency: Duration) -> House {
    let house = House::on(&databases::postgres().await, 60, 3_000).await;
    house.simulator.knobs(|knobs| {
        knobs.latency = latency;
        knobs.paging.max_limit = 100;
    });
    house
}

/// Three replicas of such a house, in whose runs nothing but waiting for Real-Debrid takes three seconds.
async fn three() -> Replicas {
    Replicas::of(house(Duration::from_millis(100)).await).await
}

impl Replicas {
    /// Three replicas on the house's database.
    async fn of(house: House) -> Self {
        Self::with_settings(house, &[]).await
    }

    async fn with_settings(house: House, settings: &[(&'static str, &'static str)]) -> Self {
        let url = house.config().core.database.database_url;
        Self::on(house, &[&url, &url, &url], settings).await
    }

    /// Three replicas whose transactions a pooler gives now this connection, now that.
    async fn behind_a_pooler(house: House) -> Self {
        let url = house.config().core.database.database_url;
        let name = url.rsplit_once('/').expect("a name").1;
        let pooler = databases::pooler();
        let url = format!("{}/{name}", pooler.rsplit_once('/').expect("an address").0);
        Self::on(house, &[&url, &url, &url], &[]).await
    }

    /// A replica for each address of the house's database.
    async fn on(mut house: House, urls: &[&str], settings: &[(&'static str, &'static str)]) -> Self {
        house.close().await;
        let started = futures::future::join_all(urls.iter().map(|url| Program::beside(&house, url, settings))).await;
        let each = started.into_iter().zip(urls).map(|((program, log, base), url)| Replica {
            database_url: (*url).to_owned(),
            base,
            program: Some(program),
            log,
        });
        Self { each: each.collect(), house, settings: settings.to_vec() }
    }

    fn program(&self, replica: usize) -> &Program {
        self.each[replica].program.as_ref().expect("it runs")
    }

    fn lose(&mut self, replica: usize) -> Program {
        self.each[replica].program.take().expect("it runs")
    }

    /// As SIGKILL does.
    fn kill(&mut self, replica: usize) {
        self.lose(replica).kill();
    }

    /// As SIGTERM does; none when it takes more than 5 s.
    async fn terminate(&mut self, replica: usize) -> Option<ExitStatus> {
        self.lose(replica).terminate().await
    }

    /// Starts one again that is gone.
    async fn restart(&mut self, replica: usize) {
        let url = &self.each[replica].database_url;
        let (program, log, base) = Program::beside(&self.house, url, &self.settings).await;
        let replica = &mut self.each[replica];
        (replica.program, replica.log, replica.base) = (Some(program), log, base);
    }

    async fn get(&self, replica: usize, path: &str) -> Answer {
        self.house.ask_at(&self.each[replica].base, Method::GET, path, None).await
    }

    async fn post(&self, replica: usize, path: &str, body: Value) -> Answer {
        self.house.ask_at(&self.each[replica].base, Method::POST, path, Some(body)).await
    }

    async fn act(&self, replica: usize, action: &str) -> Answer {
        self.post(replica, "/api/sync/status", json!({"action": action})).await
    }

    async fn status(&self, replica: usize) -> Value {
        self.get(replica, "/api/sync/status").await.body["status"].clone()
    }

    /// The first status of a replica that is as wanted.
    async fn until(&self, replica: usize, patience: Duration, wanted: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        let found = within(patience, async {
            loop {
                last = self.status(replica).await;
                if wanted(&last) {
                    return;
                }
                rest(Duration::from_millis(20)).await;
            }
        })
        .await;
        assert!(found.is_some(), "replica {replica} never showed it; the last status was {last:#}");
        last
    }

    /// Starts a run and gives its number.
    async fn begin(&self, replica: usize, body: Value) -> String {
        let answer = self.post(replica, "/api/sync/start", body).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{answer:?}");
        answer.body["status"]["id"].as_str().expect("the number of a run").to_owned()
    }

    /// Starts a run, and gives its number when something of it is stored and much is not.
    async fn in_mid_run(&self, replica: usize) -> String {
        let run = self.begin(replica, json!({"mode": "full", "batchSize": 25})).await;
        let status = self.until(replica, PATIENCE, |status| status["progress"]["processed"].as_i64() > Some(300)).await;
        assert_eq!(status["status"], "running", "the run is too short for this test: {status:#}");
        run
    }

    /// How a run ended, as a replica shows it.
    async fn ended(&self, replica: usize, run: &str) -> Value {
        let is_over = |status: &Value| !matches!(status["status"].as_str(), Some("running" | "paused"));
        self.until(replica, PATIENCE, |status| status["id"] == run && is_over(status)).await
    }

    /// The same, where it must have completed.
    async fn completed(&self, replica: usize, run: &str) -> Value {
        let status = self.ended(replica, run).await;
        assert_eq!((&status["status"], &status["error"]), (&json!("completed"), &Value::Null), "{status:#}");
        assert_eq!(status["heldDeletions"], 0, "{status:#}");
        status
    }

    /// A whole run; gives its number.
    async fn sync(&self, replica: usize) -> String {
        let run = self.begin(replica, json!({"batchSize": 25})).await;
        self.completed(replica, &run).await;
        run
    }

    /// Waits until another replica goes on with the newest run, whose owner was lost then: the promise. False when the
    /// run was over before.
    async fn taken_over(&self, lost: Instant) -> bool {
        self.taken_over_within(TAKEN_OVER_WITHIN, lost).await
    }

    async fn taken_over_within(&self, promise: Duration, lost: Instant) -> bool {
        // What the owner had under way is stored yet.
        rest(Duration::from_millis(300)).await;
        if self.house.count("select count(*) from sync_runs where state = 'running'").await == 0 {
            return false;
        }
        let left = self.footprint().await;
        while self.footprint().await == left {
            assert!(lost.elapsed() < promise, "nobody has taken the run over for {:?}", lost.elapsed());
            rest(Duration::from_millis(100)).await;
        }
        true
    }

    /// A number that changes whenever something of the newest run is stored.
    async fn footprint(&self) -> i64 {
        let sql = "select ('x' || left(md5(concat_ws(' ', id, state, total, processed, added, updated, deleted, \
            duplicates, errors, requests)), 15))::bit(60)::bigint from sync_runs order by id desc limit 1";
        self.house.count(sql).await
    }

    /// A number that changes whenever a run stores anything, or anything of a run is changed.
    async fn written(&self) -> i64 {
        let sql = "select ('x' || left(md5(concat_ws('/', \
            (select string_agg(concat_ws(' ', id, mode, state, started_at, ended_at, total, processed, added, updated, \
                deleted, duplicates, errors, held_deletions, requests, summary, error), ';' order by id) from sync_runs), \
            (select string_agg(concat_ws(' ', id, real_debrid_id, original_filename, fingerprint, status, duplicate_of, \
                written_by_run), ';' order by id) from files), \
            (select string_agg(concat_ws(' ', kind, total, read_at), ';' order by kind) from listings), \
            (select count(*) from sync_run_errors), (select count(*) from tombstones), \
            (select count(*) from held_deletions))), 15))::bit(60)::bigint";
        self.house.count(sql).await
    }

    /// What was added less what was deleted is what is stored, at any moment, and at most one run is alive.
    async fn assert_counted(&self) {
        let difference = "select (select coalesce(sum(added) - sum(deleted), 0) from sync_runs)::bigint \
            - (select count(*) from files)";
        assert_eq!(self.house.count(difference).await, 0, "added less deleted is not what is stored");
        let alive = "select count(*) from sync_runs where state in ('running', 'paused')";
        assert!(self.house.count(alive).await <= 1, "two runs at a time");
    }

    /// The stored library equals Real-Debrid's, as seen at a replica, and everything was counted once.
    async fn assert_sound(&mut self, replica: usize) {
        self.house.base.clone_from(&self.each[replica].base);
        self.house.assert_equal().await;
        self.assert_counted().await;
    }

    /// These replicas show the same, soon; gives what they show of it.
    async fn agree(&self, replicas: &[usize]) -> Value {
        let mut shown = Vec::new();
        let found = within(SOON, async {
            loop {
                let all = futures::future::join_all(replicas.iter().map(|replica| self.status(*replica))).await;
                shown = all.iter().map(essence).collect();
                if shown.windows(2).all(|pair| pair[0] == pair[1]) {
                    return;
                }
                rest(Duration::from_millis(50)).await;
            }
        })
        .await;
        assert!(found.is_some(), "the replicas show different things: {shown:#?}");
        shown.remove(0)
    }
}

/// What must be the same wherever it is asked for.
fn essence(status: &Value) -> Value {
    let (progress, timing) = (&status["progress"], &status["timing"]);
    json!({
        "id": status["id"], "status": status["status"], "mode": status["mode"], "stats": status["stats"],
        "total": progress["total"], "processed": progress["processed"], "percentage": progress["percentage"],
        "started": timing["started"], "ended": timing["ended"], "lastSync": status["lastSync"],
        "heldDeletions": status["heldDeletions"], "error": status["error"],
    })
}

impl Drop for Replicas {
    #[expect(clippy::print_stderr, reason = "a failure is seldom understood without what the programs said")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            for (number, replica) in self.each.iter().enumerate() {
                let lines = replica.log.lines();
                let last = lines[lines.len().saturating_sub(40)..].join("\n");
                eprintln!("--- replica {number} at {}, its last lines:\n{last}", replica.base);
            }
        }
    }
}
