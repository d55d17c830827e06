//! Paging and the shape of rows.

use super::{World, total};
use crate::simulator::{
    Rule,
    knobs::{OverLimit, PastEnd, Total},
};
use serde_json::json;
use std::collections::HashSet;

#[tokio::test]
async fn a_list_without_parameters_is_the_hundred_newest_with_the_total() {
    let world = World::new(120, 0).await;
    let answer = world.get("/torrents").await;
    assert_eq!(total(&answer), Some("120"));
    assert_eq!(answer.headers()["content-type"], "application/json");
    let rows: serde_json::Value = answer.json().await.unwrap();
    let added: Vec<&str> = rows.as_array().unwrap().iter().map(|row| row["added"].as_str().unwrap()).collect();
    assert_eq!(added.len(), 100);
    assert!(added.is_sorted_by(|newer, older| newer >= older), "{added:?}");
}

#[tokio::test]
async fn pages_count_from_one_and_win_over_the_offset() {
    let world = World::new(25, 0).await;
    let all = world.ids("/torrents?limit=100").await;
    assert_eq!(world.ids("/torrents?limit=10&page=3&offset=1").await, all[20..]);
    assert_eq!(world.ids("/torrents?limit=10&offset=4").await, all[4..14]);
    assert_eq!(world.ids("/torrents?limit=10&page=1&filter=").await, all[..10]);
}

#[tokio::test]
async fn a_page_past_the_end_is_204_without_a_body() {
    let world = World::new(10, 0).await;
    for path in ["/torrents?page=2&limit=10", "/downloads"] {
        let answer = world.get(path).await;
        assert_eq!(answer.status(), 204, "{path}");
        assert_eq!(answer.headers().get("content-type"), None);
        assert!(total(&answer).is_some());
        assert_eq!(answer.bytes().await.unwrap().len(), 0);
    }
    world.simulator.knobs(|knobs| knobs.paging.past_end = PastEnd::EmptyArray);
    assert_eq!(world.json("/downloads").await, json!([]));
    world.simulator.knobs(|knobs| knobs.paging.past_end = PastEnd::NotFound);
    assert_eq!(world.refusal(world.request("GET", "/downloads")).await, (404, 7));
}

#[tokio::test]
async fn a_limit_above_the_most_is_clamped_refused_or_served() {
    let world = World::new(5_020, 0).await;
    assert_eq!(world.ids("/torrents?limit=6000").await.len(), 5_000);
    world.simulator.knobs(|knobs| knobs.paging.over_limit = OverLimit::Accept);
    assert_eq!(world.ids("/torrents?limit=6000").await.len(), 5_020);
    world.simulator.knobs(|knobs| knobs.paging.over_limit = OverLimit::Refuse);
    assert_eq!(world.refusal(world.request("GET", "/torrents?limit=6000")).await, (400, 2));
    assert_eq!(world.refusal(world.request("GET", "/torrents?limit=many")).await, (400, 2));
}

#[tokio::test]
async fn the_total_can_be_missing_wrong_or_no_number() {
    let world = World::new(10, 0).await;
    for (knob, expected) in
        [(Total::Missing, None), (Total::Text("many".into()), Some("many")), (Total::Off(-3), Some("7"))]
    {
        world.simulator.knobs(|knobs| knobs.paging.total = knob);
        assert_eq!(total(&world.get("/torrents").await), expected);
    }
}

#[tokio::test]
async fn pages_overlap_overflow_or_skip_when_told_to() {
    let world = World::new(30, 0).await;
    let all = world.ids("/torrents").await;
    world.simulator.knobs(|knobs| knobs.paging.overlap = 2);
    assert_eq!(world.ids("/torrents?limit=10&page=2").await, all[8..20]);
    world.simulator.knobs(|knobs| (knobs.paging.overlap, knobs.paging.surplus) = (0, 3));
    assert_eq!(world.ids("/torrents?limit=10&page=1").await, all[..13]);
    world.simulator.knobs(|knobs| (knobs.paging.surplus, knobs.paging.missing) = (0, 1));
    assert_eq!(world.ids("/torrents?limit=10&page=1").await, all[..9]);
    world.simulator.knobs(|knobs| knobs.paging.empty = true);
    assert_eq!(world.get("/torrents").await.status(), 204);
}

