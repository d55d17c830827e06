//! What is kept of runs, and what they made of the library, counted.

use crate::house::House;
use dmm::simulator::{Account, Fault, Knobs, Library, Options, Rule};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Files, bytes, and the same of duplicates, by kind, status and sort of content.
type Shares = BTreeMap<(String, String, String), [i64; 4]>;

async fn counted(house: &House) -> (Value, Shares) {
    let answer = house.get("/api/statistics").await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    let word = |share: &Value, field: &str| share[field].as_str().expect("a word").to_owned();
    let shares = answer.body["library"].as_array().expect("shares").iter().map(|share| {
        let number = |value: &Value| value.as_i64().expect("a number");
        let amounts = [
            number(&share["files"]),
            number(&share["bytes"]),
            number(&share["duplicates"]["files"]),
            number(&share["duplicates"]["bytes"]),
        ];
        ((word(share, "kind"), word(share, "status"), word(share, "media")), amounts)
    });
    let shares = shares.collect();
    (answer.body, shares)
}

/// The same, counted from every stored entry as the API shows it.
async fn recounted(house: &House) -> Shares {
    let mut shares = Shares::new();
    let mut cursor = String::new();
    loop {
        let page = house.get(&format!("/api/files?limit=500&sort=name{cursor}")).await.body;
        for file in page["files"].as_array().expect("files") {
            let media = match file["mimeType"].as_str() {
                None => "unknown",
                Some(mime) if mime.starts_with("video/") => "video",
                Some(mime) if mime.starts_with("audio/") => "audio",
                Some(mime) if mime.starts_with("image/") => "image",
                Some(mime) if mime.starts_with("text/") || mime.contains("subrip") || mime.contains("pdf") => {
                    "document"
                }
                Some(mime) if mime.contains("epub") => "document",
                Some(mime) if ["zip", "rar", "7z", "tar", "iso9660"].iter().any(|it| mime.contains(it)) => "archive",
                Some(_) => "other",
            };
            let word = |field: &str| file[field].as_str().expect("a word").to_owned();
            let share = shares.entry((word("kind"), word("status"), media.to_owned())).or_default();
            let size = file["fileSize"].as_i64().expect("a size");
            let marked = i64::from(!file["duplicateOf"].is_null());
            for (sum, more) in share.iter_mut().zip([1, size, marked, marked * size]) {
                *sum += more;
            }
        }
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return shares,
        }
    }
}

#[tokio::test]
async fn what_is_counted_equals_a_recount_after_every_sort_of_run() {
    let house = House::with(300, 120).await;
    assert_eq!(counted(&house).await.1, Shares::new(), "something was counted before the first run");
    house.sync(json!({})).await;
    let (first, shares) = counted(&house).await;
    assert_eq!(shares, recounted(&house).await);
    assert!(shares.values().any(|amounts| amounts[2] > 0), "the library has no duplicates: {shares:?}");

    house.sync(json!({})).await;
    let (second, unchanged) = counted(&house).await;
    assert_eq!(unchanged, shares);
    assert_ne!(second["asOf"], first["asOf"], "what still holds is not said to hold");

    house.simulator.edit(|library| {
        for _ in 0..7 {
            library.add_random_torrent();
        }
        let changed = library.torrents()[40].id;
        library.torrent_mut(changed).expect("it").status = "virus".into();
    });
    let status = house.sync(json!({})).await;
    assert_eq!(status["stats"]["added"], 7, "{status:#}");
    assert_eq!(counted(&house).await.1, recounted(&house).await, "after an incremental run");

    house.simulator.edit(|library| {
        let gone: Vec<_> = library.torrents().iter().take(9).map(|torrent| torrent.id).collect();
        for id in gone {
            library.remove_torrent(id);
        }
    });
    let status = house.sync(json!({})).await;
    assert_eq!(status["stats"]["deleted"], 9, "{status:#}");
    assert_eq!(counted(&house).await.1, recounted(&house).await, "after deletions");
    house.sync(json!({"mode": "full"})).await;
    assert_eq!(counted(&house).await.1, recounted(&house).await, "after a full run");
}

#[tokio::test]
async fn duplicates_that_are_marked_later_are_counted_although_no_entry_changed() {
    let house = House::with(200, 0).await;
    house.sync(json!({"enableDuplicateDetection": false})).await;
    assert!(counted(&house).await.1.values().all(|amounts| amounts[2] == 0));
    let status = house.sync(json!({})).await;
    assert_eq!(status["stats"]["updated"], 0, "{status:#}");
    let (_, shares) = counted(&house).await;
    assert!(shares.values().any(|amounts| amounts[2] > 0), "{shares:?}");
    assert_eq!(shares, recounted(&house).await);
}

#[tokio::test]
async fn what_a_failed_run_left_behind_is_counted_by_the_next_that_completes_and_finds_nothing_to_do() {
    let house = House::with(200, 0).await;
    house.sync(json!({"enableDuplicateDetection": false})).await;
    let (_, before) = counted(&house).await;
    house.simulator.edit(|library| {
        library.add_random_torrent();
    });
    // It stores everything, and fails when it is about to remember the list.
    house.refuse("insert on listings", "true").await;
    let status = house.sync(json!({"enableDuplicateDetection": false})).await;
    assert_eq!((&status["status"], &status["stats"]["added"]), (&json!("error"), &json!(1)), "{status:#}");
    house.allow_rows("listings").await;
    let (_, after) = counted(&house).await;
    assert_eq!(after, before, "a failed run counted");
    let status = house.sync(json!({"enableDuplicateDetection": false})).await;
    assert_eq!((&status["status"], &status["stats"]["added"]), (&json!("completed"), &json!(0)), "{status:#}");
    assert_eq!(counted(&house).await.1, recounted(&house).await);
}

