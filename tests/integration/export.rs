//! Exports, over HTTP and by `dmm export`: all of an account's library and nothing else, as it is, to the last byte or
//! visibly not to the end.

use crate::{
    house::{House, rest, within},
    terminal::{Said, dmm, dmm_alone},
};
use dmm::simulator::{Account, Library};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::time::Duration;

/// Names that are hard to write down.
const NAMES: [&str; 8] = [
    "=HYPERLINK(\"http://evil.example\",\"x\")",
    "+1 and, a comma",
    "-dash \"quoted\"",
    "@cell\ttab",
    "'Allo 'Allo!",
    "two\nlines\r\nthree",
    "🎬 ünïcode 漢字",
    "plain; semicolon",
];

/// A synchronised house with hard names and things said of them.
async fn house() -> House {
    let house = House::with(700, 500).await;
    house.simulator.edit(|library| {
        let ids: Vec<_> = library.downloads().iter().take(NAMES.len()).map(|download| download.id).collect();
        for (id, name) in ids.into_iter().zip(NAMES) {
            name.clone_into(&mut library.download_mut(id).expect("it").filename);
        }
    });
    house.sync(json!({})).await;
    let files = house.get("/api/files?limit=8&kind=download").await.body["files"].clone();
    for file in files.as_array().expect("files") {
        let said = json!({"folder": "=Films/2019", "name": "Mine, \"really\"", "note": "=1+1\nsecond, line 🎬"});
        let answer = house.ask(reqwest::Method::PATCH, &format!("/api/files/{}", file["id"]), Some(said)).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    }
    house
}

/// What an export has to say, from the API: every entry in the order of its number.
async fn expected(house: &House) -> Vec<Value> {
    let mut entries = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = house.get(&format!("/api/files?limit=500{cursor}")).await.body;
        for file in page["files"].as_array().expect("files") {
            let mut entry = file.clone();
            entry["organisation"] = json!({"folder": null, "name": null, "note": null});
            entries.push(entry);
        }
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    for entry in house.get("/api/files?limit=500&folder=%3DFilms").await.body["files"].as_array().expect("files") {
        let details = house.get(&format!("/api/files/{}", entry["id"])).await.body;
        let entry = entries.iter_mut().find(|other| other["id"] == entry["id"]).expect("it");
        entry["organisation"] = details["organisation"].clone();
    }
    entries.sort_by_key(|entry| entry["id"].as_i64());
    entries
}

async fn download(house: &House, search: &str) -> reqwest::Response {
    let request = house.http.get(format!("{}/api/files/export{search}", house.base)).bearer_auth(&house.token);
    request.send().await.expect("an answer")
}

fn lines(text: &str) -> Vec<Value> {
    assert!(text.is_empty() || text.ends_with('\n'), "the last line is not whole");
    text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

/// A table read back into the form of NDJSON.
fn table(text: &str) -> Vec<Value> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names = reader.headers().expect("a row of names").clone();
    let mut entries = Vec::new();
    for row in reader.records() {
        let mut entry = json!({"organisation": {}});
        for (name, cell) in names.iter().zip(&row.expect("a row")) {
            let text = || json!(cell.strip_prefix('\'').unwrap_or(cell));
            let value = match name {
                _ if cell.is_empty() => Value::Null,
                "id" | "fileSize" | "duplicateOf" => json!(cell.parse::<i64>().expect("a number")),
                _ => text(),
            };
            match name {
                "folder" | "name" | "note" => entry["organisation"][name] = value,
                _ => entry[name] = value,
            }
        }
        entries.push(entry);
    }
    entries
}

