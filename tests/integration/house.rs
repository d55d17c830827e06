//! A whole DMM in one process: the real server over a database in a temporary folder, asked over HTTP, with a simulated
//! Real-Debrid behind it.

use crate::databases;
use dmm::{
    cli::{Server, ServerOptions},
    config::{Config, CoreConfig, DatabaseConfig, ListenConfig},
    simulator::{Knobs, Library, Options, Simulator},
    store::Store,
    sync::EngineOptions,
};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::{collections::BTreeMap, future::Future, path::PathBuf, time::Duration};
use tokio::{sync::oneshot, task::JoinHandle};

/// Longer than anything here takes, also on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) struct House {
    pub(crate) simulator: Simulator,
    pub(crate) base: String,
    pub(crate) http: reqwest::Client,
    pub(crate) token: String,
    requests_per_minute: u32,
    engine: EngineOptions,
    allowed_users: Vec<String>,
    public_url: Option<String>,
    database_url: String,
    folder: tempfile::TempDir,
    running: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

/// An answer with its body read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
}

impl House {
    /// A house whose library has so many torrents and downloads, without any limit on requests.
    pub(crate) async fn with(torrents: usize, downloads: usize) -> Self {
        Self::with_options(Options { torrents, downloads, knobs: Knobs::unlimited(), ..Options::default() }).await
    }

    /// A house that may ask Real-Debrid so many times a minute, while Real-Debrid itself would bear more.
    pub(crate) async fn with_pace(requests_per_minute: u32, torrents: usize) -> Self {
        let options = Options { torrents, downloads: 0, knobs: Knobs::unlimited(), ..Options::default() };
        Self::build(options, requests_per_minute, without_contents()).await
    }

    pub(crate) async fn with_options(options: Options) -> Self {
        Self::build(options, 100_000, without_contents()).await
    }

    /// A house whose engine works in a way of its own.
    pub(crate) async fn with_engine(options: Options, engine: EngineOptions) -> Self {
        Self::build(options, 100_000, engine).await
    }

    /// A house that reads contents in the background, and looks fifty times a second what is due.
    pub(crate) async fn with_contents(torrents: usize, requests_per_minute: u32) -> Self {
        let options = Options { torrents, downloads: 0, knobs: Knobs::unlimited(), ..Options::default() };
        let engine = EngineOptions { contents: true, tick: Duration::from_millis(20), ..EngineOptions::default() };
        Self::build(options, requests_per_minute, engine).await
    }

    /// A house on the database with this address.
    pub(crate) async fn on(database_url: &str, torrents: usize, downloads: usize) -> Self {
        Self::on_with_engine(database_url, torrents, downloads, without_contents()).await
    }

    /// The same with an engine that works in a way of its own.
    pub(crate) async fn on_with_engine(
        database_url: &str,
        torrents: usize,
        downloads: usize,
        engine: EngineOptions,
    ) -> Self {
        let options = Options { torrents, downloads, knobs: Knobs::unlimited(), ..Options::default() };
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self::build_on(database_url.to_owned(), folder, options, 100_000, engine).await
    }

