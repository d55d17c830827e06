//! Group B: duplicates by SHA-1.

use crate::house::House;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What must be marked: every entry of a hash but the earliest, equal times settled by id.
fn expected(house: &House) -> BTreeMap<String, String> {
    house.simulator.edit(|library| {
        let mut by_hash: BTreeMap<String, Vec<(dmm::domain::Timestamp, String)>> = BTreeMap::new();
        for torrent in library.torrents() {
            by_hash.entry(torrent.hash.to_string()).or_default().push((torrent.added, torrent.id.to_string()));
        }
        let mut marked = BTreeMap::new();
        for mut entries in by_hash.into_values() {
            entries.sort();
            let original = entries[0].1.clone();
            marked.extend(entries.into_iter().skip(1).map(|(_, id)| (id, original.clone())));
        }
        marked
    })
}

async fn marked(house: &House) -> BTreeMap<String, String> {
    let page = house.get("/api/files?duplicates=only&limit=500").await;
    let mut marked = BTreeMap::new();
    for file in page.body["files"].as_array().expect("files") {
        let original = house.get(&format!("/api/files/{}", file["duplicateOf"])).await;
        let id = |value: &Value| value["realDebridId"].as_str().expect("an id").to_owned();
        marked.insert(id(file), id(&original.body));
    }
    marked
}

#[tokio::test]
async fn b1_b2_b3_b5_equal_hashes_of_one_run_are_marked_and_counted_and_none_is_lost() {
    let house = House::with(600, 30).await;
    let status = house.sync(json!({})).await;
    let expected = expected(&house);
    assert!(expected.len() > 10, "the library has too few duplicates to prove anything");
    assert_eq!(marked(&house).await, expected);
    assert_eq!(status["stats"]["duplicates"], expected.len());
    house.assert_equal().await;
}

#[tokio::test]
async fn b4_duplicates_are_found_across_batches_and_runs() {
    let house = House::with(300, 0).await;
    house.sync(json!({"batchSize": 25})).await;
    assert_eq!(marked(&house).await, expected(&house), "across batches");
    let again = house.simulator.edit(|library| {
        let ids: Vec<_> = library.torrents().iter().take(3).map(|torrent| torrent.id).collect();
        ids.into_iter().filter_map(|id| library.add_again(id)).count()
    });
    let status = house.sync(json!({})).await;
    assert_eq!((&status["stats"]["added"], &status["stats"]["duplicates"]), (&json!(again), &json!(again)));
    assert_eq!(marked(&house).await, expected(&house), "across runs");
}

#[tokio::test]
async fn b2_when_the_original_goes_the_next_takes_its_place() {
    let house = House::with(200, 0).await;
    house.sync(json!({})).await;
    let original = expected(&house).into_values().next().expect("a duplicate");
    house.simulator.edit(|library| {
        let id = library.torrents().iter().find(|torrent| torrent.id.to_string() == original).map(|found| found.id);
        library.remove_torrent(id.expect("the original"));
    });
    house.sync(json!({})).await;
    assert_eq!(marked(&house).await, expected(&house));
    house.assert_equal().await;
}

#[tokio::test]
async fn b6_a_known_duplicate_is_refreshed() {
    let house = House::with(200, 0).await;
    house.sync(json!({})).await;
    let duplicate = expected(&house).into_keys().next().expect("a duplicate");
    house.simulator.edit(|library| {
        let id = library.torrents().iter().find(|torrent| torrent.id.to_string() == duplicate).map(|found| found.id);
        library.torrent_mut(id.expect("the duplicate")).expect("it").status = "dead".into();
    });
    let status = house.sync(json!({})).await;
    assert_eq!((&status["stats"]["updated"], &status["stats"]["duplicates"]), (&json!(1), &json!(1)));
    assert_eq!(house.stored().await[&duplicate]["status"], "dead");
    assert!(marked(&house).await.contains_key(&duplicate));
}