#[tokio::test]
async fn the_history_says_who_asked_what_came_of_it_and_goes_on_page_by_page() {
    let house = House::with(5, 0).await;
    for _ in 0..4 {
        house.sync(json!({})).await;
    }
    house.simulator.script(Rule::on("/torrents").times(20).answer(Fault::Code(8)));
    house.sync(json!({})).await;
    let (mut seen, mut before) = (Vec::new(), String::new());
    loop {
        let page = house.get(&format!("/api/sync/runs?limit=2{before}")).await.body;
        seen.extend(page["runs"].as_array().expect("runs").clone());
        match page["nextCursor"].as_str() {
            Some(cursor) => before = format!("&before={cursor}"),
            None => break,
        }
    }
    let ids: Vec<i64> = seen.iter().map(|run| run["id"].as_str().expect("an id").parse().expect("a number")).collect();
    assert_eq!(ids, [5, 4, 3, 2, 1]);
    assert!(seen.iter().all(|run| run["startedBy"] == "user"), "{seen:#?}");
    assert_eq!((&seen[0]["status"], &seen[0]["filesFailed"]), (&json!("error"), &json!(0)));
    assert_eq!(seen[0]["error"], seen[0]["errors"][0]);
    assert_eq!((&seen[4]["filesAdded"], &seen[4]["error"]), (&json!(5), &Value::Null));
    assert_eq!(seen[4]["summary"], "5 added of 5 entries.");
    let (statistics, _) = counted(&house).await;
    assert_eq!(statistics["changes"].as_array().map(Vec::len), Some(1), "{statistics:#}");
    let growth = statistics["growth"].as_array().expect("growth");
    assert!(growth.iter().all(|size| size["files"] == 5 && size["bytes"].as_i64() > Some(0)), "{growth:#?}");
}

#[tokio::test]
async fn one_account_sees_nothing_of_anothers_history() {
    let mut house = House::with(20, 0).await;
    house.sync(json!({})).await;
    house.simulator.add_account(Account::new("other-token", "somebody", Library::generate(2, 3, 0)));
    let other = house.post("/api/auth/token", json!({"token": "other-token"})).await;
    house.token = other.body["accessToken"].as_str().unwrap().to_owned();
    let nothing = json!({"asOf": null, "library": [], "growth": [], "changes": []});
    assert_eq!(house.get("/api/statistics").await.body, nothing);
    assert_eq!(house.get("/api/sync/runs").await.body, json!({"runs": [], "nextCursor": null}));
    let page = house.http.get(format!("{}/history/1", house.base)).bearer_auth(&house.token).send().await.unwrap();
    assert_eq!(page.status(), StatusCode::NOT_FOUND);
    house.sync(json!({})).await;
    let (_, shares) = counted(&house).await;
    assert_eq!(shares.values().map(|amounts| amounts[0]).sum::<i64>(), 3);
}

#[tokio::test]
async fn d2_an_automatic_run_is_told_from_one_by_hand() {
    let options = Options { torrents: 3, downloads: 0, knobs: Knobs::unlimited(), ..Options::default() };
    let house = House::with_options(options).await;
    house.sync(json!({})).await;
    // The last run is long over, so the next is due.
    house.damage("update sync_runs set started_at = started_at - 86400000, ended_at = ended_at - 86400000").await;
    let status = house.until(|status| status["id"] == "2" && status["status"] == "completed").await;
    let runs = house.get("/api/sync/runs").await.body["runs"].clone();
    assert_eq!((&runs[0]["startedBy"], &runs[1]["startedBy"]), (&json!("schedule"), &json!("user")), "{status:#}");
}

#[tokio::test]
async fn e6_the_page_shows_the_first_entries_that_failed_and_the_page_of_the_run_all_of_them() {
    let house = House::with(60, 0).await;
    house.refuse("insert on files", "new.kind = 'torrent'").await;
    let status = house.sync(json!({"batchSize": 25})).await;
    assert_eq!(status["stats"]["errors"], 60, "{status:#}");
    let page = async |address: &str| {
        let request = house.http.get(format!("{}{address}", house.base)).bearer_auth(&house.token);
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK, "{address}");
        answer.text().await.expect("a page")
    };
    let named = |page: &str| page.matches("refused for the test").count();
    let list = page("/history").await;
    assert_eq!(named(&list), 3, "{list}");
    assert!(list.contains("60 entries could not be stored") && list.contains("/history/1#errors"), "{list}");
    assert_eq!(named(&page("/history/1").await), 60);
    let runs = house.get("/api/sync/runs").await.body;
    assert_eq!(runs["runs"][0]["errors"].as_array().map(Vec::len), Some(60));
    assert_eq!(runs["runs"][0]["filesFailed"], 60);
}
