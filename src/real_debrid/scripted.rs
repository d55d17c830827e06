//! A Real-Debrid that says what a test tells it to, over real HTTP on loopback, and remembers what it was asked.
//!
//! The simulator behaves; this one does not, which is what a client has to survive.

use super::{Client, Conductor, Connection, Pacer, Stopped, Transport, Urgency, Wait};
use crate::{
    clock::{Clock, ManualClock},
    domain::Timestamp,
    metrics::Metrics,
};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::Request,
    http::{HeaderMap, Response, header::AUTHORIZATION},
};
use std::{
    collections::VecDeque,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::watch;

pub(super) const TOKEN: &str = "TOKENTOKENTOKENTOKENTOKENTOKENTOKENTOKENTOKENTOKEN22";

/// One answer of the script.
pub(super) enum Reply {
    /// Status, headers and body.
    Says(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// A body that breaks off in the middle.
    BreaksOff(&'static str),
    /// Nothing, for ever.
    Hangs,
}

pub(super) fn says(status: u16, body: &str) -> Reply {
    Reply::Says(status, Vec::new(), body.as_bytes().to_vec())
}

pub(super) fn refuses(status: u16, code: i64) -> Reply {
    says(status, &format!(r#"{{"error":"some_slug","error_code":{code}}}"#))
}

impl Reply {
    pub(super) fn with(self, header: &'static str, value: &str) -> Self {
        match self {
            Self::Says(status, mut headers, body) => {
                headers.push((header, value.to_owned()));
                Self::Says(status, headers, body)
            }
            other => other,
        }
    }
}

/// What was asked: path with query, and the headers.
pub(super) type Asked = Arc<Mutex<Vec<(String, HeaderMap)>>>;

pub(super) struct Scripted {
    pub(super) url: String,
    asked: Asked,
}

impl Scripted {
    pub(super) async fn new(script: impl IntoIterator<Item = Reply>) -> Self {
        let script = Arc::new(Mutex::new(script.into_iter().collect::<VecDeque<_>>()));
        let asked = Asked::default();
        let app = Router::new().fallback({
            let asked = asked.clone();
            move |request: Request| {
                let address = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
                lock(&asked).push((address, request.headers().clone()));
                let reply = lock(&script).pop_front();
                answer(reply.unwrap_or_else(|| says(418, "the script is over")))
            }
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/rest/1.0", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, asked }
    }

    pub(super) fn asked(&self) -> Vec<String> {
        lock(&self.asked).iter().map(|(address, _)| address.clone()).collect()
    }

    pub(super) fn header(&self, request: usize, name: &str) -> Option<String> {
        let asked = lock(&self.asked);
        asked[request].1.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    }

    pub(super) fn authorization(&self, request: usize) -> Option<String> {
        self.header(request, AUTHORIZATION.as_str())
    }
}

async fn answer(reply: Reply) -> Response<Body> {
    match reply {
        Reply::Says(status, headers, body) => {
            let mut response = Response::builder().status(status);
            for (name, value) in headers {
                response = response.header(name, value);
            }
            response.body(Body::from(body)).expect("a valid answer")
        }
        Reply::BreaksOff(start) => {
            let cut = Err(std::io::Error::other("cut"));
            let chunks = futures::stream::iter([Ok(Bytes::from_static(start.as_bytes())), cut]);
            Response::new(Body::from_stream(chunks))
        }
        Reply::Hangs => std::future::pending().await,
    }
}

/// A conductor that a test holds, stops and asks about waits. With a manual clock it lets every wait pass at once.
#[derive(Default)]
pub(super) struct Baton {
    held: watch::Sender<bool>,
    stop: watch::Sender<bool>,
    waits: Mutex<Vec<Option<Wait>>>,
    skips: Option<ManualClock>,
    hold_after_wait: bool,
}

impl Baton {
    pub(super) fn skipping(clock: &ManualClock) -> Self {
        Self { skips: Some(clock.clone()), ..Self::default() }
    }

    pub(super) fn holding_after_a_wait(clock: &ManualClock) -> Self {
        Self { hold_after_wait: true, ..Self::skipping(clock) }
    }

    pub(super) fn stop(&self) {
        self.stop.send_replace(true);
    }

    pub(super) fn release(&self) {
        self.held.send_replace(false);
    }

    pub(super) async fn until_held(&self) {
        let _ = self.held.subscribe().wait_for(|held| *held).await;
    }

    /// All that was announced; `None` where a wait ended.
    pub(super) fn announced(&self) -> Vec<Option<Wait>> {
        lock(&self.waits).clone()
    }

    /// The waits themselves.
    pub(super) fn waited(&self) -> Vec<Wait> {
        self.announced().into_iter().flatten().collect()
    }
}

impl Conductor for Baton {
    fn permission<'a>(&'a self) -> Pin<Box<dyn Future<Output = Result<(), Stopped>> + Send + 'a>> {
        Box::pin(async {
            let mut held = self.held.subscribe();
            tokio::select! {
                biased;
                () = self.stopped() => Err(Stopped),
                _ = held.wait_for(|held| !held) => Ok(()),
            }
        })
    }

    fn stopped<'a>(&'a self) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(async {
            let _ = self.stop.subscribe().wait_for(|stop| *stop).await;
        })
    }

    fn waits(&self, wait: Option<Wait>) {
        if let (Some(clock), Some(wait)) = (&self.skips, &wait) {
            let (clock, duration) = (clock.clone(), wait.duration);
            // In a task of its own, which runs once the caller sleeps: a manual clock wakes only who sleeps already.
            tokio::spawn(async move { clock.advance(duration) });
            if self.hold_after_wait {
                self.held.send_replace(true);
            }
        }
        lock(&self.waits).push(wait);
    }
}

pub(super) fn manual_clock() -> ManualClock {
    ManualClock::new(Timestamp::from_millis(1_795_512_600_000))
}

pub(super) fn connection(url: &str, clock: Clock, conductor: Arc<dyn Conductor>) -> Connection {
    Connection {
        api_url: url.to_owned(),
        token: Arc::new(secrecy::SecretString::from(TOKEN)),
        max_retries: 3,
        refusal_patience: Duration::ZERO,
        urgency: Urgency::Foreground,
        pacer: Arc::new(Pacer::new(250, clock.clone())),
        clock,
        conductor,
    }
}

/// A client that repeats three times, on a clock that skips every wait.
pub(super) fn client(server: &Scripted) -> (Client, Arc<Baton>) {
    let manual = manual_clock();
    let baton = Arc::new(Baton::skipping(&manual));
    let client = Client::new(transport(), connection(&server.url, manual.clock(), baton.clone()));
    (client, baton)
}

pub(crate) fn transport() -> Transport {
    Transport::new(Metrics::new(&manual_clock().clock())).expect("a transport")
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
