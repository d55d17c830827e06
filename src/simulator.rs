//! Real-Debrid as a program: a real HTTP server on loopback with a seeded, believable library.
//!
//! It promises to behave as the gathered facts about Real-Debrid say, to be deterministic for a seed, and to fail in every
//! way that was seen or must be feared, on command and while it runs. Tests, the demo and `dmm simulate` all use it, so the
//! client never meets a mock that is kinder than the world. It knows the wire format and the domain, nothing else.
//!
//! | part | what it is |
//! |---|---|
//! | [`Options`], [`Simulator`] | start it, look at it, change it while it runs |
//! | [`Account`], [`Library`] | whose entries, and what is in them |
//! | [`Knobs`] | how it behaves from now on |
//! | [`Rule`], [`Fault`] | what happens at certain requests |
//! | [`Spell`] | what goes wrong for a time |
//! | [`Request`] | what was asked |

mod account;
mod answer;
mod args;
mod asked;
mod clock;
mod deliver;
mod dice;
mod fault;
mod journal;
mod json;
pub mod knobs;
mod library;
mod limits;
mod metainfo;
mod oauth;
mod percent;
mod refusal;
mod routes;
mod rule;
mod serve;
mod shown;
mod socket;
#[cfg(test)]
mod tests;
mod weather;

pub use {
    account::{Account, Scope, Token, token_id},
    answer::{Delivery, Reply},
    args::SimulateArgs,
    dice::Dice,
    fault::Fault,
    journal::Request,
    json::Layout,
    knobs::Knobs,
    library::{Derived, Download, Files, Hash, Id, Library, Links, NotAnId, Selection, Shape, Torrent},
    rule::Rule,
    weather::Spell,
};

use axum::Router;
use serve::{Shared, lock};
use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::DropGuard;

/// How long connections may take to end by themselves.
const LAST_ORDERS: Duration = Duration::from_secs(1);

/// The origin of a simulator without a socket.
const IN_PROCESS: &str = "http://real-debrid.invalid";

/// What a simulator starts with.
#[derive(Debug, Clone)]
pub struct Options {
    /// Torrents of the first account.
    pub torrents: usize,
    /// Downloads of the first account.
    pub downloads: usize,
    /// Decides what they are.
    pub seed: u64,
    /// Port 0 takes a free one.
    pub listen: SocketAddr,
    /// A private token of the first account.
    pub token: String,
    /// Of the first account.
    pub username: String,
    /// How it behaves.
    pub knobs: Knobs,
    /// Its time.
    pub clock: crate::clock::Clock,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            torrents: 40,
            downloads: 20,
            seed: 1,
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            token: "demo-token".to_owned(),
            username: "demo".to_owned(),
            knobs: Knobs::default(),
            clock: crate::clock::Clock::system(),
        }
    }
}

impl Options {
    /// A library as large as the largest that people speak of: 50,000 torrents and 100,000 downloads.
    pub fn large() -> Self {
        Self { torrents: 50_000, downloads: 100_000, ..Self::default() }
    }
}

/// A running simulator. Clones are the same one; it stops with [`Simulator::stop`] or when the last clone is dropped.
#[derive(Debug, Clone)]
pub struct Simulator(Arc<Running>);

#[derive(Debug)]
struct Running {
    shared: Arc<Shared>,
    address: SocketAddr,
    token: String,
    task: Mutex<Option<JoinHandle<io::Result<()>>>>,
    /// Stops the server when the last clone is dropped.
    _stop: DropGuard,
}

