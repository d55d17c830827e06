//! `dmm serve`.

use super::{
    LogConfig,
    assembly::{Assembly, AssemblyError, AssemblyOptions},
    fail,
};
use crate::{
    accounts::{VaultError, departures, key_watch},
    application::Application,
    config::Config,
    domain::ApiError,
    http::{AppState, Attempts, Crowd, Site, router},
    simulator::{Options, Simulator},
    store::Claim,
    sync::{EngineOptions, contents, replicas, schedule},
};
use axum_server::Handle;
use clap::Args;
use leptos::config::LeptosOptions;
use std::{io, net::SocketAddr, pin::Pin, process::ExitCode, time::Duration};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// How long the head of a request may take to come, and a connection may be idle.
const HEADERS_WITHIN: Duration = Duration::from_secs(30);
/// The most that the head of a request may take, in bytes: a browser sends a tenth of it.
const LARGEST_HEADERS: usize = 32 * 1024;
/// How long the last writes may take where the database is away: what they leave undone a kill would leave undone, too.
const LAST_WORDS: Duration = Duration::from_secs(4);
/// How long open connections may take to end.
const FAREWELL: Duration = Duration::from_secs(3);

#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    #[command(flatten)]
    config: Config,
    #[command(flatten)]
    log: LogConfig,
    /// Offer a demo library from a simulated Real-Debrid
    #[arg(long, env = "DMM_DEMO", value_parser = clap::builder::FalseyValueParser::new())]
    demo: bool,
    /// Torrents in the demo library
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    demo_torrents: usize,
    /// Downloads in the demo library
    #[arg(long, value_name = "N", default_value_t = 5_000)]
    demo_downloads: usize,
}

/// Why the server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The address is taken or not ours.
    #[error("{address} cannot be listened on ({source}): stop the program that uses it, or choose another DMM_LISTEN.")]
    Listen {
        /// `DMM_LISTEN`.
        address: SocketAddr,
        /// The system's words.
        source: io::Error,
    },
    /// A part of it.
    #[error(transparent)]
    Assembly(#[from] AssemblyError),
    /// Runs could not be taken up.
    #[error(transparent)]
    Recover(#[from] ApiError),
    /// The key is not that of the database any more.
    #[error(transparent)]
    Key(#[from] VaultError),
    /// The server broke off.
    #[error("The server stopped by itself ({0}): start it again.")]
    Serve(io::Error),
}

/// What a server is built with beside its configuration.
#[derive(Debug, Default)]
pub struct ServerOptions {
    /// The demo library, if there shall be one.
    pub demo: Option<Options>,
    /// How the engine works; the pace is the configuration's.
    pub engine: EngineOptions,
}

/// A server that listens but does not answer yet. The same build starts the program and its tests.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    application: Application,
    state: AppState,
    /// What is done without being asked; it ends only when the server has to.
    keepers: Pin<Box<dyn Future<Output = Result<(), ServerError>> + Send>>,
    demo: Option<Simulator>,
    /// Keeps another server off a database that it cannot share until the end.
    _claim: Claim,
}

impl Server {
    /// Opens everything that `config` names.
    ///
    /// # Errors
    /// When any of it cannot be used; then nothing has been changed.
    pub async fn build(config: &Config, options: ServerOptions) -> Result<Self, ServerError> {
        let address = config.listen.listen;
        let listen = |source| ServerError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let assembly = AssemblyOptions {
            allowed_users: config.allowed_users.clone(),
            is_https: config.is_https(),
            demo: options.demo,
            engine: options.engine,
        };
        let Assembly { application, engine, store, clock, vault, demo, claim } =
            Assembly::build(&config.core, assembly).await?;
        engine.recover().await?;
        let schedule = schedule::keep(engine.clone(), store.clone(), clock.clone());
        let departures = departures::keep(store.clone(), clock.clone(), engine.options().tick);
        let replicas = replicas::keep(engine.clone(), store.clone(), clock.clone());
        let replaced = key_watch::replaced(store.clone(), vault, clock.clone());
        let contents = contents::keep(engine, store, clock);
        let keepers = Box::pin(async {
            let kept = async { tokio::join!(schedule, contents, departures, replicas) };
            tokio::select! {
                _ = kept => Ok(()),
                error = replaced => Err(error.into()),
            }
        });
        let state = AppState {
            application: application.clone(),
            leptos: LeptosOptions::builder().output_name("dmm").site_pkg_dir("pkg").site_addr(address).build(),
            site: Site { public_url: config.public_url.clone() },
            attempts: Attempts::default(),
            crowd: Crowd::default(),
            shutdown: CancellationToken::new(),
        };
        Ok(Self { listener, address, application, state, keepers, demo, _claim: claim })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it serves, for tests that look behind the curtain.
    pub fn application(&self) -> &Application {
        &self.application
    }

    /// Answers until `stop` resolves, then ends the streams, lets the batch in flight end and closes the database.
    ///
    /// # Errors
    /// When the listener breaks, or the key of the database is replaced.
    pub async fn run(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), ServerError> {
        let Self { listener, application, state, keepers, demo, .. } = self;
        let shutdown = state.shutdown.clone();
        let handle = Handle::new();
        let mut server = axum_server::Server::<SocketAddr>::from_listener(listener)
            .handle(handle.clone())
            .first_request_timeout(HEADERS_WITHIN);
        let protocols = server.http_builder();
        protocols.http1().header_read_timeout(Some(HEADERS_WITHIN)).max_buf_size(LARGEST_HEADERS);
        protocols.http2().max_header_list_size(u32::try_from(LARGEST_HEADERS).unwrap_or(u32::MAX));
        let serving = server.serve(router(state).into_make_service_with_connect_info::<SocketAddr>());
        let stopped = async {
            stop.await;
            tracing::info!("stopping");
            shutdown.cancel();
            // A connection that does not end by itself is not waited for.
            handle.graceful_shutdown(Some(FAREWELL));
            std::future::pending::<()>().await;
        };
        let result = tokio::select! {
            result = keepers => result,
            result = serving => result.map_err(ServerError::Serve),
            () = stopped => Ok(()),
        };
        if result.is_err() {
            // Nothing more is served, least of all what would be sealed.
            shutdown.cancel();
            handle.shutdown();
        }
        if tokio::time::timeout(LAST_WORDS, application.shut_down()).await.is_err() {
            tracing::warn!("the database does not answer: what could not be written is taken up by the next start");
        }
        if let Some(demo) = demo {
            demo.stop().await;
        }
        result
    }
}

pub(super) async fn run(args: ServeArgs) -> ExitCode {
    args.log.start();
    let demo = args.demo.then(|| Options {
        torrents: args.demo_torrents,
        downloads: args.demo_downloads,
        ..Options::default()
    });
    // Heard from the beginning: the first process of a container ends by nothing that it does not listen to.
    let mut stop = tokio::spawn(stop_signal());
    let built = tokio::select! {
        built = Server::build(&args.config, ServerOptions { demo, ..ServerOptions::default() }) => built,
        _ = &mut stop => {
            tracing::info!("stopped before it was ready");
            return ExitCode::SUCCESS;
        }
    };
    match built {
        Ok(server) => {
            tracing::info!("listening on http://{}", server.address());
            let stopped = async {
                let _ = stop.await;
            };
            match server.run(stopped).await {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => fail(&error),
            }
        }
        Err(error) => fail(&error),
    }
}

/// Resolves on SIGINT or SIGTERM.
pub(super) async fn stop_signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
