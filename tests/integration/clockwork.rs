//! An engine over a simulated Real-Debrid in the same process, on a clock that is moved by hand: half an hour of
//! penalties passes in a moment.

use crate::house::{rest, within};
use dmm::{
    clock::ManualClock,
    domain::{ApiError, State, SyncConfigurationPatch, SyncStatus, Timestamp},
    metrics::Metrics,
    real_debrid::{self, Exchange, Exchanged, Transport},
    simulator::{Delivery, Knobs, Options, Simulator},
    store::{SealedToken, Service, Store},
    sync::{Credentials, Engine, EngineOptions, Parts, RealDebridAccess, StartRequest, contents},
};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use std::{future::Future, pin::Pin, sync::Arc, time::Duration};
use tokio::task::JoinHandle;

/// So long nothing may have moved before the clock is.
const QUIET: Duration = Duration::from_millis(15);

pub(crate) struct Clockwork {
    pub(crate) simulator: Simulator,
    pub(crate) engine: Engine,
    pub(crate) store: Store,
    pub(crate) user: i64,
    pub(crate) clock: ManualClock,
    tasks: Vec<JoinHandle<()>>,
    _folder: tempfile::TempDir,
}

impl Clockwork {
    pub(crate) async fn with(options: Options, engine: EngineOptions) -> Self {
        let manual = ManualClock::new(Timestamp::from_millis(1_795_512_600_000));
        let clock = manual.clock();
        let (knobs, quiet) = (options.knobs.clone(), Knobs::unlimited());
        let simulator = Simulator::in_process(Options { clock: clock.clone(), knobs: quiet, ..options });
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store =
            Store::open(&format!("sqlite://{}", folder.path().join("dmm.db").display())).await.expect("it opens");
        let whoami = simulator.ask("/rest/1.0/user", Some(simulator.token())).await;
        let whoami: serde_json::Value = serde_json::from_slice(&whoami.body).expect("an account");
        let real_debrid_id = whoami["id"].as_i64().expect("a number");
        simulator.clear_journal();
        simulator.knobs(|now| *now = knobs);
        let user =
            store.put_user(Service::RealDebrid, real_debrid_id, "demo", None, clock.now()).await.expect("stored").id;
        store.put_token(user, &SealedToken::private(b"sealed".to_vec()), clock.now()).await.expect("stored");
        let access = RealDebridAccess {
            api_url: simulator.api_url(),
            token: Arc::new(SecretString::from(simulator.token().to_owned())),
            real_debrid_id,
        };
        let metrics = Metrics::new(&clock);
        let parts = Parts {
            store: store.clone(),
            transport: Transport::over(InProcess(simulator.clone()), metrics.clone()),
            clock: clock.clone(),
            credentials: Arc::new(Pocket(access)),
            metrics,
        };
        let engine = Engine::new(parts, engine);
        let keeper = tokio::spawn(contents::keep(engine.clone(), store.clone(), clock));
        let tasks = vec![keeper, tokio::spawn(wind(manual.clone(), engine.clone(), user))];
        Self { simulator, engine, store, user, clock: manual, tasks, _folder: folder }
    }

    pub(crate) async fn status(&self) -> SyncStatus {
        self.engine.status(self.user).await.expect("a status")
    }

    /// Starts a run and gives the status at its end.
    pub(crate) async fn sync(&self, overrides: SyncConfigurationPatch) -> SyncStatus {
        let request = StartRequest { overrides, ..StartRequest::default() };
        self.engine.start(self.user, &request).await.expect("it starts");
        self.until(|status| status.timing.ended.is_some()).await
    }

    /// The first status that is as wanted.
    pub(crate) async fn until(&self, wanted: impl Fn(&SyncStatus) -> bool) -> SyncStatus {
        let found = within(Duration::from_mins(1), async {
            loop {
                let status = self.status().await;
                if wanted(&status) {
                    return status;
                }
                rest(Duration::from_millis(2)).await;
            }
        });
        match found.await {
            Some(status) => status,
            None => panic!("it never came to that; the last status was {:#?}", self.status().await),
        }
    }

    /// A number from the database.
    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(self.store.reader()).await.expect("a count")
    }
}

impl Drop for Clockwork {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// Moves the clock to the next alarm whenever nothing else moves. While a run is alive, that is only when it says that
/// it waits: a batch that takes long to write must not meet the watchdog.
async fn wind(clock: ManualClock, engine: Engine, user: i64) {
    let mut next = None;
    loop {
        rest(QUIET).await;
        let alarm = clock.until_next_alarm();
        if let Some(wait) = alarm.filter(|_| next == alarm) {
            let status = engine.status(user).await.expect("a status");
            if status.status != State::Running || status.progress.current.contains(" — ") {
                clock.advance(wait);
            }
        }
        next = alarm;
    }
}

/// Has one access, whoever asks.
struct Pocket(RealDebridAccess);

impl Credentials for Pocket {
    fn access(&self, _: i64) -> Pin<Box<dyn Future<Output = Result<RealDebridAccess, ApiError>> + Send + '_>> {
        Box::pin(std::future::ready(Ok(self.0.clone())))
    }
}

struct InProcess(Simulator);

impl Exchange for InProcess {
    fn get<'a>(
        &'a self,
        url: &'a Url,
        token: Option<&'a SecretString>,
    ) -> Pin<Box<dyn Future<Output = Result<Exchanged, real_debrid::Error>> + Send + 'a>> {
        Box::pin(async move {
            let target = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
            let reply = self.0.ask(&target, token.map(ExposeSecret::expose_secret)).await;
            match reply.delivery {
                Delivery::Whole | Delivery::Drip(_) => Ok(Exchanged {
                    status: reply.status,
                    total: reply.total,
                    retry_after: reply.retry_after,
                    body: reply.body,
                }),
                Delivery::Cut | Delivery::Reset => {
                    Err(real_debrid::Error::Unreachable { cause: "the connection was reset".to_owned() })
                }
                Delivery::Silence => std::future::pending().await,
            }
        })
    }
}