    async fn build(options: Options, requests_per_minute: u32, engine: EngineOptions) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let database_url = databases::address(folder.path()).await;
        Self::build_on(database_url, folder, options, requests_per_minute, engine).await
    }

    async fn build_on(
        database_url: String,
        folder: tempfile::TempDir,
        options: Options,
        requests_per_minute: u32,
        engine: EngineOptions,
    ) -> Self {
        let simulator = Simulator::start(options).await.expect("the simulator starts");
        // Whoever comes first installs it; the others find it there.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().expect("an HTTP client");
        let mut house = Self {
            simulator,
            base: String::new(),
            http,
            token: String::new(),
            requests_per_minute,
            engine,
            allowed_users: Vec::new(),
            public_url: None,
            database_url,
            folder,
            running: None,
        };
        house.open().await;
        let answer = house.post("/api/auth/token", json!({"token": house.simulator.token()})).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        answer.body["accessToken"].as_str().expect("an access token").clone_into(&mut house.token);
        house
    }

    pub(crate) fn config(&self) -> Config {
        Config {
            listen: ListenConfig { listen: ([127, 0, 0, 1], 0).into() },
            core: CoreConfig {
                database: DatabaseConfig { database_url: self.database_url.clone() },
                secret_key_file: self.folder.path().join("dmm.key"),
                real_debrid_api_url: self.simulator.api_url(),
                real_debrid_oauth_url: self.simulator.oauth_url(),
                real_debrid_client_id: "test".to_owned(),
                real_debrid_rate_limit: self.requests_per_minute,
            },
            public_url: self.public_url.clone(),
            allowed_users: self.allowed_users.clone(),
        }
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.folder.path().join("dmm.db")
    }

    async fn open(&mut self) {
        let options = ServerOptions { engine: self.engine, ..ServerOptions::default() };
        let server = Server::build(&self.config(), options).await.expect("the server starts");
        self.base = format!("http://{}", server.address());
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            let stop = async {
                let _ = stopped.await;
            };
            server.run(stop).await.expect("the server runs");
        });
        self.running = Some((stop, task));
    }

    /// Stops the server as SIGTERM does.
    pub(crate) async fn close(&mut self) {
        if let Some((stop, task)) = self.running.take() {
            let _ = stop.send(());
            task.await.expect("the server ends well");
        }
    }

    /// Stops the server and starts it again over the same database.
    pub(crate) async fn restart(&mut self) {
        self.close().await;
        self.open().await;
    }

    /// Starts the server over another database, with the same key.
    pub(crate) async fn move_to(&mut self, url: &str) {
        self.close().await;
        url.clone_into(&mut self.database_url);
        self.open().await;
    }

    /// What a server says that cannot start over a database.
    pub(crate) async fn refused_at(&mut self, url: &str) -> String {
        let own = std::mem::replace(&mut self.database_url, url.to_owned());
        let refused = Server::build(&self.config(), ServerOptions::default()).await;
        self.database_url = own;
        refused.err().map(|error| error.to_string()).unwrap_or_default()
    }

    /// Starts the server again for these Real-Debrid users only.
    pub(crate) async fn allow(&mut self, users: &[&str]) {
        self.allowed_users = users.iter().map(ToString::to_string).collect();
        self.restart().await;
    }

    /// Starts the server again behind this public address.
    pub(crate) async fn serve_at(&mut self, url: &str) {
        self.public_url = Some(url.to_owned());
        self.restart().await;
    }

    /// Whether a text stands anywhere in the files of the database.
    pub(crate) fn stores(&self, text: &str) -> bool {
        let files = std::fs::read_dir(self.folder.path()).expect("the folder of the database");
        files.map(|file| file.expect("a file").path()).any(|path| {
            let bytes = std::fs::read(path).unwrap_or_default();
            bytes.windows(text.len()).any(|part| part == text.as_bytes())
        })
    }

    pub(crate) async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.ask_at(&self.base, method, path, body).await
    }

    /// Asks another server than the house's own, in the same session.
    pub(crate) async fn ask_at(&self, base: &str, method: Method, path: &str, body: Option<Value>) -> Answer {
        let mut request = self.http.request(method, format!("{base}{path}")).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.expect("the server answers");
        let status = answer.status();
        let text = answer.text().await.expect("a whole body");
        Answer { status, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn status(&self) -> Value {
        self.get("/api/sync/status").await.body["status"].clone()
    }

    /// Starts a run and gives the status at its end.
    pub(crate) async fn sync(&self, body: Value) -> Value {
        self.start(body).await;
        self.ended().await
    }

    /// Starts a run and does not wait for it.
    pub(crate) async fn start(&self, body: Value) {
        let answer = self.post("/api/sync/start", body).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{answer:?}");
    }

    /// The status once nothing runs any more.
    pub(crate) async fn ended(&self) -> Value {
        self.until(|status| !matches!(status["status"].as_str(), Some("running" | "paused"))).await
    }

    /// The first status that is as wanted.
    pub(crate) async fn until(&self, wanted: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        let found = within(PATIENCE, async {
            loop {
                last = self.status().await;
                if wanted(&last) {
                    return;
                }
                rest(Duration::from_millis(5)).await;
            }
        })
        .await;
        assert!(found.is_some(), "it never came to that; the last status was {last:#}");
        last
    }

    /// Requests that Real-Debrid got since the last call, as paths with their query.
    pub(crate) fn requests(&self) -> Vec<String> {
        let journal = self.simulator.journal();
        self.simulator.clear_journal();
        journal.iter().map(|request| format!("{}?{}", request.endpoint(), request.query)).collect()
    }

    /// Every stored entry over the API: Real-Debrid's id with kind, name, size, hash and status.
    pub(crate) async fn stored(&self) -> BTreeMap<String, Value> {
        let mut stored = BTreeMap::new();
        let mut cursor = String::new();
        loop {
            let page = self.get(&format!("/api/files?limit=500&sort=name{cursor}")).await;
            assert_eq!(page.status, StatusCode::OK, "{page:?}");
            for file in page.body["files"].as_array().expect("files") {
                let id = file["realDebridId"].as_str().expect("an id").to_owned();
                let kept = json!({
                    "kind": file["kind"], "name": file["filename"], "size": file["fileSize"],
                    "hash": file["sha1Hash"], "status": file["status"], "mime": file["mimeType"],
                });
                assert!(stored.insert(id.clone(), kept).is_none(), "{id} is listed twice");
            }
            match page.body["nextCursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return stored,
            }
        }
    }

    /// What Real-Debrid has, in the form of [`House::stored`].
    pub(crate) fn library(&self) -> BTreeMap<String, Value> {
        self.simulator.edit(|library| listing(library))
    }

    /// Promise 1: the stored library equals Real-Debrid's, entry by entry.
    pub(crate) async fn assert_equal(&self) {
        let (stored, library) = (self.stored().await, self.library());
        let lost: Vec<_> = library.keys().filter(|id| !stored.contains_key(*id)).take(5).collect();
        let ghosts: Vec<_> = stored.keys().filter(|id| !library.contains_key(*id)).take(5).collect();
        assert!(lost.is_empty() && ghosts.is_empty(), "lost {lost:?}, ghosts {ghosts:?}");
        for (id, entry) in &library {
            assert_eq!(&stored[id], entry, "{id} differs");
        }
        let miscounted = "select count(*) from file_counts c where c.files <> \
            (select count(*) from files f where f.user_id = c.user_id and f.kind = c.kind)";
        assert_eq!(self.count(miscounted).await, 0, "the numbers that pages show");
    }

    /// A second way into the database, to look and to damage.
    pub(crate) async fn store(&self) -> Store {
        Store::open(&self.config().core.database.database_url).await.expect("the database opens")
    }

    /// A number from the database.
    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        databases::number(&self.database_url, sql).await
    }

    /// From now on the database refuses rows, as [`databases::refuse`] says.
    pub(crate) async fn refuse(&self, event: &str, condition: &str) {
        databases::refuse(&self.database_url, event, condition).await;
    }

    /// The database refuses no more rows of a table.
    pub(crate) async fn allow_rows(&self, table: &str) {
        databases::allow(&self.database_url, table).await;
    }

    /// Changes the database behind DMM's back.
    pub(crate) async fn damage(&self, sql: &'static str) {
        databases::change(&self.database_url, sql).await;
    }
}

