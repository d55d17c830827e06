use super::*;
use crate::{
    domain::FileQuery,
    store::{Store, databases},
};
use futures::FutureExt as _;
use std::pin::Pin;

const STORE_A_TORRENT: &str = "\
    insert into users (id, service, real_debrid_id, username, created_at, updated_at) values (1, 'demo', 1, 'a', 0, 0); \
    insert into files (user_id, real_debrid_id, kind, original_filename, search_name, file_size, status, progress, \
        added_at, added_raw, fingerprint, created_at, updated_at) \
    values (1, 'A', 'torrent', 'name', 'name', 1, 'downloaded', 100, 0, '', 0, 0, 0)";

/// Connections of DMM that wait for a lock on a table.
const WAIT_FOR_TABLES: &str = "select count(*) from pg_locks l join pg_stat_activity a using (pid) \
    where a.datname = current_database() and a.application_name = 'dmm' and l.locktype = 'relation' and not l.granted";
/// And those that look whether a migration has ended.
const LOOK_FOR_AN_END: &str = "select count(*) from pg_stat_activity where datname = current_database() \
    and application_name = 'dmm' and query like 'select pg_try_advisory_xact_lock%'";

/// The migration stops between its two locks for as long as somebody has another one.
const STOP_AFTER_THE_INDEX: &str = "\
    create function stop() returns event_trigger language plpgsql as \
        $$ begin perform pg_advisory_xact_lock(12); end $$; \
    create event trigger stop on ddl_command_end when tag in ('CREATE INDEX') execute function stop()";
const STOPS: &str = "select count(*) from pg_locks l join pg_stat_activity a using (pid) \
    where a.datname = current_database() and a.application_name = 'dmm' and l.locktype = 'advisory' and not l.granted";
const EARLIER_WAITS: &str = "select count(*) from pg_locks l join pg_stat_activity a using (pid) \
    where a.datname = current_database() and a.application_name = 'rival' and l.locktype = 'relation' and not l.granted";

/// A database as it was before migration 0012, which wants two locks of the table of entries.
async fn before_0012() -> String {
    let url = databases::postgres().await;
    let mut connection = dial(&options(&url).unwrap()).await.unwrap();
    let mut transaction = begin_alone(&mut connection).await.unwrap();
    let earlier = MIGRATIONS.iter().filter(|migration| migration.version < 12).cloned().collect();
    let mut migrator = Migrator::with_migrations(earlier);
    migrator.set_locking(false);
    migrator.run_direct(None, &mut *transaction, false).await.unwrap();
    transaction.commit().await.unwrap();
    connection.close().await.unwrap();
    url
}

/// A connection in the middle of a transaction.
async fn rival(url: &str, begun: &'static str) -> PgConnection {
    let mut rival = dial(&options(url).unwrap().application_name("rival")).await.unwrap();
    sqlx::raw_sql(begun).execute(&mut rival).await.unwrap();
    rival
}

async fn done(rival: &mut PgConnection, what: &'static str) {
    sqlx::raw_sql(what).execute(rival).await.unwrap();
}

type Opening = Pin<Box<dyn Future<Output = Result<Store, StoreError>>>>;

/// A server that starts.
fn opening(url: &str) -> Opening {
    let url = url.to_owned();
    Box::pin(tokio::spawn(async move { Store::open(&url).await }).map(Result::unwrap))
}

/// Lets a server start until a number in the database is as asked for.
async fn until(opening: &mut Opening, url: &str, (sql, wanted): (&'static str, i64)) {
    while databases::number(url, sql).await != wanted {
        assert!(opening.as_mut().now_or_never().is_none(), "it does not wait");
        sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_table_that_others_hold_is_waited_for() {
    let url = before_0012().await;
    let mut rival = rival(&url, "begin; set dmm.account = '0'; lock table files in share row exclusive mode").await;
    let mut opening = opening(&url);
    until(&mut opening, &url, (WAIT_FOR_TABLES, 1)).await;
    // Those who come later need not wait behind it for ever: it lets go, and comes again.
    until(&mut opening, &url, (WAIT_FOR_TABLES, 0)).await;
    until(&mut opening, &url, (WAIT_FOR_TABLES, 1)).await;
    done(&mut rival, "rollback").await;
    assert!(opening.await.unwrap().is_ready().await.unwrap());
}

/// As a server of an earlier version does that looks for a torrent before it stores it: each has what the other wants, and
/// the database gives up the one that asks last.
#[tokio::test]
async fn an_earlier_server_that_stores_a_torrent_meanwhile_stores_it_and_the_migration_is_repeated() {
    let url = before_0012().await;
    databases::change(&url, STOP_AFTER_THE_INDEX).await;
    let mut gate = rival(&url, "begin; select pg_advisory_xact_lock(12)").await;
    let mut earlier = rival(&url, "begin; set dmm.account = '0'; select count(*) from files").await;
    let mut opening = opening(&url);
    until(&mut opening, &url, (STOPS, 1)).await;
    let storing = tokio::spawn(async move {
        done(&mut earlier, STORE_A_TORRENT).await;
        done(&mut earlier, "commit").await;
    });
    until(&mut opening, &url, (EARLIER_WAITS, 1)).await;
    done(&mut gate, "commit").await;
    storing.await.unwrap();
    let store = opening.await.unwrap();
    assert_eq!(store.files(1, &FileQuery::default()).await.unwrap().total, 1);
}

#[tokio::test]
async fn who_is_in_the_way_for_too_long_is_told_of() {
    let url = before_0012().await;
    let _rival = rival(&url, "begin; set dmm.account = '0'; lock table files in share row exclusive mode").await;
    let error = migrate(&url, &[]).await.unwrap_err().to_string();
    assert!(error.contains("stop the DMM servers of the earlier version"), "{error}");
}

#[tokio::test]
async fn a_migration_of_another_server_is_waited_for_and_a_frozen_one_is_dropped() {
    let url = before_0012().await;
    let mut other = dial(&options(&url).unwrap().application_name("rival")).await.unwrap();
    let mut migration = begin_alone(&mut other).await.unwrap();
    let limits =
        "select current_setting('idle_in_transaction_session_timeout') || ' ' || current_setting('lock_timeout')";
    let limits: String = sqlx::raw_sql(limits).fetch_one(&mut *migration).await.unwrap().get(0);
    assert_eq!(limits, "1min 4s");
    let mut opening = opening(&url);
    until(&mut opening, &url, (LOOK_FOR_AN_END, 1)).await;
    migration.rollback().await.unwrap();
    assert!(opening.await.unwrap().is_ready().await.unwrap());
}

/// As behind a firewall that swallows everything, or at a server that is frozen.
#[tokio::test]
async fn a_server_that_takes_the_call_and_says_nothing_is_unreachable() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://dmm@{}/dmm", silent.local_addr().unwrap());
    let error = Store::open(&url).await.unwrap_err();
    assert!(matches!(error, StoreError::Unreachable { .. }), "{error}");
}