#[tokio::test]
async fn both_formats_hold_the_whole_library_as_it_is_over_http_and_in_the_terminal() {
    let house = house().await;
    let expected = expected(&house).await;
    assert_eq!(expected.len(), 1_200);
    for name in NAMES {
        assert!(expected.iter().any(|entry| entry["filename"] == name), "{name:?} came to be another");
    }
    assert!(expected.iter().any(|entry| entry["organisation"]["note"] == "=1+1\nsecond, line 🎬"));
    assert!(expected.iter().any(|entry| !entry["duplicateOf"].is_null()));
    let today = expected[0]["createdAt"].as_str().expect("a time")[..10].to_owned();
    for (search, kind, extension, read) in [
        ("", "application/x-ndjson", "ndjson", lines as fn(&str) -> Vec<Value>),
        ("?format=ndjson", "application/x-ndjson", "ndjson", lines),
        ("?format=csv", "text/csv; charset=utf-8; header=present", "csv", table),
    ] {
        let answer = download(&house, search).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()["content-type"], kind);
        let disposition = answer.headers()["content-disposition"].to_str().expect("a text").to_owned();
        let names = [format!("attachment; filename=\"dmm-library-{today}.{extension}\"")];
        // Midnight may have passed since.
        assert!(disposition == names[0] || !disposition.contains(&today), "{disposition}");
        assert!(disposition.ends_with(&format!(".{extension}\"")), "{disposition}");
        assert_eq!(answer.headers()["cache-control"], "no-store");
        let text = answer.text().await.expect("a whole body");
        assert_eq!(read(&text), expected, "{search}");
        // The server is at work on the same database meanwhile.
        let said = dmm(&house, &["export", "--format", extension], &[]).await;
        assert_eq!((said.code, said.error.as_str()), (Some(0), ""));
        assert!(said.output == text, "the terminal says another thing than the server");
    }
}

#[tokio::test]
async fn no_cell_of_a_table_begins_like_a_formula() {
    let house = house().await;
    let text = download(&house, "?format=csv").await.text().await.expect("a whole body");
    let mut guarded = 0;
    for row in csv::Reader::from_reader(text.as_bytes()).records() {
        for cell in &row.expect("a row") {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']), "{cell:?} is run by a spreadsheet");
            guarded += usize::from(cell.starts_with('\''));
        }
    }
    // Five of the names, and a folder and a note of eight entries.
    assert_eq!(guarded, 5 + 2 * 8);
}

#[tokio::test]
async fn an_empty_library_is_an_empty_file_or_a_row_of_names() {
    let house = House::with(0, 0).await;
    assert_eq!(download(&house, "").await.text().await.expect("a body"), "");
    let table = download(&house, "?format=csv").await.text().await.expect("a body");
    assert!(
        table.starts_with("id,realDebridId,kind,filename,") && table.ends_with(",folder,name,note\r\n"),
        "{table:?}"
    );
    assert_eq!(table.lines().count(), 1);
}

#[tokio::test]
async fn f5_an_export_holds_one_accounts_library_only_and_needs_its_session() {
    let mut house = House::with(30, 20).await;
    house.sync(json!({})).await;
    house.simulator.add_account(Account::new("other-token", "somebody", Library::generate(2, 7, 4)));
    let other = house.post("/api/auth/token", json!({"token": "other-token"})).await;
    let first = std::mem::replace(&mut house.token, other.body["accessToken"].as_str().expect("a token").to_owned());
    house.sync(json!({})).await;
    let theirs = lines(&download(&house, "").await.text().await.expect("a body"));
    assert_eq!(theirs.len(), 11);
    assert_eq!(theirs, expected(&house).await);
    house.token = first;
    let mine = lines(&download(&house, "").await.text().await.expect("a body"));
    assert_eq!(mine.len(), 50);
    assert_eq!(mine, expected(&house).await);
    house.token = "made-up".to_owned();
    let answer = download(&house, "").await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert!(!answer.headers().contains_key("content-disposition"));
    // In the terminal the account has to be named.
    let said = dmm(&house, &["export"], &[]).await;
    assert_eq!((said.code, said.output.as_str()), (Some(1), ""));
    assert!(said.error.contains("choose one of demo, somebody by --account"), "{}", said.error);
    let said = dmm(&house, &["export", "--account", "nobody"], &[]).await;
    assert!(said.code == Some(1) && said.error.contains("holds demo, somebody"), "{}", said.error);
    let said = dmm(&house, &["export", "--account", "Somebody"], &[]).await;
    assert_eq!((said.code, lines(&said.output)), (Some(0), theirs));
    // A demo account is told from one of the same name at Real-Debrid.
    house
        .damage(
            "insert into users (service, real_debrid_id, username, created_at, updated_at) values ('demo', 1, 'demo', 0, 0)",
        )
        .await;
    let said = dmm(&house, &["export", "--account", "demo:demo"], &[]).await;
    assert_eq!((said.code, said.output.as_str()), (Some(0), ""));
    assert_eq!(lines(&dmm(&house, &["export", "--account", "demo"], &[]).await.output), mine);
}

