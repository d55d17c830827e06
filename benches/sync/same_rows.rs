//! That both ways end with the same rows, but for what only a sync knows.

use crate::{Result, address};
use futures::TryStreamExt as _;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection, sqlite::SqliteConnectOptions};
use std::{path::Path, str::FromStr as _};

/// All columns but `id`, `fingerprint`, `duplicate_of` and the times of writing.
const COLUMNS: &str = "user_id, real_debrid_id, kind, original_filename, search_name, file_size, mime_type, sha1_hash, \
                       status, progress, download_url, source_link, added_at, added_raw, ended_at";

/// Fails unless both files hold the same rows.
pub(crate) async fn in_files(ours: &Path, floor: &Path) -> Result<()> {
    let mut connection = SqliteConnectOptions::from_str(&address(ours))?.connect().await?;
    sqlx::query("attach database ? as floor").bind(floor.to_string_lossy()).execute(&mut connection).await?;
    let differing = |one: &str, other: &str| {
        format!("select count(*) from (select {COLUMNS} from {one} except select {COLUMNS} from {other})")
    };
    for query in [differing("files", "floor.files"), differing("floor.files", "files")] {
        let rows: i64 = sqlx::query_scalar(AssertSqlSafe(query)).fetch_one(&mut connection).await?;
        if rows > 0 {
            return Err(format!("the floor's rows are not ours: {rows} differ").into());
        }
    }
    Ok(())
}

/// Fails unless both databases of a server hold the same rows, and as many: it knows no query over two of them.
pub(crate) async fn in_cluster(ours: &str, floor: &str) -> Result<()> {
    let rows = format!("select row({COLUMNS})::text from files order by user_id, real_debrid_id");
    let (mut one, mut other) = (PgConnection::connect(ours).await?, PgConnection::connect(floor).await?);
    let mut one = sqlx::query_scalar::<_, String>(AssertSqlSafe(rows.clone())).fetch(&mut one);
    let mut other = sqlx::query_scalar::<_, String>(AssertSqlSafe(rows)).fetch(&mut other);
    loop {
        match (one.try_next().await?, other.try_next().await?) {
            (None, None) => return Ok(()),
            (one, other) if one == other => {}
            (one, other) => return Err(format!("the floor's rows are not ours: {one:?} and {other:?}").into()),
        }
    }
}
