//! Moving house: `dmm migrate --from … --to …`.

use crate::{
    databases,
    house::{House, rest},
};
use dmm::store::Store;
use serde_json::json;
use std::{
    process::{Command, Output, Stdio},
    time::Duration,
};

fn migrate(from: &str, to: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dmm"));
    command.args(["migrate", "--from", from, "--to", to]).env_clear().env("NO_COLOR", "1").stdout(Stdio::null());
    command
}

async fn moved(from: &str, to: &str) -> Output {
    let mut command = migrate(from, to);
    tokio::task::spawn_blocking(move || command.output()).await.expect("it is waited for").expect("dmm starts")
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A house in which something stands in every room.
async fn furnished(torrents: usize) -> House {
    let folder = tempfile::tempdir().expect("a folder").keep();
    let house = House::on(&databases::sqlite(&folder), torrents, torrents / 2).await;
    house.sync(json!({})).await;
    let first = house.get("/api/files?limit=1").await.body["files"][0]["id"].to_string();
    let patch = json!({"folder": "Films/2020", "name": "Mine", "note": "a\u{0}b"});
    house.ask(reqwest::Method::PATCH, &format!("/api/files/{first}"), Some(patch)).await;
    house.post("/api/tokens", json!({"name": "a script"})).await;
    house
        .damage(
            "insert into file_contents (file_id, file_index, path, bytes, selected) \
                select id, 1, '/ä' || char(0), 5, true from files; \
             insert into contents_failures (file_id, user_id, fingerprint, attempts, retry_at, error) \
                select id, user_id, fingerprint, 1, 0, 'x' from files where id % 3 = 0; \
             insert into sync_run_errors (run_id, real_debrid_id, message) select id, null, 'odd' from sync_runs; \
             insert into held_deletions (user_id, run_id, file_id) select f.user_id, r.id, f.id \
                from files f join sync_runs r on r.user_id = f.user_id where f.id % 5 = 0; \
             insert into device_sign_ins (id_hash, sealed_device_code, user_code, verification_url, interval_millis, \
                next_poll_at, expires_at) values (zeroblob(32), x'00ff', 'ABCD', 'https://example.org', 5000, 0, 1); \
             insert into tombstones (file_id, user_id, real_debrid_id, kind, created_at, deleted_at) \
                select 800000, id, 'GONE', 'torrent', 0, 0 from users; \
             update sqlite_sequence set seq = 900000 where name = 'files'",
        )
        .await;
    house
}

/// What a user sees of a house.
async fn seen(house: &House) -> Vec<String> {
    let mut seen = Vec::new();
    for path in [
        "/api/files?limit=500&sort=name",
        "/api/files?folder=Films",
        "/api/duplicates?limit=100",
        "/api/sync/runs",
        "/api/sync/configuration",
        "/api/tokens",
        "/api/files/export",
        "/api/files/7",
    ] {
        let answer = house.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        // PostgreSQL has no character of number zero; an export is a text in which it is escaped once more.
        seen.push(answer.body.to_string().replace("\\\\u0000", "\u{fffd}").replace("\\u0000", "\u{fffd}"));
    }
    seen
}

#[tokio::test]
async fn everything_moves_to_postgresql_and_back_and_nobody_notices() {
    let mut house = furnished(60).await;
    let before = seen(&house).await;
    house.close().await;
    let back = tempfile::tempdir().expect("a folder");
    let mut from = house.config().core.database.database_url;
    for to in [databases::postgres().await, databases::sqlite(back.path())] {
        let output = moved(&from, &to).await;
        assert!(output.status.success(), "{}", words(&output));
        assert!(words(&output).contains("files: 90 rows, the same on both sides"), "{}", words(&output));
        house.move_to(&to).await;
        // The session of before is valid, and all is there.
        assert_eq!(seen(&house).await, before);
        house.close().await;
        // The way back begins with what was there in the first place.
        let again = databases::postgres().await;
        assert!(moved(&from, &again).await.status.success(), "the source was changed");
        from = again;
    }
    house.move_to(&from).await;
    let status = house.sync(json!({"mode": "full"})).await;
    assert_eq!((&status["status"], &status["stats"]["added"]), (&json!("completed"), &json!(0)), "{status}");
    house.assert_equal().await;
    // New entries get numbers that none had before, those long gone included.
    house.simulator.edit(|library| {
        for _ in 0..3 {
            library.add_random_torrent();
        }
    });
    house.sync(json!({})).await;
    house.assert_equal().await;
    assert_eq!(house.count("select count(*) from files where id > 900000").await, 3, "a number was given twice");
}

#[tokio::test]
async fn an_interrupted_move_goes_on_and_no_server_starts_on_half_a_library() {
    let mut house = furnished(4_000).await;
    house.close().await;
    let from = house.config().core.database.database_url;
    let to = databases::postgres().await;
    Store::open(&to).await.expect("the target opens").close().await;
    let mut interrupted = 0;
    for goal in [0, 1_000, 4_000] {
        let mut child = migrate(&from, &to).stderr(Stdio::null()).spawn().expect("dmm starts");
        while child.try_wait().expect("a status").is_none()
            && databases::number(&to, "select count(*) + count(distinct user_id) - 1 from files").await < goal
        {
            rest(Duration::from_millis(5)).await;
        }
        let _ = child.kill();
        child.wait().expect("it ends");
        if databases::number(&to, "select count(*) from moves where finished_at is null").await == 1 {
            interrupted += 1;
            let refused = house.refused_at(&to).await;
            assert!(refused.contains("was not finished") && refused.contains("dmm migrate --from"), "{refused}");
        }
    }
    assert!(interrupted > 0, "no move was caught in the middle");
    let other = furnished(3).await;
    let another = moved(&other.config().core.database.database_url, &to).await;
    assert!(!another.status.success(), "a second house moved in");
    let output = moved(&from, &to).await;
    assert!(output.status.success(), "{}", words(&output));
    house.move_to(&to).await;
    assert_eq!(house.count("select count(*) from files").await, 6_000);
    let again = moved(&from, &to).await;
    assert!(words(&again).contains("in use by another DMM"), "{}", words(&again));
    house.close().await;
    let again = moved(&from, &to).await;
    assert!(!again.status.success() && words(&again).contains("is not empty"), "{}", words(&again));
    databases::forget(&to).await;
}

#[tokio::test]
async fn nobody_moves_in_where_somebody_lives() {
    let mut house = furnished(20).await;
    let mut other = House::on(&databases::postgres().await, 10, 5).await;
    other.sync(json!({})).await;
    house.close().await;
    other.close().await;
    let (from, to) = (house.config().core.database.database_url, other.config().core.database.database_url);
    let output = moved(&from, &to).await;
    assert!(!output.status.success() && words(&output).contains("is not empty"), "{}", words(&output));
    other.restart().await;
    other.assert_equal().await;
    assert_eq!(other.count("select count(*) from users").await, 1);
    assert_eq!(other.sync(json!({})).await["status"], "completed");
}

#[tokio::test]
async fn a_row_that_arrives_changed_is_noticed() {
    let mut house = furnished(20).await;
    house.close().await;
    let from = house.config().core.database.database_url;
    let to = databases::postgres().await;
    Store::open(&to).await.expect("it opens").close().await;
    databases::change(
        &to,
        "create function spoil() returns trigger language plpgsql as $$ \
            begin if new.id = 17 then new.file_size = new.file_size + 1; end if; return new; end $$; \
         create trigger spoil before insert on files for each row execute function spoil()",
    )
    .await;
    let output = moved(&from, &to).await;
    let said = words(&output);
    assert!(!output.status.success() && said.contains("The table files is not the same"), "{said}");
    assert!(!house.refused_at(&to).await.is_empty(), "a server starts on it");
}

/// Only one of the two is a mistake and not a wish.
#[tokio::test]
async fn both_ends_of_a_move_must_be_named() {
    for arguments in [["--from", "sqlite://a.db"], ["--to", "postgres://localhost/dmm"], ["--from", "mysql://a"]] {
        let output = Command::new(env!("CARGO_BIN_EXE_dmm"))
            .arg("migrate")
            .args(arguments)
            .env_clear()
            .output()
            .expect("dmm starts");
        assert_eq!(output.status.code(), Some(2), "{}", words(&output));
    }
}
