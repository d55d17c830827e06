//! What PostgreSQL alone is asked for: accounts kept apart by the database itself, one program alone, and the addresses that
//! people have.

use crate::{
    databases::{self, postgres_connection as connection},
    house::House,
};
use dmm::{
    domain::FileQuery,
    simulator::{Account, Library},
    store::{Claim, Store},
};
use serde_json::json;
use sqlx::{AssertSqlSafe, Executor as _, PgConnection, Row};

/// Tables that hold something of an account, and how its rows are known there.
const OF_ACCOUNTS: [(&str, &str); 19] = [
    ("users", "id"),
    ("oauth_tokens", "user_id"),
    ("sessions", "user_id"),
    ("sync_configuration", "user_id"),
    ("sync_runs", "user_id"),
    ("sync_run_errors", "(select user_id from sync_runs r where r.id = run_id)"),
    ("listings", "user_id"),
    ("files", "user_id"),
    ("file_contents", "(select user_id from files f where f.id = file_id)"),
    ("file_organisation", "user_id"),
    ("tombstones", "user_id"),
    ("settled_lists", "user_id"),
    ("contents_failures", "user_id"),
    ("held_deletions", "user_id"),
    ("library_shares", "user_id"),
    ("library_counts", "user_id"),
    ("file_counts", "user_id"),
    ("leases", "user_id"),
    ("paces", "user_id"),
];

async fn number(connection: &mut PgConnection, sql: String) -> i64 {
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(connection).await.expect("a number")
}

/// Two accounts on PostgreSQL, each with a row in every table.
async fn two_accounts() -> House {
    let mut house = House::on(&databases::postgres().await, 30, 20).await;
    for (token, name) in [(house.simulator.token().to_owned(), "alice"), ("bobs-token".to_owned(), "bob")] {
        if name == "bob" {
            house.simulator.add_account(Account::new(&token, name, Library::generate(7, 20, 10)));
        }
        let answer = house.post("/api/auth/token", json!({"token": token})).await;
        answer.body["accessToken"].as_str().expect("a token").clone_into(&mut house.token);
        house.sync(json!({})).await;
    }
    house
        .damage(
            "insert into file_contents (file_id, file_index, path, bytes, selected) \
            select id, 1, '/a', 1, true from files on conflict do nothing; \
         insert into contents_failures (file_id, user_id, fingerprint, attempts, retry_at, error) \
            select id, user_id, fingerprint, 1, 0, 'x' from files; \
         insert into file_organisation (file_id, user_id, folder, updated_at) select id, user_id, 'x', 0 from files; \
         insert into tombstones (file_id, user_id, real_debrid_id, kind, created_at, deleted_at) \
            select id + 100000, user_id, 'gone', 'torrent', 0, 0 from files; \
         insert into held_deletions (user_id, run_id, file_id) select f.user_id, r.id, f.id \
            from files f join sync_runs r on r.user_id = f.user_id; \
         insert into sync_run_errors (run_id, real_debrid_id, message) select id, 'x', 'x' from sync_runs; \
         insert into sync_configuration select u.id, false, 30, 100, true, 60000, 3, 0 from users u \
            on conflict do nothing; \
         insert into paces (user_id, state) select id, 'x' from users on conflict do nothing;",
        )
        .await;
    house
}

