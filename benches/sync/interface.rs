//! How fast the real server answers while it syncs.

use crate::{Result, measure::Distribution, real_debrid::RealDebrid, server::House};
use dmm::clock::Clock;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// People at once, each of whom asks ten questions a second.
const CLIENTS: usize = 4;
const RHYTHM: Duration = Duration::from_millis(100);
/// Pages of 500 rows before the place from which the deep page is asked for.
const DEEP: usize = 20;

/// What is asked for, in turn.
const QUESTIONS: [(&str, &str); 7] = [
    ("page `/sync`", "/sync"),
    ("page `/library`", "/library"),
    ("`/api/sync/status`", "/api/sync/status"),
    ("`/api/files`, search with few hits", "/api/files?query=copper%20windmill"),
    ("`/api/files`, search with many hits", "/api/files?query=1080p"),
    ("`/api/files`, by size", "/api/files?sort=size&order=desc"),
    ("`/api/files`, 10,000 rows down", "/api/files?sort=name&order=asc"),
];

/// What one sync with people at the pages came to.
#[derive(Debug)]
pub(crate) struct Answers {
    /// How long the sync took.
    pub(crate) sync: Duration,
    /// Most memory of the server, in KiB.
    pub(crate) peak_kib: u64,
    /// Milliseconds to an answer, by question.
    pub(crate) latencies: Vec<(&'static str, Distribution)>,
}

/// Orders a first full sync and asks until it has ended.
pub(crate) async fn measure(real_debrid: &RealDebrid) -> Result<Answers> {
    let folder = tempfile::tempdir()?;
    let house = Arc::new(House::start(real_debrid, folder.path()).await?);
    house.order_sync().await?;
    let ended = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> =
        (0..CLIENTS).map(|number| tokio::spawn(ask(Arc::clone(&house), Arc::clone(&ended), number))).collect();
    let sync = house.synced().await?;
    ended.store(true, Ordering::Relaxed);
    let mut all: Vec<Vec<f64>> = vec![Vec::new(); QUESTIONS.len()];
    for client in clients {
        for (question, millis) in client.await?? {
            all[question].push(millis);
        }
    }
    let latencies = QUESTIONS.iter().zip(all).map(|((name, _), millis)| (*name, Distribution::of(millis))).collect();
    Ok(Answers { sync, peak_kib: house.cost()?.0, latencies })
}

/// Asks in a steady rhythm; what is late is asked at once and not left out.
async fn ask(house: Arc<House>, ended: Arc<AtomicBool>, number: usize) -> Result<Vec<(usize, f64)>> {
    let clock = Clock::system();
    let mut latencies = Vec::new();
    let mut deep = None;
    clock.sleep(RHYTHM / u32::try_from(CLIENTS)? * u32::try_from(number)?).await;
    let begun = clock.elapsed();
    for turn in 0.. {
        let due = begun + RHYTHM * turn;
        clock.sleep(due.saturating_sub(clock.elapsed())).await;
        if ended.load(Ordering::Relaxed) {
            break;
        }
        let question = (usize::try_from(turn)? + number) % QUESTIONS.len();
        let mut path = QUESTIONS[question].1.to_owned();
        if question == QUESTIONS.len() - 1 {
            if deep.is_none() {
                deep = cursor(&house, &path).await?;
            }
            // Until so many rows are stored, there is no such place.
            let Some(cursor) = &deep else { continue };
            path = format!("{path}&cursor={cursor}");
        }
        let asked = clock.elapsed();
        house.get(&path).await?;
        latencies.push((question, (clock.elapsed().saturating_sub(asked)).as_secs_f64() * 1000.0));
    }
    Ok(latencies)
}

/// The way to a place deep in the list, if it is that long already.
async fn cursor(house: &House, path: &str) -> Result<Option<String>> {
    let mut cursor = String::new();
    for _ in 0..DEEP {
        let page = house.get(&format!("{path}&limit=500{cursor}")).await?;
        let Some(next) = page["nextCursor"].as_str() else { return Ok(None) };
        cursor = format!("&cursor={next}");
    }
    Ok(cursor.strip_prefix("&cursor=").map(str::to_owned))
}
