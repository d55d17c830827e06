//! A sync by the real engine, the same that `dmm serve` has.

use crate::{Job, Result, cluster::Meter, measure::Sample};
use dmm::{
    clock::Clock,
    domain::{ApiError, Mode, State, SyncConfigurationPatch},
    metrics::Metrics,
    real_debrid::Transport,
    store::{Service, Store},
    sync::{Credentials, Engine, EngineOptions, Parts, RealDebridAccess, StartRequest},
};
use std::{future::Future, pin::Pin, sync::Arc};

/// Files per transaction, the most that can be set.
const BATCH_SIZE: i64 = 500;

/// Runs a sync, a full one of an empty database and else an incremental one, and measures it from the order to the end
/// that everybody sees.
pub(crate) async fn run(job: &Job) -> Result<Sample> {
    let clock = Clock::system();
    let store = Store::open(&job.database).await?;
    let user = store.put_user(Service::Demo, job.account, "bench", None, clock.now()).await?.id;
    let mode = if store.has_files(user).await? { Mode::Incremental } else { Mode::Full };
    let access = RealDebridAccess {
        api_url: job.api_url.clone(),
        token: Arc::new(secrecy::SecretString::from(crate::real_debrid::TOKEN.to_owned())),
        real_debrid_id: job.account,
    };
    let metrics = Metrics::new(&clock);
    let parts = Parts {
        store: store.clone(),
        transport: Transport::new(metrics.clone())?,
        clock: clock.clone(),
        credentials: Arc::new(Access(access)),
        metrics,
    };
    let engine = Engine::new(parts, EngineOptions { requests_per_minute: u32::MAX, ..EngineOptions::default() });
    let overrides = SyncConfigurationPatch { batch_size: Some(BATCH_SIZE), ..SyncConfigurationPatch::default() };
    let meter = Meter::start(&job.database).await?;
    let begun = clock.elapsed();
    engine.start(user, &StartRequest { mode, overrides, ..StartRequest::default() }).await?;
    let mut shown = engine.subscribe(user).await?;
    let end = loop {
        let status = shown.next().await.ok_or("the engine is gone")?;
        if status.status != State::Running {
            break status;
        }
    };
    let took = clock.elapsed().saturating_sub(begun);
    let postgres = meter.stop().await?;
    if end.status != State::Completed || end.stats.errors > 0 {
        return Err(format!("the sync did not complete cleanly: {end:?}").into());
    }
    let run = store.latest_run(user).await?.ok_or("the run is not stored")?;
    let rows = end.stats.added + end.stats.updated + end.stats.deleted;
    let sample = Sample::of_this_process(took, run.counters.requests, rows, postgres)?;
    engine.shut_down().await;
    store.close().await;
    Ok(sample)
}

struct Access(RealDebridAccess);

impl Credentials for Access {
    fn access(
        &self,
        _user: i64,
    ) -> Pin<Box<dyn Future<Output = std::result::Result<RealDebridAccess, ApiError>> + Send + '_>> {
        Box::pin(std::future::ready(Ok(self.0.clone())))
    }
}
