//! The real server in a process of its own, before the simulated Real-Debrid.

use crate::{Result, address, measure, real_debrid::RealDebrid};
use dmm::{
    cli::{Server, ServerOptions},
    clock::Clock,
    config::{Config, CoreConfig, DatabaseConfig, ListenConfig},
};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::Duration,
};

/// The process; it ends with this value.
pub(crate) struct House {
    child: Child,
    /// Ends the server when it is closed.
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    http: reqwest::Client,
    clock: Clock,
    pub(crate) base: String,
    pub(crate) token: String,
}

impl House {
    /// Starts it over an empty database in `folder` and signs in.
    pub(crate) async fn start(real_debrid: &RealDebrid, folder: &Path) -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["server", &real_debrid.api_url, &folder.display().to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let orders = child.stdin.take();
        let mut answers = BufReader::new(child.stdout.take().ok_or("no standard output")?);
        let mut base = String::new();
        answers.read_line(&mut base)?;
        let http = crate::asker::client();
        let (base, token, clock) = (base.trim().to_owned(), String::new(), Clock::system());
        let mut house = Self { child, orders, answers, http, clock, base, token };
        let signed_in = house.post("/api/auth/token", &json!({ "token": crate::real_debrid::TOKEN })).await?;
        signed_in["accessToken"].as_str().ok_or("not signed in")?.clone_into(&mut house.token);
        Ok(house)
    }

    /// An answer as JSON; pages are a text.
    pub(crate) async fn get(&self, path: &str) -> Result<Value> {
        let answer = self.http.get(format!("{}{path}", self.base)).bearer_auth(&self.token).send().await?;
        let text = answer.error_for_status()?.text().await?;
        Ok(serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let request = self.http.post(format!("{}{path}", self.base)).bearer_auth(&self.token).json(body);
        Ok(request.send().await?.error_for_status()?.json().await?)
    }

    /// Orders a full run with the largest batches; it goes on by itself.
    pub(crate) async fn order_sync(&self) -> Result<()> {
        self.post("/api/sync/start", &json!({ "mode": "full", "batchSize": 500 })).await.map(drop)
    }

    /// Waits for the end of the run and gives how long it took by its own clock.
    pub(crate) async fn synced(&self) -> Result<Duration> {
        loop {
            self.clock.sleep(Duration::from_millis(500)).await;
            let answer = self.get("/api/sync/status").await?;
            let status: dmm::domain::SyncStatus = serde_json::from_value(answer["status"].clone())?;
            match (status.status, status.timing.started, status.timing.ended) {
                (dmm::domain::State::Completed, Some(started), Some(ended)) => {
                    return Ok(Duration::from_millis(u64::try_from(ended.millis_since(started))?));
                }
                (dmm::domain::State::Running, ..) => {}
                _ => return Err(format!("the sync did not complete: {status:?}").into()),
            }
        }
    }

    /// Most memory that the process ever held, in KiB, and its processor time in milliseconds.
    pub(crate) fn cost(&self) -> Result<(u64, f64)> {
        measure::of_process(&self.child.id().to_string())
    }

    /// Ends the server and gives when each status was first shown, by the status' text, in milliseconds since the epoch.
    pub(crate) fn shown(mut self) -> Result<HashMap<u64, i64>> {
        drop(self.orders.take());
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        Ok(serde_json::from_str(&line)?)
    }
}

impl Drop for House {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Serves until its standard input ends, then prints when each status was first shown.
pub(crate) async fn serve(api_url: &str, folder: &str) -> Result<()> {
    let folder = PathBuf::from(folder);
    let config = Config {
        listen: ListenConfig { listen: ([127, 0, 0, 1], 0).into() },
        core: CoreConfig {
            database: DatabaseConfig { database_url: address(&folder.join("dmm.db")) },
            secret_key_file: folder.join("dmm.key"),
            real_debrid_api_url: api_url.to_owned(),
            real_debrid_oauth_url: api_url.to_owned(),
            real_debrid_client_id: "bench".to_owned(),
            real_debrid_rate_limit: 100_000,
        },
        public_url: None,
        allowed_users: Vec::new(),
    };
    let server = Server::build(&config, ServerOptions::default()).await?;
    println!("http://{}", server.address());
    let application = server.application().clone();
    // The first account of a new database.
    let mut subscription = application.subscribe(1).await?;
    let recorder = tokio::spawn(async move {
        let clock = Clock::system();
        let mut shown = HashMap::new();
        while let Some(status) = subscription.next().await {
            let text = serde_json::to_string(&status).unwrap_or_default();
            shown.entry(hash(text.as_bytes())).or_insert(clock.now().as_millis());
            // Not more than the file of records can hold, and still until the end.
            if status.status == dmm::domain::State::Completed {
                break;
            }
        }
        shown
    });
    let ended = tokio::task::spawn_blocking(|| std::io::stdin().lines().for_each(drop));
    server.run(async { drop(ended.await) }).await?;
    println!("{}", serde_json::to_string(&recorder.await?)?);
    Ok(())
}

/// Sixty-four bits of a text: it is told from the others of a run.
pub(crate) fn hash(text: &[u8]) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