/// What a role that DMM works in sees of each table, and what there is.
async fn assert_apart(url: &str, role: &str) {
    let mut all = connection(url).await;
    let accounts: Vec<i64> =
        sqlx::query_scalar("select id from users order by id").fetch_all(&mut all).await.expect("accounts");
    assert_eq!(accounts.len(), 2, "{accounts:?}");
    let mut theirs = connection(url).await;
    theirs.execute(AssertSqlSafe(format!("set role {role}"))).await.expect("the role");
    for (table, owner) in OF_ACCOUNTS {
        for account in &accounts {
            theirs.execute(AssertSqlSafe(format!("set dmm.account = '{account}'"))).await.expect("an account");
            let of_it = number(&mut all, format!("select count(*) from {table} where {owner} = {account}")).await;
            let seen = number(&mut theirs, format!("select count(*) from {table}")).await;
            assert!(of_it > 0, "{table} holds nothing of {account}, so nothing is proved");
            assert_eq!(seen, of_it, "without a condition, account {account} sees another's rows of {table}");
            let forgot = format!("with gone as (delete from {table} returning 1) select count(*) from gone");
            theirs.execute("begin").await.expect("a transaction");
            let gone: Result<i64, _> = sqlx::query_scalar(AssertSqlSafe(forgot)).fetch_one(&mut theirs).await;
            assert!(gone.is_ok_and(|gone| gone <= of_it), "account {account} deletes another's rows of {table}");
            theirs.execute("rollback").await.expect("undone");
        }
        theirs.execute("reset dmm.account").await.expect("nobody");
        assert_eq!(number(&mut theirs, format!("select count(*) from {table}")).await, 0, "{table} is seen by nobody");
    }
    theirs.execute(AssertSqlSafe(format!("set dmm.account = '{}'", accounts[0]))).await.expect("an account");
    let foreign =
        format!("insert into listings values ({}, 'torrent', 1, 1, true) on conflict do nothing", accounts[1]);
    assert!(theirs.execute(AssertSqlSafe(foreign)).await.is_err(), "a row is put among another's");
    let moved = format!("update files set user_id = {}", accounts[1]);
    assert!(theirs.execute(AssertSqlSafe(moved)).await.is_err(), "rows are given to another");
    let waiting = number(&mut theirs, "select count(*) from device_sign_ins".to_owned()).await;
    assert_eq!(waiting, 0, "sign-ins are nobody's yet");
}

#[tokio::test]
async fn a_query_that_forgot_its_condition_meets_nothing_of_others() {
    let mut house = two_accounts().await;
    house.close().await;
    assert_apart(&house.config().core.database.database_url, "dmm_application").await;
}

/// As most people have it: a role that owns its database and nothing else.
#[tokio::test]
async fn an_owner_that_is_no_superuser_is_held_to_the_same() {
    let url = databases::postgres().await;
    let name = url.rsplit_once('/').expect("a name").1.to_owned();
    let mut server = connection(&url).await;
    let role = format!("{name}_owner");
    for statement in [format!("create role {role} login"), format!("alter database {name} owner to {role}")] {
        server.execute(AssertSqlSafe(statement)).await.expect("a role");
    }
    let theirs = url.replace("dmm_owner@", &format!("{role}@"));
    let mut house = House::on(&theirs, 10, 5).await;
    house.sync(json!({})).await;
    house.assert_equal().await;
    house.close().await;
    let mut plain = connection(&theirs).await;
    assert_eq!(number(&mut plain, "select count(*) from files".to_owned()).await, 0, "the owner sees everything");
    let roles = format!("select count(*) from pg_auth_members where member = '{role}'::regrole");
    assert_eq!(number(&mut server, roles).await, 0, "it needed another role");
}

#[tokio::test]
async fn every_table_has_its_policy() {
    let url = databases::postgres().await;
    Store::open(&url).await.expect("the database opens").close().await;
    let rows = sqlx::query(
        "select c.relname, c.relrowsecurity and c.relforcerowsecurity as is_kept, \
            (select count(*) from pg_policy p where p.polrelid = c.oid) as policies \
         from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace",
    )
    .fetch_all(&mut connection(&url).await)
    .await
    .expect("tables");
    assert_eq!(rows.len(), OF_ACCOUNTS.len() + 5, "a new table: name it in this test");
    for row in rows {
        let table: String = row.get("relname");
        let is_kept: bool = row.get("is_kept");
        assert!(table == "_sqlx_migrations" || is_kept && row.get::<i64, _>("policies") == 1, "{table}");
    }
}