#[tokio::test]
async fn another_format_and_a_parameter_too_many_are_refused_by_name() {
    let house = House::with(3, 0).await;
    for (search, named) in [("?format=xml", "xml"), ("?fromat=csv", "fromat"), ("?format=CSV", "CSV")] {
        let answer = download(&house, search).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{search}");
        let body: Value = answer.json().await.expect("JSON");
        assert!(body["error"].as_str().is_some_and(|error| error.contains(named)), "{body}");
    }
}

/// A house whose export is larger than all buffers between server and client.
async fn large() -> House {
    let house = House::with(2_000, 1_000).await;
    house.sync(json!({})).await;
    house
        .damage(
            "insert into file_organisation (file_id, user_id, note, updated_at)
             select id, user_id, printf('%.*c', 10000, 'x'), 0 from files",
        )
        .await;
    house
}

#[tokio::test]
async fn a_slow_client_holds_no_snapshot_so_that_the_log_can_be_emptied() {
    let house = large().await;
    let mut slow = download(&house, "").await;
    let first = slow.chunk().await.expect("a chunk").expect("a chunk");
    let store = house.store().await;
    for _ in 0..3 {
        rest(Duration::from_millis(100)).await;
        let (busy, ..): (i64, i64, i64) =
            sqlx::query_as("pragma wal_checkpoint(truncate)").fetch_one(store.writer()).await.expect("a checkpoint");
        assert_eq!(busy, 0, "somebody reads from the log");
    }
    // What comes meanwhile is no harm to what is under way.
    sqlx::raw_sql("update files set status = 'dead'").execute(store.writer()).await.expect("a write");
    store.close().await;
    let mut whole = first.to_vec();
    while let Some(chunk) = slow.chunk().await.expect("the rest") {
        whole.extend_from_slice(&chunk);
    }
    let entries = lines(&String::from_utf8(whole).expect("UTF-8"));
    assert_eq!(entries.len(), 3_000);
    assert!(entries.is_sorted_by_key(|entry| entry["id"].as_i64()));
    assert!(entries[0]["status"] != "dead" && entries[2_999]["status"] == "dead", "it was no slow client");
}

#[tokio::test]
async fn a_failure_in_the_middle_breaks_the_transfer_off() {
    let house = large().await;
    for search in ["", "?format=csv"] {
        let mut answer = download(&house, search).await;
        assert_eq!(answer.status(), StatusCode::OK);
        answer.chunk().await.expect("a chunk").expect("a chunk");
        house.damage("alter table file_organisation rename to gone").await;
        let end = within(Duration::from_secs(30), async {
            loop {
                match answer.chunk().await {
                    Ok(Some(_)) => {}
                    Ok(None) => return Ok(()),
                    Err(error) => return Err(error),
                }
            }
        })
        .await
        .expect("it ends");
        assert!(end.is_err(), "{search}: a part was given as the whole");
        // Before anything is sent, the failure is told with a status.
        assert_eq!(download(&house, search).await.status(), StatusCode::SERVICE_UNAVAILABLE);
        house.damage("alter table gone rename to file_organisation").await;
    }
}