#[tokio::test]
async fn an_entry_deleted_between_two_pages_makes_the_reader_skip_one() {
    let world = World::new(30, 0).await;
    let all = world.ids("/torrents").await;
    world.simulator.script(Rule::on("/torrents").query("page", 1).after(|account| {
        let first = account.library.torrents()[0].id;
        account.library.remove_torrent(first);
    }));
    assert_eq!(world.ids("/torrents?limit=10&page=1").await, all[..10]);
    let second = world.get("/torrents?limit=10&page=2").await;
    assert_eq!(total(&second), Some("29"));
    assert_eq!(second.json::<serde_json::Value>().await.unwrap()[0]["id"], json!(all[11]));
}

#[tokio::test]
async fn an_entry_added_between_two_pages_comes_twice() {
    let world = World::new(0, 30).await;
    world.simulator.script(Rule::on("/downloads").query("page", 2).before(|account| {
        account.library.add_random_download();
    }));
    let first = world.ids("/downloads?limit=10&page=1").await;
    assert_eq!(world.ids("/downloads?limit=10&page=2").await[0], first[9]);
}

#[tokio::test]
async fn only_active_torrents_pass_the_filter() {
    let world = World::new(400, 0).await;
    let rows = world.json("/torrents?filter=active").await;
    let statuses: HashSet<&str> = rows.as_array().unwrap().iter().map(|row| row["status"].as_str().unwrap()).collect();
    assert!(!statuses.is_empty() && !statuses.contains("downloaded") && !statuses.contains("dead"), "{statuses:?}");
    let count = world.json("/torrents/activeCount").await;
    assert_eq!(count["nb"], json!(rows.as_array().unwrap().len()));
    assert_eq!(count["list"][0], rows[0]["hash"]);
}

#[tokio::test]
async fn bodies_look_like_php_wrote_them() {
    let world = World::new(1, 0).await;
    let text = world.get("/torrents").await.text().await.unwrap();
    assert!(text.starts_with("[\n\t{\n\t\t\"id\": \""), "{text}");
    assert!(text.contains("https:\\/\\/real-debrid.com\\/d\\/"), "{text}");
    assert!(text.contains("\"progress\": 100,"), "{text}");
}

#[tokio::test]
async fn a_download_row_can_lack_what_it_lacked_in_2015() {
    let world = World::new(0, 1).await;
    let id = world.simulator.edit(|library| library.downloads()[0].id);
    world.simulator.edit(|library| library.download_mut(id).unwrap().mime_type = None);
    let row = world.json("/downloads").await[0].clone();
    assert!(row["mimeType"].is_null() && row.get("mimeType").is_some() && row.get("host_icon").is_some());
    world.simulator.knobs(|knobs| (knobs.shape.mime_type_absent, knobs.shape.old_downloads) = (true, true));
    let row = world.json("/downloads").await[0].clone();
    for field in ["mimeType", "host_icon", "streamable"] {
        assert_eq!(row.get(field), None, "{field}");
    }
}

#[tokio::test]
async fn unknown_fields_and_statuses_can_be_injected() {
    let world = World::new(3, 0).await;
    let id = world.simulator.edit(|library| library.torrents()[1].id);
    world.simulator.edit(|library| {
        let torrent = library.torrent_mut(id).unwrap();
        torrent.status = "levitating".into();
        torrent.extra = json!({"mood": "new"}).as_object().cloned().map(Box::new);
    });
    let row = world.json("/torrents").await[1].clone();
    assert_eq!((&row["status"], &row["mood"], &row["links"]), (&json!("levitating"), &json!("new"), &json!([])));
}

#[tokio::test]
async fn an_unchanged_page_is_304_for_who_knows_its_etag() {
    let world = World::new(3, 0).await;
    world.simulator.knobs(|knobs| knobs.shape.etag = true);
    let etag = world.get("/torrents").await.headers()["etag"].clone();
    assert_eq!(etag.len(), 40);
    let again = || world.request("GET", "/torrents").header("if-none-match", &etag);
    assert_eq!(again().send().await.unwrap().status(), 304);
    world.simulator.edit(crate::simulator::Library::add_random_torrent);
    assert_eq!(again().send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_large_library_is_read_in_pages_of_five_thousand() {
    let world = World::new(12_000, 0).await;
    let mut ids = HashSet::new();
    for page in 1..=3 {
        ids.extend(world.ids(&format!("/torrents?limit=5000&page={page}")).await);
    }
    assert_eq!(ids.len(), 12_000);
    assert_eq!(world.get("/torrents?limit=5000&page=4").await.status(), 204);
}
