//! A cable to PostgreSQL that can be cut: who is behind it lives on without its database.

use crate::databases::{self, postgres_connection};
use reqwest::Url;
use sqlx::{Connection, PgConnection};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::{JoinHandle, JoinSet},
};

/// A cable of one's own to a database; its connections end with it.
pub(crate) struct Cable {
    url: String,
    state: watch::Sender<State>,
    /// Whether the next batch that is committed hears nothing of it.
    swallows: Arc<watch::Sender<bool>>,
    task: JoinHandle<()>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Whole,
    Cut,
    Reset,
}

/// The end of a connection that breaks.
struct Broken;

/// What a client says of batches.
#[derive(Default)]
struct Ear {
    /// What was said last, since what is listened for may come in two parts.
    last: Vec<u8>,
    writes: bool,
}

/// How entries are written.
const BATCH: &[u8] = b"insert into files (";
/// The message that makes it count, as sqlx sends it.
const COMMIT: &[u8] = b"Q\0\0\0\x0bCOMMIT\0";

impl Ear {
    /// Whether the next of the client's words commit entries.
    fn hears_commit(&mut self, words: &[u8]) -> bool {
        self.last.extend_from_slice(words);
        let says = |wanted: &[u8]| self.last.windows(wanted.len()).any(|part| part == wanted);
        let (writes, commits) = (self.writes || says(BATCH), says(COMMIT));
        self.writes = writes && !commits;
        let old = if commits { self.last.len() } else { self.last.len().saturating_sub(BATCH.len() - 1) };
        self.last.drain(..old);
        writes && commits
    }
}

impl Cable {
    /// A cable to the database with this address.
    pub(crate) async fn to(url: &str) -> Self {
        let mut url = Url::parse(url).expect("an address");
        let host = url.host_str().expect("the PostgreSQL of the tests listens on TCP").to_owned();
        let server = (host, url.port().unwrap_or(5432));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        url.set_host(Some("127.0.0.1")).expect("a host");
        url.set_port(Some(port)).expect("a port");
        let (state, seen) = watch::channel(State::Whole);
        let swallows = Arc::new(watch::Sender::new(false));
        let swallowing = Arc::clone(&swallows);
        let task = tokio::spawn(async move {
            let mut lines = JoinSet::new();
            loop {
                if let Ok((client, _)) = listener.accept().await {
                    lines.spawn(carry(client, server.clone(), seen.clone(), Arc::clone(&swallowing)));
                }
                while lines.try_join_next().is_some() {}
            }
        });
        Self { url: url.into(), state, swallows, task }
    }

    /// The address of the database at this end of the cable.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Nothing gets through any more, and nobody is told: open connections stay open, new ones are taken and hear
    /// nothing. What is sent meanwhile arrives when it is healed, as on a network that comes back.
    pub(crate) fn cut(&self) {
        self.state.send_replace(State::Cut);
    }

    /// Every connection ends at once, and every new one too.
    pub(crate) fn reset(&self) {
        self.state.send_replace(State::Reset);
    }

    pub(crate) fn heal(&self) {
        self.state.send_replace(State::Whole);
    }

    /// Lets the next COMMIT of written entries through but no answer to it: when the answer comes, the connection breaks.
    /// All others stay. Returns when the COMMIT has been heard.
    pub(crate) async fn swallow_next_commit(&self) {
        let mut swallows = self.swallows.subscribe();
        self.swallows.send_replace(true);
        // The sender lives in `self`.
        let _ = swallows.wait_for(|swallows| !swallows).await;
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn carry(
    mut client: TcpStream,
    server: (String, u16),
    state: watch::Receiver<State>,
    swallows: Arc<watch::Sender<bool>>,
) {
    let mut whole = state.clone();
    let mut reset = state.clone();
    let is_swallowed = AtomicBool::new(false);
    let mut ear = Ear::default();
    let both = async {
        // Its connection is not even made while the cable is cut.
        whole.wait_for(|state| *state == State::Whole).await.map_err(|_| Broken)?;
        let mut server = TcpStream::connect(server).await.map_err(|_| Broken)?;
        let _ = (server.set_nodelay(true), client.set_nodelay(true));
        let ((from_client, to_client), (from_server, to_server)) = (client.split(), server.split());
        let there = pump(from_client, to_server, state.clone(), |words: &[u8]| {
            if ear.hears_commit(words) && swallows.send_if_modified(std::mem::take) {
                is_swallowed.store(true, Ordering::Relaxed);
            }
            true
        });
        let back = pump(from_server, to_client, state, |_: &[u8]| !is_swallowed.load(Ordering::Relaxed));
        tokio::try_join!(there, back)
    };
    let ended = tokio::select! {
        _ = reset.wait_for(|state| *state == State::Reset) => Err(Broken),
        ended = both => ended,
    };
    if ended.is_err() {
        // Without lingering the kernel sends RST instead of FIN when the socket is dropped.
        let _ = client.set_zero_linger();
    }
}

/// Carries words to the other end, unless `may_pass` says that the connection breaks.
async fn pump(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut state: watch::Receiver<State>,
    mut may_pass: impl FnMut(&[u8]) -> bool,
) -> Result<(), Broken> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let read = from.read(&mut buffer).await.unwrap_or(0);
        // Neither words nor the news that one side has hung up get through a cable that is cut.
        if state.wait_for(|state| *state == State::Whole).await.is_err() {
            return Ok(());
        }
        if read == 0 {
            let _ = to.shutdown().await;
            return Ok(());
        }
        if !may_pass(&buffer[..read]) {
            return Err(Broken);
        }
        if to.write_all(&buffer[..read]).await.is_err() {
            return Ok(());
        }
    }
}

