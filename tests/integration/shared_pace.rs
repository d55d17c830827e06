//! Two servers on one database ask Real-Debrid for one account, at one pace.

use crate::{cut::Cable, databases};
use dmm::{
    clock::Clock,
    domain::Timestamp,
    metrics::Metrics,
    real_debrid::{Client, Conductor, Connection, Error, Pacer, Stopped, Transport, Urgency, Wait, WaitReason},
    simulator::{Knobs, Options, Simulator, knobs::Rate},
    store::{Service, Store},
    sync::SharedPace,
};
use secrecy::SecretString;
use std::{future::Future, pin::Pin, sync::Arc, time::Duration};
use tokio::sync::watch;

/// Gives up when it is told to wait, and keeps why.
#[derive(Default)]
struct Hurried(watch::Sender<Option<WaitReason>>);

impl Conductor for Hurried {
    fn permission<'a>(&'a self) -> Pin<Box<dyn Future<Output = Result<(), Stopped>> + Send + 'a>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn stopped<'a>(&'a self) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(async {
            let _ = self.0.subscribe().wait_for(Option::is_some).await;
        })
    }

    fn waits(&self, wait: Option<Wait>) {
        if let Some(wait) = wait {
            self.0.send_replace(Some(wait.reason));
        }
    }
}

/// What one server has for the account.
struct Server {
    pacer: Arc<Pacer>,
    clock: Clock,
    transport: Transport,
}

impl Server {
    async fn on(url: &str, limit: u32) -> Self {
        let clock = Clock::system();
        let store = Store::open(url).await.expect("the database opens");
        let now = Timestamp::from_millis(1);
        let user = store.put_user(Service::RealDebrid, 1, "somebody", None, now).await.expect("an account").id;
        let book = Arc::new(SharedPace::new(store, user));
        let pacer = Arc::new(Pacer::shared(limit, clock.clone(), book));
        let transport = Transport::new(Metrics::new(&clock)).expect("a transport");
        Self { pacer, clock, transport }
    }

    /// Asks once. Where it would have had to wait, it says for what.
    async fn ask(&self, simulator: &Simulator) -> Result<(), Answer> {
        let conductor = Arc::new(Hurried::default());
        let connection = Connection {
            api_url: simulator.api_url(),
            token: Arc::new(SecretString::from("demo-token")),
            max_retries: 0,
            refusal_patience: Duration::ZERO,
            urgency: Urgency::Foreground,
            clock: self.clock.clone(),
            pacer: Arc::clone(&self.pacer),
            conductor: Arc::clone(&conductor) as Arc<dyn Conductor>,
        };
        match Client::new(self.transport.clone(), connection).user().await {
            Ok(_) => Ok(()),
            Err(Error::Stopped) => Err(Answer::Waits(conductor.0.borrow().clone())),
            Err(error) => Err(Answer::Fails(error)),
        }
    }
}

/// Why there was no answer.
#[derive(Debug, PartialEq)]
enum Answer {
    Waits(Option<WaitReason>),
    Fails(Error),
}

async fn simulator(per_minute: usize) -> Simulator {
    let rate = Rate { per_minute: Some(per_minute), ..Rate::default() };
    let knobs = Knobs { rate, ..Knobs::default() };
    Simulator::start(Options { torrents: 1, downloads: 0, knobs, ..Options::default() }).await.expect("a simulator")
}

#[tokio::test]
async fn two_servers_that_hurry_send_as_many_requests_as_one_may() {
    let url = databases::postgres().await;
    let simulator = simulator(30).await;
    let servers = [Server::on(&url, 30).await, Server::on(&url, 30).await];
    let asked = (0..40).flat_map(|_| &servers).map(|server| server.ask(&simulator));
    let asked = futures::future::join_all(asked).await;
    assert_eq!(asked.iter().filter(|asked| asked.is_ok()).count(), 30);
    assert!(
        asked.iter().all(|asked| matches!(asked, Ok(()) | Err(Answer::Waits(Some(WaitReason::OwnPace))))),
        "{asked:?}"
    );
    assert_eq!(simulator.journal().len(), 30);
    assert!(simulator.journal().iter().all(|request| request.status == 200), "it was refused");
    assert_eq!(databases::number(&url, "select count(*) from paces").await, 1);
}

#[tokio::test]
async fn a_refusal_is_heard_by_the_other_server_and_a_database_that_is_away_lets_nothing_through() {
    let url = databases::postgres().await;
    let simulator = simulator(1).await;
    let cable = Cable::to(&url).await;
    let servers = [Server::on(&url, 250).await, Server::on(cable.url(), 250).await];
    servers[0].ask(&simulator).await.expect("the first is allowed");
    let refused = servers[0].ask(&simulator).await;
    assert!(matches!(refused, Err(Answer::Fails(Error::RateLimited { .. }))), "{refused:?}");
    // It is told in a turn that nobody waits for.
    let told = async {
        while databases::number(&url, "select count(*) from paces where state like '%\"refusals\":1%'").await == 0 {
            crate::house::rest(Duration::from_millis(20)).await;
        }
    };
    crate::house::within(Duration::from_secs(10), told).await.expect("it is told");
    let held = Err(Answer::Waits(Some(WaitReason::RateLimited { refusals: 1 })));
    assert_eq!(servers[1].ask(&simulator).await, held);
    assert_eq!(simulator.journal().len(), 2);
    cable.reset();
    assert_eq!(servers[1].ask(&simulator).await, Err(Answer::Waits(Some(WaitReason::Database))));
    assert_eq!(simulator.journal().len(), 2);
}