/// Most tests count requests.
fn without_contents() -> EngineOptions {
    EngineOptions { contents: false, ..EngineOptions::default() }
}

fn listing(library: &Library) -> BTreeMap<String, Value> {
    let torrents = library.torrents().iter().map(|torrent| {
        let name = torrent.filename();
        let mime = mime(&name);
        let entry = json!({
            "kind": "torrent", "name": name, "size": torrent.bytes(), "hash": torrent.hash.to_string(),
            "status": torrent.status, "mime": mime,
        });
        (torrent.id.to_string(), entry)
    });
    let downloads = library.downloads().iter().map(|download| {
        let entry = json!({
            "kind": "download", "name": download.filename, "size": download.filesize, "hash": null,
            "status": "downloaded", "mime": download.mime_type,
        });
        (download.id.to_string(), entry)
    });
    torrents.chain(downloads).collect()
}

fn mime(name: &str) -> Option<String> {
    mime_guess::from_path(name).first().map(|mime| mime.to_string())
}

/// The result of `work` if it comes in time.
pub(crate) async fn within<T>(time: Duration, work: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(time, work).await.ok()
}

#[expect(clippy::disallowed_methods, reason = "a test that watches a real server waits in real time")]
pub(crate) async fn rest(time: Duration) {
    tokio::time::sleep(time).await;
}
