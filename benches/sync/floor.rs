//! The floor: the least that can be done to have the same rows in the same schema.
//!
//! The same requests one after the other, their bodies read into the wire's own structs, and every row written as each
//! database takes it fastest, in one transaction. It plans nothing, marks nothing, counts nothing, shows nothing, cannot
//! be paused and stores no run. The values that a row must have are computed as cheaply as they can be; the bench checks
//! that they are the same as ours.

#[path = "floor/postgres.rs"]
mod postgres;
#[path = "floor/rows.rs"]
mod rows;
#[path = "floor/sqlite.rs"]
mod sqlite;

use crate::{
    Job, Result,
    asker::{Asker, PAGE_ROWS},
    measure::Sample,
};
use dmm::{
    domain::database_url::is_postgres,
    real_debrid::wire::{Download, Torrent, User},
};
use rows::Row;
use serde::de::DeserializeOwned;

/// Rows of a sync's batch, see [`ours`](crate::ours).
const BATCH_ROWS: usize = 500;

/// How often what was written is made to stay.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Commit {
    /// At the end: the floor.
    Once,
    /// After every batch, as a sync must that can be stopped at any time: what that alone costs.
    EveryBatch,
}

/// Fetches, parses and writes everything, and measures it.
pub(crate) async fn run(job: &Job, commit: Commit) -> Result<Sample> {
    if is_postgres(&job.database) { postgres::run(job, commit).await } else { sqlite::run(job, commit).await }
}

/// Where the rows of a page go.
trait Sink {
    async fn write<R: Row>(&mut self, rows: Vec<R>) -> Result<()>;
}

/// Reads both lists into `sink`; gives how many rows they have.
async fn read_all(asker: &mut Asker, sink: &mut impl Sink) -> Result<i64> {
    asker.get::<User>("user").await?;
    let torrents = list::<Torrent>(asker, "torrents", sink).await?;
    let downloads = list::<Download>(asker, "downloads", sink).await?;
    Ok(torrents + downloads)
}

/// All pages of a list, and its head once more, as a sync has to.
async fn list<R: DeserializeOwned + Row>(asker: &mut Asker, path: &str, sink: &mut impl Sink) -> Result<i64> {
    let mut page = 1;
    let mut read = 0;
    loop {
        let (rows, total) = asker.get::<Vec<R>>(&format!("{path}?page={page}&limit={PAGE_ROWS}")).await?;
        read += rows.len();
        sink.write(rows).await?;
        if read >= total {
            break;
        }
        page += 1;
    }
    if page > 1 {
        asker.get::<Vec<R>>(&format!("{path}?page=1&limit=1")).await?;
    }
    Ok(i64::try_from(read)?)
}
