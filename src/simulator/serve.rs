//! The way of one request: arrival, journal, script, limits, who asks, the answer, what spoils it, delivery.

use super::{
    Options,
    account::{Account, Token, token_id},
    answer::Answer,
    clock::Clock,
    deliver,
    fault::Fault,
    journal::{Journal, Request},
    knobs::{BodyShape, Knobs},
    library::Library,
    limits::{Class, Limiter},
    oauth, percent, refusal,
    routes::{self, Call},
    rule::{Act, Script},
    socket::Peer,
};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{ConnectInfo, State},
    http::{HeaderMap, Response, header},
};
use std::{
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};
use tokio_util::sync::CancellationToken;

/// More than any form that the API knows.
const MOST_BYTES: usize = 4 << 20;

/// What every connection shares. Each lock is held for one step only, and no two at a time but in the order given here.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) accounts: Mutex<Vec<Account>>,
    pub(crate) oauth: Mutex<oauth::Devices>,
    pub(crate) knobs: Mutex<Knobs>,
    pub(crate) script: Mutex<Script>,
    pub(crate) journal: Mutex<Journal>,
    pub(crate) limiter: Mutex<Limiter>,
    pub(crate) clock: Arc<Clock>,
    pub(crate) stopping: CancellationToken,
    pub(crate) origin: String,
    arrived: AtomicU64,
    in_flight: AtomicUsize,
}

/// A test that failed inside a closure must not fail every other one.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A request, taken apart.
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) form: Vec<(String, String)>,
    pub(crate) token: Option<String>,
}

impl Asked {
    fn new(request: &axum::extract::Request, body: &Bytes) -> Self {
        let headers = request.headers();
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let query = percent::pairs(request.uri().query().unwrap_or_default());
        let bearer = text(header::AUTHORIZATION.as_str()).and_then(|value| value.strip_prefix("Bearer "));
        let in_query = query.iter().find(|(name, _)| name == "auth_token").map(|(_, value)| value.as_str());
        Self {
            method: text("x-http-verb").unwrap_or(request.method().as_str()).to_ascii_uppercase(),
            path: request.uri().path().to_owned(),
            token: bearer.or(in_query).map(|token| token.trim().to_owned()),
            form: percent::pairs(&String::from_utf8_lossy(body)),
            query,
        }
    }

    /// The query for the journal, which must not hold a token.
    fn public_query(&self) -> String {
        let pairs = self.query.iter().filter(|(name, _)| name != "auth_token");
        pairs.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
    }
}

impl Shared {
    pub(crate) fn of(options: &Options, origin: &str) -> Self {
        let library = Library::generate(options.seed, options.torrents, options.downloads);
        let account = Account::new(&options.token, options.username.clone(), library);
        Self {
            accounts: Mutex::new(vec![account]),
            oauth: Mutex::default(),
            knobs: Mutex::new(options.knobs.clone()),
            script: Mutex::default(),
            journal: Mutex::default(),
            limiter: Mutex::default(),
            clock: Arc::new(Clock::start(options.clock.clone())),
            stopping: CancellationToken::new(),
            origin: origin.to_owned(),
            arrived: AtomicU64::new(0),
            in_flight: AtomicUsize::new(0),
        }
    }

    fn record(&self, asked: &Asked, in_flight: usize) -> u64 {
        let mut journal = lock(&self.journal);
        let number = self.arrived.fetch_add(1, Ordering::Relaxed) + 1;
        journal.open(Request {
            number,
            at: self.clock.elapsed(),
            method: asked.method.clone(),
            path: asked.path.clone(),
            query: asked.public_query(),
            token: asked.token.as_deref().map(token_id),
            in_flight,
            status: 0,
            bytes: 0,
        });
        number
    }

    /// Whether the limits allow it. Every window is asked, since a refused request counts in all of them.
    fn admit(&self, asked: &Asked, class: Class, address: Option<IpAddr>, knobs: &Knobs) -> bool {
        let mut limiter = lock(&self.limiter);
        let now = self.clock.elapsed();
        let address = address.map(|address| address.to_string()).unwrap_or_default();
        let caller = asked.token.as_deref().map_or_else(|| address.clone(), token_id);
        let mut admitted = limiter.admit(&caller, class, now, &knobs.rate);
        if knobs.rate.per_address && caller != address {
            admitted &= limiter.admit(&address, class, now, &knobs.rate);
        }
        admitted
    }

    /// The application's answer.
    fn answer(&self, asked: &Asked, knobs: &Knobs) -> Answer {
        if !asked.path.starts_with("/rest/1.0/") {
            return oauth::answer(self, asked, knobs);
        }
        let endpoint = asked.path.strip_prefix("/rest/1.0").and_then(routes::find);
        let Some((endpoint, id)) = endpoint else {
            return refusal::by_code(3, knobs);
        };
        if endpoint.verb != asked.method {
            return refusal::by_code(4, knobs);
        }
        let now = self.clock.now();
        let mut accounts = lock(&self.accounts);
        let account = match endpoint.scope {
            None => accounts.first_mut(),
            Some(scope) => {
                let Some((account, token)) = asked.token.as_deref().and_then(|secret| open(&mut accounts, secret))
                else {
                    return refusal::by_code(8, knobs);
                };
                let token = &mut account.tokens[token];
                if !token.opens(now) {
                    return refusal::by_code(8, knobs);
                }
                if account.locked {
                    return refusal::by_code(14, knobs);
                }
                if !token.scopes.contains(&scope) {
                    return refusal::by_code(9, knobs);
                }
                if asked.path.ends_with("/disable_access_token") {
                    token.alive = false;
                }
                Some(account)
            }
        };
        let Some(account) = account else {
            return refusal::by_code(25, knobs);
        };
        account.let_time_pass(now, knobs);
        let api_url = format!("{}/rest/1.0", self.origin);
        let (query, form) = (asked.query.as_slice(), asked.form.as_slice());
        (endpoint.answer)(&mut Call { query, form, id, api_url: &api_url, account, knobs, now })
    }