#[tokio::test]
async fn whoever_must_have_a_database_alone_has_it_alone() {
    let url = databases::postgres().await;
    let claim = Claim::on(&url).await.expect("it is free");
    let refused = Claim::beside(&url).await.expect_err("it is taken").to_string();
    assert!(refused.contains("in use by another DMM server"), "{refused}");
    let refused = Claim::on(&url).await.expect_err("it is taken").to_string();
    assert!(refused.contains("in use by another DMM server") && !refused.contains("dmm_owner"), "{refused}");
    // Another database of the same server is another house.
    Claim::on(&databases::postgres().await).await.expect("it is free");
    drop(claim);
    let free = async {
        while Claim::on(&url).await.is_err() {
            crate::house::rest(std::time::Duration::from_millis(20)).await;
        }
    };
    crate::house::within(std::time::Duration::from_secs(10), free).await.expect("it is free again");
}

#[tokio::test]
async fn a_pooler_may_give_every_transaction_another_connection() {
    let url = databases::postgres().await;
    let name = url.rsplit_once('/').expect("a name").1;
    let pooler = databases::pooler().rsplit_once('/').expect("an address").0.to_owned();
    let mut house = House::on(&format!("{pooler}/{name}"), 300, 200).await;
    for _ in 0..3 {
        house.sync(json!({"mode": "full"})).await;
        house.assert_equal().await;
        house.restart().await;
    }
    let (pages, status) = tokio::join!(
        futures::future::join_all((0..40).map(|_| house.get("/api/files?limit=50&sort=name"))),
        house.sync(json!({"mode": "full"})),
    );
    assert_eq!(status["status"], "completed", "{status}");
    assert!(pages.iter().all(|page| page.body["total"] == 500), "{pages:?}");
}

#[tokio::test]
async fn an_address_may_name_a_socket_and_whether_to_encrypt() {
    let url = databases::postgres().await;
    let (server, name) = url.rsplit_once('/').expect("a name");
    let port = server.rsplit_once(':').expect("a port").1;
    let mut direct = connection(&url).await;
    let folder: String =
        sqlx::query_scalar("show unix_socket_directories").fetch_one(&mut direct).await.expect("a setting");
    let socket = format!("postgres:///{name}?host={folder}&port={port}&user=dmm_owner");
    let encoded = format!("postgresql://dmm_owner@{}:{port}/{name}", folder.replace('/', "%2F"));
    for address in [&socket, &encoded, &format!("{url}?sslmode=disable"), &format!("{url}?sslmode=prefer")] {
        let store = Store::open(address).await.unwrap_or_else(|error| panic!("{address}: {error}"));
        assert!(store.is_ready().await.expect("it answers"), "{address}");
        assert_eq!(store.files(1, &FileQuery::default()).await.expect("a page").total, 0);
        store.close().await;
    }
    // The tests' server has no certificate; nothing is sent in clear instead.
    let refused = Store::open(&format!("{url}?sslmode=require")).await.expect_err("no TLS").to_string();
    assert!(refused.contains("does not let DMM in") && refused.to_lowercase().contains("tls"), "{refused}");
}

#[tokio::test]
async fn a_database_that_is_not_there_is_made() {
    let url = format!("{}_and_more", databases::postgres().await);
    assert!(Store::open_read_only(&url).await.is_err(), "who only reads makes nothing");
    let _claim = Claim::on(&url).await.expect("it is made and claimed");
    assert!(Store::open(&url).await.expect("it opens").is_ready().await.expect("it answers"));
}

#[tokio::test]
async fn what_is_wrong_with_an_address_is_said_without_its_password() {
    let url = databases::postgres().await;
    let role = format!("{}_reader", url.rsplit_once('/').expect("a name").1);
    let mut server = connection(&url).await;
    server.execute(AssertSqlSafe(format!("create role {role} login"))).await.expect("a role");
    let nowhere = format!("{}/there_is_none", url.rsplit_once('/').expect("a name").0);
    for (address, said) in [
        // Who may not make a database is told that there is none.
        (nowhere.replace("dmm_owner@", &format!("{role}:hush@")), "does not exist"),
        (url.replace("dmm_owner@", "somebody_else:hush@"), "does not exist"),
        ("postgres://dmm:hush@127.0.0.1:1/dmm".to_owned(), "refused"),
    ] {
        let error = Store::open(&address).await.expect_err("it cannot be opened").to_string();
        assert!(error.contains(said) && error.contains("check the address") && !error.contains("hush"), "{error}");
    }
}
