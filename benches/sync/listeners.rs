//! A thousand readers of the live status during a sync: what they cost it, and how old an event is when it arrives.
//!
//! The age runs from the moment at which the engine showed a status, which a reader inside of the server's process
//! notes, to its arrival at a reader outside. Both look at the same machine's clock.

use crate::{
    Result,
    measure::Distribution,
    real_debrid::RealDebrid,
    server::{House, hash},
};
use dmm::clock::Clock;
use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::Semaphore,
};

/// What one pair of syncs came to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pair {
    /// Milliseconds of the sync nobody looked at.
    pub(crate) alone: f64,
    /// Milliseconds of the one that was watched.
    pub(crate) watched: f64,
    /// Milliseconds of processor time of the server in both.
    pub(crate) cpu: (f64, f64),
    /// Milliseconds from a change to its arrival.
    pub(crate) age: Distribution,
}

/// Syncs twice, once with nobody and once with `count` readers.
pub(crate) async fn pair(real_debrid: &RealDebrid, count: usize) -> Result<Pair> {
    let (alone, cpu_alone, _) = sync(real_debrid, 0).await?;
    let (watched, cpu_watched, ages) = sync(real_debrid, count).await?;
    let millis = |time: Duration| time.as_secs_f64() * 1000.0;
    Ok(Pair {
        alone: millis(alone),
        watched: millis(watched),
        cpu: (cpu_alone, cpu_watched),
        age: Distribution::of(ages),
    })
}

async fn sync(real_debrid: &RealDebrid, count: usize) -> Result<(Duration, f64, Vec<f64>)> {
    let folder = tempfile::tempdir()?;
    let house = House::start(real_debrid, folder.path()).await?;
    let mut child = Command::new(std::env::current_exe()?)
        .args(["listeners", &house.base, &house.token, &count.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut answers = BufReader::new(child.stdout.take().ok_or("no standard output")?);
    let mut line = String::new();
    answers.read_line(&mut line)?;
    let (_, cpu_before) = house.cost()?;
    house.order_sync().await?;
    let took = house.synced().await?;
    let (_, cpu_after) = house.cost()?;
    // Closing its input ends the readers.
    drop(child.stdin.take());
    line.clear();
    answers.read_line(&mut line)?;
    child.wait()?;
    let arrived: Vec<(u64, i64)> = serde_json::from_str(&line)?;
    let shown = house.shown()?;
    let ages: Vec<f64> = arrived
        .iter()
        .filter_map(|(status, at)| {
            shown.get(status).map(|shown| f64::from(i32::try_from(at - shown).unwrap_or(i32::MAX)))
        })
        .collect();
    if ages.len() * 10 < arrived.len() * 9 {
        return Err(format!("only {} of {} events could be dated", ages.len(), arrived.len()).into());
    }
    Ok((took, cpu_after - cpu_before, ages))
}

/// Reads `count` event streams until its standard input ends, then prints what arrived when.
pub(crate) async fn listen(base: &str, token: &str, count: usize) -> Result<()> {
    let address = base.strip_prefix("http://").unwrap_or(base).to_owned();
    let clock = Clock::system();
    // A server takes so many connections at once only if they come one after the other.
    let opening = Arc::new(Semaphore::new(50));
    let (ready, mut all_ready) = tokio::sync::mpsc::channel::<()>(1);
    let arrived = Arc::new(std::sync::Mutex::new(Vec::new()));
    for _ in 0..count {
        let (address, token, clock) = (address.clone(), token.to_owned(), clock.clone());
        let (opening, ready, arrived) = (Arc::clone(&opening), ready.clone(), Arc::clone(&arrived));
        tokio::spawn(async move {
            let permit = opening.acquire_owned().await;
            let mut stream = TcpStream::connect(&address).await?;
            let request =
                format!("GET /api/sync/events HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\r\n");
            stream.write_all(request.as_bytes()).await?;
            let mut opening = Some((permit, ready));
            let mut buffer = Vec::new();
            while stream.read_buf(&mut buffer).await? > 0 {
                let now = clock.now().as_millis();
                while let Some(status) = take_event(&mut buffer) {
                    // The first is the status that was there already.
                    if opening.take().is_none() {
                        arrived.lock().map_err(|_| std::io::ErrorKind::Other)?.push((status, now));
                    }
                }
            }
            Ok::<(), std::io::Error>(())
        });
    }
    drop(ready);
    // Ends when the last reader has its first event.
    let _ = all_ready.recv().await;
    println!("ready");
    tokio::task::spawn_blocking(|| std::io::stdin().lines().for_each(drop)).await?;
    let arrived = arrived.lock().map_err(|_| "a reader panicked")?;
    println!("{}", serde_json::to_string(&*arrived)?);
    Ok(())
}

/// The hash of the first whole status in what was received, which is taken away.
fn take_event(buffer: &mut Vec<u8>) -> Option<u64> {
    const MARK: &[u8] = b"data: ";
    let start = buffer.windows(MARK.len()).position(|bytes| bytes == MARK)? + MARK.len();
    let end = start + buffer[start..].iter().position(|byte| *byte == b'\n')?;
    let status = hash(&buffer[start..end]);
    buffer.drain(..end);
    Some(status)
}