    /// Runs a scripted change on the caller's account, or on the first when nobody is known to call.
    fn change(&self, asked: &Asked, change: Box<dyn FnOnce(&mut Account) + Send>) {
        let mut accounts = lock(&self.accounts);
        let known =
            asked.token.as_deref().and_then(|secret| index_of(&accounts, secret)).map_or(0, |(account, _)| account);
        if let Some(account) = accounts.get_mut(known) {
            change(account);
        }
    }
}

fn index_of(accounts: &[Account], secret: &str) -> Option<(usize, usize)> {
    let is_it = |token: &Token| token.secret == secret;
    accounts.iter().enumerate().find_map(|(index, account)| Some((index, account.tokens.iter().position(is_it)?)))
}

/// The account that `secret` belongs to, and the place of the token in it.
pub(crate) fn open<'a>(accounts: &'a mut [Account], secret: &str) -> Option<(&'a mut Account, usize)> {
    let (account, token) = index_of(accounts, secret)?;
    accounts.get_mut(account).map(|account| (account, token))
}

/// Counts a request as in flight until dropped, also when the client goes away first.
struct InFlight<'a>(&'a AtomicUsize);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Answers any request.
pub(crate) async fn handle(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    mut request: axum::extract::Request,
) -> Response<Body> {
    let before = shared.in_flight.fetch_add(1, Ordering::Relaxed);
    let _in_flight = InFlight(&shared.in_flight);
    let body = to_bytes(std::mem::take(request.body_mut()), MOST_BYTES).await.unwrap_or_default();
    let asked = Asked::new(&request, &body);
    let headers: HeaderMap = std::mem::take(request.headers_mut());
    let (answer, shape) = answer(&shared, &asked, peer.address.map(|address| address.ip()), before).await;
    deliver::deliver(answer, &headers, &shape, &peer, Arc::clone(&shared.clock), shared.stopping.clone()).await
}

/// Answers a `GET` that came without a socket.
pub(crate) async fn reply(shared: &Shared, target: &str, token: Option<&str>) -> Answer {
    let before = shared.in_flight.fetch_add(1, Ordering::Relaxed);
    let _in_flight = InFlight(&shared.in_flight);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let asked = Asked {
        method: "GET".to_owned(),
        path: path.to_owned(),
        query: percent::pairs(query),
        form: Vec::new(),
        token: token.map(str::to_owned),
    };
    answer(shared, &asked, None, before).await.0
}

/// The answer to a request and how bodies look at this moment.
async fn answer(shared: &Shared, asked: &Asked, address: Option<IpAddr>, in_flight: usize) -> (Answer, BodyShape) {
    let number = shared.record(asked, in_flight);
    let mut scripted = None;
    let mut afterwards = Vec::new();
    for act in lock(&shared.script).due(&asked.method, &asked.path, &asked.query, asked.token.as_deref()) {
        match act {
            Act::Answer(fault) => scripted = Some(fault),
            Act::Before(change) => shared.change(asked, change),
            Act::After(change) => afterwards.push(change),
            Act::Turn(change) => change(&mut lock(&shared.knobs)),
            Act::Nothing => {}
        }
    }
    let knobs = lock(&shared.knobs).clone();
    if !knobs.latency.is_zero() {
        tokio::select! {
            () = shared.clock.sleep(knobs.latency) => {}
            () = shared.stopping.cancelled() => {}
        }
    }
    let answer = respond(shared, asked, address, &knobs, scripted.or_else(|| bad_weather(number, &knobs)));
    for change in afterwards {
        shared.change(asked, change);
    }
    lock(&shared.journal).close(number, answer.status, answer.body.len());
    (answer, knobs.shape)
}

/// The fault that a request meets without a script.
fn bad_weather(number: u64, knobs: &Knobs) -> Option<Fault> {
    let every = knobs.fail_every.as_ref().filter(|(every, _)| number.is_multiple_of((*every).max(1)));
    every.map(|(_, fault)| fault).or(knobs.outage.as_ref()).cloned()
}

fn respond(shared: &Shared, asked: &Asked, address: Option<IpAddr>, knobs: &Knobs, fault: Option<Fault>) -> Answer {
    let class = match asked.path.strip_prefix("/rest/1.0").and_then(routes::find) {
        Some((endpoint, _)) => endpoint.class,
        None => Class::Other,
    };
    let admitted = shared.admit(asked, class, address, knobs);
    if let Some(answer) = fault.as_ref().and_then(|fault| fault.in_front(knobs)) {
        return with_retry_after(answer, knobs);
    }
    let answer = if admitted {
        shared.answer(asked, knobs)
    } else {
        refusal::by_code(if knobs.rate.says_infringing { 35 } else { 34 }, knobs)
    };
    let answer = with_retry_after(answer, knobs);
    let answer = match knobs.drip {
        Some(rate) => Fault::Drip(rate).spoil(answer),
        None => answer,
    };
    match fault {
        Some(fault) => fault.spoil(answer),
        None => answer,
    }
}

fn with_retry_after(answer: Answer, knobs: &Knobs) -> Answer {
    let retry_after = knobs.rate.retry_after.clone().filter(|_| answer.status == 429);
    Answer { retry_after, ..answer }
}