#[tokio::test]
async fn b7_detection_can_be_switched_off_and_on_again() {
    let house = House::with(300, 0).await;
    let status = house.sync(json!({"enableDuplicateDetection": false})).await;
    assert_eq!((&status["stats"]["added"], &status["stats"]["duplicates"]), (&json!(300), &json!(0)));
    assert!(marked(&house).await.is_empty());
    let status = house.sync(json!({})).await;
    assert_eq!(status["status"], "completed");
    assert_eq!(marked(&house).await, expected(&house), "what was stored meanwhile stays unmarked");
}

#[tokio::test]
async fn b2_b8_groups_show_the_original_first_and_what_would_be_gained() {
    let house = House::with(600, 60).await;
    house.sync(json!({})).await;
    let mut expected_groups: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (duplicate, original) in expected(&house) {
        expected_groups.entry(original).or_default().insert(duplicate);
    }
    let page = house.get("/api/duplicates?limit=500").await.body;
    let groups = page["groups"].as_array().expect("groups");
    let (mut found, mut total) = (BTreeMap::new(), 0);
    for group in groups {
        let files = group["files"].as_array().expect("files");
        let id = |file: &Value| file["realDebridId"].as_str().expect("an id").to_owned();
        let size = |file: &Value| file["fileSize"].as_i64().expect("a size");
        assert!(files.iter().all(|file| file["sha1Hash"] == group["sha1Hash"]), "{group}");
        assert_eq!(group["reclaimableBytes"], files[1..].iter().map(size).sum::<i64>());
        assert_eq!((&group["entries"], &files[0]["duplicateOf"]), (&json!(files.len()), &Value::Null));
        assert!(files[1..].iter().all(|file| file["duplicateOf"] == files[0]["id"]), "{group}");
        total += files[1..].iter().map(size).sum::<i64>();
        found.insert(id(&files[0]), files[1..].iter().map(id).collect());
    }
    assert_eq!(found, expected_groups);
    let bytes = |group: &Value| group["reclaimableBytes"].as_i64();
    assert!(groups.iter().is_sorted_by(|more, less| bytes(more) >= bytes(less)), "the largest come first");
    assert_eq!(
        (&page["totalGroups"], &page["totalDuplicates"], &page["totalReclaimableBytes"]),
        (&json!(found.len()), &json!(expected(&house).len()), &json!(total))
    );
    let (mut paged, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = house.get(&format!("/api/duplicates?only=groups&limit=7{cursor}")).await.body;
        assert_eq!(page["likely"], json!([]));
        paged.extend(page["groups"].as_array().expect("groups").clone());
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(&paged, groups);
}

#[tokio::test]
async fn b7_b8_groups_say_whether_the_detection_was_on() {
    let house = House::with(300, 0).await;
    house.sync(json!({"enableDuplicateDetection": false})).await;
    let detection = async || {
        let page = house.get("/api/duplicates?only=groups").await.body;
        (page["detection"].clone(), page["totalGroups"].as_i64().expect("a number") > 0)
    };
    assert_eq!(detection().await, (json!("due"), false));
    house.post("/api/sync/configuration", json!({"configuration": {"enableDuplicateDetection": false}})).await;
    assert_eq!(detection().await, (json!("off"), false));
    house.post("/api/sync/configuration", json!({"configuration": {"enableDuplicateDetection": true}})).await;
    house.sync(json!({})).await;
    assert_eq!(detection().await, (json!("on"), true));
}

#[tokio::test]
async fn a_page_of_duplicates_that_cannot_be_read_is_refused_by_name() {
    let house = House::with(3, 0).await;
    for (search, field) in [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("only=sideways", "only"),
        ("colour=red", "colour"),
        ("cursor=nonsense", "cursor"),
        ("likelyCursor=nonsense", "likelyCursor"),
    ] {
        let refused = house.get(&format!("/api/duplicates?{search}")).await;
        assert_eq!(refused.status, reqwest::StatusCode::BAD_REQUEST, "{search}: {refused:?}");
        assert!(refused.body["error"].as_str().is_some_and(|error| error.contains(field)), "{search}: {refused:?}");
    }
}