#[tokio::test]
async fn an_export_while_a_sync_writes_meets_every_entry_once() {
    let house = House::with(3_000, 0).await;
    house.sync(json!({})).await;
    house.simulator.edit(|library| {
        let ids: Vec<_> = library.torrents().iter().map(|torrent| torrent.id).collect();
        for id in ids {
            library.torrent_mut(id).expect("it").status = "virus".into();
        }
        for _ in 0..500 {
            library.add_random_torrent();
        }
    });
    let before: Vec<_> = lines(&download(&house, "").await.text().await.expect("a body"));
    house.start(json!({"mode": "full", "batchSize": 25})).await;
    let mut exports = 0;
    while house.status().await["status"] == "running" {
        let entries = lines(&download(&house, "").await.text().await.expect("a body"));
        let ids: Vec<_> = entries.iter().map(|entry| entry["id"].as_i64()).collect();
        assert!(ids.is_sorted_by(|one, other| one < other), "an entry was met twice");
        let is_there = |entry: &&Value| ids.binary_search(&entry["id"].as_i64()).is_ok();
        assert_eq!(before.iter().filter(is_there).count(), before.len(), "an entry was missed");
        exports += 1;
    }
    assert!(exports > 0, "the sync was over before the first export");
}

#[tokio::test]
async fn an_export_that_is_not_read_to_its_end_ends_quietly() {
    let house = large().await;
    let database = house.config().core.database.database_url;
    let script = format!("set -o pipefail; {} export | head -n 1", env!("CARGO_BIN_EXE_dmm"));
    let Said { code, output, error } = dmm_alone("bash", &["-c", &script], &[("DATABASE_URL", &database)]).await;
    assert_eq!((code, error.as_str()), (Some(0), ""));
    assert_eq!(lines(&output).len(), 1);
    let (full, database) = ("/dev/full", [("DATABASE_URL", database.as_str())]);
    let script = format!("{} export > {full}", env!("CARGO_BIN_EXE_dmm"));
    let said = dmm_alone("bash", &["-c", &script], &database).await;
    assert!(said.code == Some(1) && said.error.contains("free some space"), "{}", said.error);
}

#[tokio::test]
async fn a_database_that_is_missing_or_of_another_version_is_told_and_not_touched() {
    let house = House::with(3, 0).await;
    let export = async || dmm(&house, &["export"], &[]).await;
    let store = house.store().await;
    let change = async |sql: &'static str| {
        sqlx::raw_sql(sql).execute(store.writer()).await.expect("it changes");
    };
    change(
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
         values (9999, 'to come', true, x'00', 0)",
    )
    .await;
    let said = export().await;
    assert!(said.code == Some(1) && said.error.contains("newer version"), "{}", said.error);
    change("delete from _sqlx_migrations where version = 9999").await;
    assert_eq!(export().await.code, Some(0));
    // As a database of the version before has it.
    change("delete from _sqlx_migrations where version = (select max(version) from _sqlx_migrations)").await;
    let said = export().await;
    assert!(said.code == Some(1) && said.error.contains("dmm migrate"), "{}", said.error);
    store.close().await;
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| format!("sqlite://{}", folder.path().join(name).display());
    let said = dmm(&house, &["export"], &[("DATABASE_URL", &at("none.db"))]).await;
    assert!(said.code == Some(1) && said.error.contains("There is no database"), "{}", said.error);
    std::fs::write(folder.path().join("empty.db"), "").expect("a file");
    let said = dmm(&house, &["export"], &[("DATABASE_URL", &at("empty.db"))]).await;
    assert!(said.code == Some(1) && said.error.contains("holds no DMM library"), "{}", said.error);
    std::fs::write(folder.path().join("rubbish.db"), vec![b'x'; 8192]).expect("a file");
    let said = dmm(&house, &["export"], &[("DATABASE_URL", &at("rubbish.db"))]).await;
    assert!(said.code == Some(1) && said.error.contains("damaged"), "{}", said.error);
    let left: Vec<_> =
        std::fs::read_dir(folder.path()).expect("a folder").map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "something was created: {left:?}");
}