impl Simulator {
    /// Binds and serves in the background.
    ///
    /// # Errors
    ///
    /// When the address cannot be bound.
    pub async fn start(options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind(options.listen).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::of(&options, &format!("http://{address}")));
        let router = Router::new().fallback(serve::handle).with_state(Arc::clone(&shared));
        let service = router.into_make_service_with_connect_info::<socket::Peer>();
        let stopping = shared.stopping.clone();
        let serving =
            axum::serve(socket::Doorway(listener), service).with_graceful_shutdown(stopping.clone().cancelled_owned());
        let task = tokio::spawn(serving.into_future());
        Ok(Self(Arc::new(Running {
            shared,
            address,
            token: options.token,
            task: Mutex::new(Some(task)),
            _stop: stopping.drop_guard(),
        })))
    }

    /// Without a socket: only [`Simulator::ask`] reaches it, so that whole plays can run on a clock moved by hand.
    pub fn in_process(options: Options) -> Self {
        let shared = Arc::new(Shared::of(&options, IN_PROCESS));
        let stopping = shared.stopping.clone();
        Self(Arc::new(Running {
            shared,
            address: (Ipv4Addr::LOCALHOST, 0).into(),
            token: options.token,
            task: Mutex::default(),
            _stop: stopping.drop_guard(),
        }))
    }

    /// Answers a `GET` without a socket. `target` is path and query below the origin, `/rest/1.0/torrents?page=1`.
    /// Latency is waited for on the simulator's clock; what the network would do to the answer is left to the caller,
    /// who finds it in [`Reply::delivery`].
    pub async fn ask(&self, target: &str, token: Option<&str>) -> Reply {
        serve::reply(&self.0.shared, target, token).await.into()
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.0.address
    }

    /// Base of the REST API, `http://127.0.0.1:PORT/rest/1.0`.
    pub fn api_url(&self) -> String {
        format!("{}/rest/1.0", self.0.shared.origin)
    }

    /// Base of OAuth2, `http://127.0.0.1:PORT/oauth/v2`.
    pub fn oauth_url(&self) -> String {
        format!("{}/oauth/v2", self.0.shared.origin)
    }

    /// A token of the first account.
    pub fn token(&self) -> &str {
        &self.0.token
    }

    /// One more account, with its own tokens, user and library.
    pub fn add_account(&self, account: Account) {
        lock(&self.0.shared.accounts).push(account);
    }

    /// Looks at the library of the first account, or changes it. Do not call the simulator from inside.
    ///
    /// # Panics
    ///
    /// Never: the first account is never taken away.
    pub fn edit<R>(&self, change: impl FnOnce(&mut Library) -> R) -> R {
        change(&mut lock(&self.0.shared.accounts)[0].library)
    }

    /// Looks at the account that `token` belongs to, or changes it. Do not call the simulator from inside.
    ///
    /// # Panics
    ///
    /// When there is no such account.
    pub fn edit_account<R>(&self, token: &str, change: impl FnOnce(&mut Account) -> R) -> R {
        let mut accounts = lock(&self.0.shared.accounts);
        let (account, _) = serve::open(&mut accounts, token).expect("an account with this token");
        change(account)
    }

    /// Looks at the knobs or turns them. Do not call the simulator from inside.
    pub fn knobs<R>(&self, change: impl FnOnce(&mut Knobs) -> R) -> R {
        change(&mut lock(&self.0.shared.knobs))
    }

    /// Bad weather that begins `after` now and lasts for `lasting`, by the simulator's clock; [`Spell`] can be bound to a
    /// path or a token too.
    pub fn spell(&self, after: Duration, lasting: Duration, fault: Fault) {
        let from = self.elapsed() + after;
        self.knobs(|knobs| knobs.spells.push(Spell::new(from, from + lasting, fault)));
    }

    /// Time since the start, as in [`Request::at`].
    pub fn elapsed(&self) -> Duration {
        self.0.shared.clock.elapsed()
    }

    /// Something that shall happen at a certain request.
    pub fn script(&self, rule: Rule) {
        lock(&self.0.shared.script).add(rule);
    }

    /// Forgets what was scripted and has not happened yet.
    pub fn forget_script(&self) {
        lock(&self.0.shared.script).clear();
    }

    /// Requests in the order of arrival.
    pub fn journal(&self) -> Vec<Request> {
        lock(&self.0.shared.journal).all()
    }

    /// Forgets the requests so far; their numbers go on.
    pub fn clear_journal(&self) {
        lock(&self.0.shared.journal).clear();
    }

    /// User codes of the device flow that wait for a yes.
    pub fn waiting_devices(&self) -> Vec<String> {
        lock(&self.0.shared.oauth).waiting(self.0.shared.clock.now())
    }

    /// The owner of the account that `token` belongs to says yes to a device; false when the code is unknown or expired.
    pub fn approve_device(&self, user_code: &str, token: &str) -> bool {
        lock(&self.0.shared.oauth).approve(user_code, token, self.0.shared.clock.now())
    }

    /// Everything that was given out and has to stay secret: device codes, secrets of applications, tokens.
    pub fn secrets(&self) -> Vec<String> {
        let mut secrets = lock(&self.0.shared.oauth).secrets();
        let accounts = lock(&self.0.shared.accounts);
        secrets.extend(accounts.iter().flat_map(|account| &account.tokens).map(|token| token.secret.clone()));
        secrets
    }

    /// Revokes the rights of every application: no refresh token is good any more. Access tokens live on until they
    /// expire, see [`Token::alive`].
    pub fn revoke_applications(&self) {
        lock(&self.0.shared.oauth).revoke();
    }

    /// Moves the simulator's time on, for rate-limit windows, token lives and torrents on their way.
    pub fn advance(&self, by: Duration) {
        self.0.shared.clock.advance(by);
    }

    /// Ends every connection and waits for it; one that does not end by itself is torn down.
    pub async fn stop(self) {
        let shared = &self.0.shared;
        shared.stopping.cancel();
        let task = lock(&self.0.task).take();
        if let Some(mut task) = task {
            tokio::select! {
                _ = &mut task => {}
                () = shared.clock.sleep(LAST_ORDERS) => task.abort(),
            }
        }
    }
}
