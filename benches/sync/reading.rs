//! Only reading: what no run that reads both lists whole can be faster than.
//!
//! The same requests, their bodies read into the wire's own structs while the next page travels, and thrown away.

use crate::{
    Job, Result,
    asker::{Asker, PAGE_ROWS},
    measure::Sample,
};
use dmm::{
    clock::Clock,
    real_debrid::wire::{Download, Torrent, User},
};
use serde::de::DeserializeOwned;

/// Reads both lists and measures it.
pub(crate) async fn run(job: &Job) -> Result<Sample> {
    let clock = Clock::system();
    let mut asker = Asker::new(&job.api_url);
    let begun = clock.elapsed();
    asker.get::<User>("user").await?;
    list::<Torrent>(&mut asker, "torrents").await?;
    list::<Download>(&mut asker, "downloads").await?;
    Sample::of_this_process(clock.elapsed().saturating_sub(begun), asker.requests, 0, None)
}

async fn list<R: DeserializeOwned>(asker: &mut Asker, path: &str) -> Result<()> {
    let mut read = 0;
    let mut coming = asker.send_for(&format!("{path}?page=1&limit={PAGE_ROWS}"));
    for page in 2.. {
        let body = coming.await??;
        if read + PAGE_ROWS < body.total {
            coming = asker.send_for(&format!("{path}?page={page}&limit={PAGE_ROWS}"));
            read += body.read::<Vec<R>>()?.len();
        } else {
            body.read::<Vec<R>>()?;
            break;
        }
    }
    asker.get::<Vec<R>>(&format!("{path}?page=1&limit=1")).await?;
    Ok(())
}
