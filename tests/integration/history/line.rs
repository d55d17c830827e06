//! The way from the program to the simulator: no network, the clock moved by hand, and promises kept on the way.

use super::world::World;
use dmm::{
    real_debrid::{Error, Exchange, Exchanged},
    simulator::Delivery,
};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

/// As the real transport: without an answer for so long …
const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// … or with one that is not whole after so long, a request has failed.
const TOTAL_TIMEOUT: Duration = Duration::from_mins(3);

/// Asks the simulator of a world. An [`Exchange`] knows nothing but `GET`, so that nothing else can be sent at all.
pub(crate) struct Line(pub(crate) Arc<World>);

impl Exchange for Line {
    fn get<'a>(
        &'a self,
        url: &'a Url,
        token: Option<&'a SecretString>,
    ) -> Pin<Box<dyn Future<Output = Result<Exchanged, Error>> + Send + 'a>> {
        Box::pin(async move {
            let world = &self.0;
            let token = token.map(ExposeSecret::expose_secret);
            let target = url.query().map_or(url.path().to_owned(), |query| format!("{}?{query}", url.path()));
            let _on_its_way = world.depart(&target, token);
            if world.crash.at_request() {
                // The program is dead; nobody will ever hear of this answer.
                std::future::pending::<()>().await;
            }
            let reply = world.simulator.ask(&target, token).await;
            let broken = || Err(Error::Unreachable { cause: "the connection was closed".to_owned() });
            match reply.delivery {
                Delivery::Whole => {}
                Delivery::Cut | Delivery::Reset => return broken(),
                Delivery::Silence => {
                    world.clock.sleep(READ_TIMEOUT).await;
                    return Err(Error::TimedOut);
                }
                Delivery::Drip(rate) => {
                    let needed = Duration::from_millis(reply.body.len() as u64 * 1000 / rate.max(1));
                    world.clock.sleep(needed.min(TOTAL_TIMEOUT)).await;
                    if needed > TOTAL_TIMEOUT {
                        return Err(Error::TimedOut);
                    }
                }
            }
            Ok(Exchanged { status: reply.status, total: reply.total, retry_after: reply.retry_after, body: reply.body })
        })
    }
}
