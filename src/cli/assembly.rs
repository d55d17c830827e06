//! What is below every door, put together: the server and a sync in the terminal are built from the same parts.

use crate::{
    accounts::{
        Accounts, AccountsOptions, DemoService, Vault, VaultError,
        reseal::{self, ResealError},
    },
    application::Application,
    clock::Clock,
    config::CoreConfig,
    metrics::Metrics,
    real_debrid::{self, DeviceFlow, Transport},
    simulator::{Options, Simulator},
    store::{Claim, Store, StoreError},
    sync::{Engine, EngineOptions, Parts, replicas},
};
use secrecy::SecretString;
use std::{io, sync::Arc};

/// Why the parts cannot be put together.
#[derive(Debug, thiserror::Error)]
pub enum AssemblyError {
    /// The demo's simulator cannot start.
    #[error("The demo library cannot be started ({0}): start without --demo, or free a loopback port.")]
    Demo(io::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// What is sealed with it.
    #[error(transparent)]
    Reseal(#[from] ResealError),
    /// The way to Real-Debrid.
    #[error(transparent)]
    Transport(#[from] real_debrid::Error),
}

/// What is not the same wherever it is used.
#[derive(Debug, Default)]
pub(super) struct AssemblyOptions {
    /// Names that may sign in; everyone when empty.
    pub(super) allowed_users: Vec<String>,
    /// Whether cookies are `Secure`.
    pub(super) is_https: bool,
    /// The demo library, if there shall be one.
    pub(super) demo: Option<Options>,
    /// How the engine works; the pace is the configuration's.
    pub(super) engine: EngineOptions,
}

/// The parts, at rest.
pub(super) struct Assembly {
    pub(super) application: Application,
    pub(super) engine: Engine,
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) vault: Vault,
    pub(super) demo: Option<Simulator>,
    /// Keeps others off a database that cannot be shared until it is dropped.
    pub(super) claim: Claim,
}

impl Assembly {
    /// Opens everything that `config` names.
    ///
    /// # Errors
    /// When any of it cannot be used; then nothing has been changed.
    pub(super) async fn build(config: &CoreConfig, options: AssemblyOptions) -> Result<Self, AssemblyError> {
        let clock = Clock::system();
        // First of all, so that nothing is changed below another server.
        let claim = Claim::beside(&config.database.database_url).await?;
        let store = Store::open(&config.database.database_url).await?;
        store.refuse_half(&config.database.database_url).await?;
        if store.is_shared() {
            replicas::appear(&store, &clock).await?;
        }
        let claim = claim.once_up();
        let vault =
            Vault::open(&config.secret_key_file, &store.some_tokens().await?, store.present_proof().await?.as_deref())?;
        reseal::bind(&store, &vault).await?;
        reseal::prove(&store, &vault, &config.secret_key_file).await?;
        let metrics = Metrics::new(&clock);
        let transport = Transport::new(metrics.clone())?;
        let demo = match options.demo {
            Some(options) => Some(Simulator::start(options).await.map_err(AssemblyError::Demo)?),
            None => None,
        };
        let accounts = Accounts::new(AccountsOptions {
            store: store.clone(),
            vault: vault.clone(),
            transport: transport.clone(),
            flow: DeviceFlow::new(
                transport.clone(),
                clock.clone(),
                config.real_debrid_oauth_url.clone(),
                config.real_debrid_client_id.clone(),
            ),
            clock: clock.clone(),
            api_url: config.real_debrid_api_url.clone(),
            requests_per_minute: config.real_debrid_rate_limit,
            allowed_users: options.allowed_users,
            is_https: options.is_https,
            demo: demo.as_ref().map(|simulator| DemoService {
                api_url: simulator.api_url(),
                token: SecretString::from(simulator.token().to_owned()),
            }),
        });
        let parts = Parts {
            store: store.clone(),
            transport: transport.clone(),
            clock: clock.clone(),
            credentials: Arc::new(accounts.clone()),
            metrics,
        };
        let requests_per_minute = config.real_debrid_rate_limit;
        let engine = Engine::new(parts, EngineOptions { requests_per_minute, ..options.engine });
        let application = Application::new(store.clone(), engine.clone(), accounts, transport, clock.clone());
        Ok(Self { application, engine, store, clock, vault, demo, claim })
    }
}