/// Long enough for anything that gets through to arrive.
const A_WHILE: Duration = Duration::from_millis(700);

#[tokio::test]
async fn a_cut_cable_lets_nothing_through_and_a_healed_one_all_that_was_said() {
    let url = databases::postgres().await;
    let cable = Cable::to(&url).await;
    let mut behind = postgres_connection(cable.url()).await;
    sqlx::raw_sql("create table said (word text)").execute(&mut behind).await.expect("it is made");
    cable.cut();
    let mut say = Box::pin(sqlx::raw_sql("insert into said values ('hush')").execute(&mut behind));
    assert!(crate::house::within(A_WHILE, &mut say).await.is_none(), "an answer came through");
    let mut new = Box::pin(PgConnection::connect(cable.url()));
    assert!(crate::house::within(A_WHILE, &mut new).await.is_none(), "a new connection was made");
    assert_eq!(databases::number(&url, "select count(*) from said").await, 0, "a word came through");
    cable.heal();
    say.await.expect("it is said");
    new.await.expect("it is made").close().await.expect("it closes");
    assert_eq!(databases::number(cable.url(), "select count(*) from said").await, 1);
}

#[tokio::test]
async fn a_reset_cable_ends_what_goes_through_it_and_whatever_comes_until_it_is_healed() {
    let url = databases::postgres().await;
    let cable = Cable::to(&url).await;
    let mut behind = postgres_connection(cable.url()).await;
    let sleep = async { sqlx::raw_sql("select pg_sleep(60)").execute(&mut behind).await };
    let reset = async {
        crate::house::rest(A_WHILE).await;
        cable.reset();
    };
    let (ended, ()) = crate::house::within(Duration::from_secs(20), async { tokio::join!(sleep, reset) })
        .await
        .expect("the question ends with the cable");
    assert!(ended.is_err(), "{ended:?}");
    let new = crate::house::within(Duration::from_secs(20), PgConnection::connect(cable.url())).await;
    assert!(new.expect("it is refused at once").is_err(), "a new connection was made");
    cable.heal();
    assert_eq!(databases::number(cable.url(), "select 1::bigint").await, 1);
}

#[tokio::test]
async fn a_swallowed_commit_counts_and_nobody_is_told() {
    let url = databases::postgres().await;
    let cable = Cable::to(&url).await;
    let mut behind = postgres_connection(cable.url()).await;
    sqlx::raw_sql("create table files (word text)").execute(&mut behind).await.expect("it is made");
    let mut other = postgres_connection(cable.url()).await;
    let mut transaction = behind.begin().await.expect("it begins");
    let said = sqlx::raw_sql("insert into files (word) values ('hush')").execute(&mut *transaction).await;
    said.expect("it is said");
    let lost = async { tokio::join!(cable.swallow_next_commit(), transaction.commit()) };
    let ((), committed) = crate::house::within(Duration::from_secs(20), lost).await.expect("the connection breaks");
    assert!(committed.is_err(), "the answer came through");
    assert_eq!(databases::number(&url, "select count(*) from files").await, 1, "it does not count");
    other.ping().await.expect("other connections stay");
    let mut transaction = other.begin().await.expect("it begins");
    let said = sqlx::raw_sql("insert into files (word) values ('aloud')").execute(&mut *transaction).await;
    said.expect("it is said");
    transaction.commit().await.expect("one answer is swallowed and no more");
}
