//! Paging, the order of rows, and what changes between two pages.

use super::{World, total};
use crate::simulator::{
    Knobs, Options, Rule, Simulator,
    knobs::{OverLimit, PastEnd, Total},
};
use serde_json::json;
use std::collections::HashSet;

#[tokio::test]
async fn item_6_a_list_without_parameters_is_the_hundred_newest_with_the_total() {
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
async fn item_6_pages_count_from_one_and_win_over_the_offset() {
    let world = World::new(25, 0).await;
    let all = world.ids("/torrents?limit=100").await;
    assert_eq!(world.ids("/torrents?limit=10&page=3&offset=1").await, all[20..]);
    assert_eq!(world.ids("/torrents?limit=10&offset=4").await, all[4..14]);
    assert_eq!(world.ids("/torrents?limit=10&page=1&filter=").await, all[..10]);
    assert_eq!(world.ids("/torrents?limit=0").await, all);
}

#[tokio::test]
async fn item_7_a_page_past_the_end_is_204_without_a_body() {
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
async fn item_7_an_offset_can_make_every_answer_empty_and_a_204_can_lack_its_total() {
    let world = World::new(10, 0).await;
    world.simulator.knobs(|knobs| knobs.paging.offset_answers_204 = true);
    assert_eq!(world.get("/torrents?offset=0&limit=5").await.status(), 204);
    assert_eq!(world.get("/torrents?page=1&limit=5").await.status(), 200);
    world.simulator.knobs(|knobs| knobs.paging.total_with_204 = false);
    let past = world.get("/torrents?page=9&limit=5").await;
    assert_eq!((past.status().as_u16(), total(&past)), (204, None));
}

#[tokio::test]
async fn item_8_the_newest_come_first_and_ties_are_ordered_by_id() {
    let world = World::new(30, 30).await;
    world.simulator.edit(|library| {
        let tie = library.torrents()[0].added;
        let ids: Vec<_> = library.torrents().iter().take(10).map(|torrent| torrent.id).collect();
        for id in ids {
            assert!(library.change_torrent(id, |torrent| torrent.added = tie));
        }
    });
    let rows = world.json("/torrents").await;
    let key = |row: &serde_json::Value| (std::cmp::Reverse(row["added"].to_string()), row["id"].to_string());
    let keys: Vec<_> = rows.as_array().unwrap().iter().map(key).collect();
    assert!(keys.is_sorted());
    assert_eq!(keys[0].0, keys[9].0);
    let rows = world.json("/downloads").await;
    let dates: Vec<_> = rows.as_array().unwrap().iter().map(|row| row["generated"].to_string()).collect();
    assert!(dates.is_sorted_by(|newer, older| newer >= older));
}

#[tokio::test]
async fn item_6_a_limit_above_the_most_is_clamped_refused_or_served() {
    let world = World::new(5_020, 0).await;
    assert_eq!(world.ids("/torrents?limit=6000").await.len(), 5_000);
    world.simulator.knobs(|knobs| knobs.paging.over_limit = OverLimit::Accept);
    assert_eq!(world.ids("/torrents?limit=6000").await.len(), 5_020);
    world.simulator.knobs(|knobs| knobs.paging.over_limit = OverLimit::Refuse);
    assert_eq!(world.refusal(world.request("GET", "/torrents?limit=6000")).await, (400, 2));
    assert_eq!(world.refusal(world.request("GET", "/torrents?limit=many")).await, (400, 2));
}

#[tokio::test]
async fn item_6_the_total_can_be_missing_wrong_or_no_number() {
    let world = World::new(10, 0).await;
    for (knob, expected) in
        [(Total::Missing, None), (Total::Text("many".into()), Some("many")), (Total::Off(-3), Some("7"))]
    {
        world.simulator.knobs(|knobs| knobs.paging.total = knob);
        assert_eq!(total(&world.get("/torrents").await), expected);
    }
}

#[tokio::test]
async fn item_6_pages_overlap_overflow_or_skip_when_told_to() {
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
async fn item_9_an_entry_deleted_between_two_pages_makes_the_reader_skip_one() {
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
async fn item_9_an_entry_added_between_two_pages_comes_twice() {
    let world = World::new(0, 30).await;
    world.simulator.script(Rule::on("/downloads").query("page", 2).before(|account| {
        account.library.add_random_download();
    }));
    let first = world.ids("/downloads?limit=10&page=1").await;
    assert_eq!(world.ids("/downloads?limit=10&page=2").await[0], first[9]);
}

#[tokio::test]
async fn item_9_forty_deletions_between_page_two_and_three_are_one_line() {
    let world = World::new(200, 0).await;
    world.simulator.script(Rule::between_pages("/torrents", 2, |account| account.library.remove_newest(40)));
    let all = world.ids("/torrents?limit=200").await;
    let page = async |page| world.ids(&format!("/torrents?limit=50&page={page}")).await;
    assert_eq!([page(1).await, page(2).await].concat(), all[..100]);
    assert_eq!(page(3).await, all[140..190], "the rows 100 to 140 are skipped");
    assert_eq!(total(&world.get("/torrents?limit=50&page=4").await), Some("160"));
}

#[tokio::test]
async fn item_9_a_change_can_come_with_every_page() {
    let world = World::new(60, 0).await;
    let grow = |account: &mut crate::simulator::Account| {
        account.library.add_random_torrent();
    };
    world.simulator.script(Rule::on("/torrents").times(3).after_each(grow));
    for expected in ["60", "61", "62", "63", "63"] {
        assert_eq!(total(&world.get("/torrents?limit=10&page=2").await), Some(expected));
    }
}

#[tokio::test]
async fn item_7_only_active_torrents_pass_the_filter() {
    let world = World::new(400, 0).await;
    let rows = world.json("/torrents?filter=active").await;
    let statuses: HashSet<&str> = rows.as_array().unwrap().iter().map(|row| row["status"].as_str().unwrap()).collect();
    assert!(!statuses.is_empty() && !statuses.contains("downloaded") && !statuses.contains("dead"), "{statuses:?}");
    let count = world.json("/torrents/activeCount").await;
    assert_eq!(count["nb"], json!(rows.as_array().unwrap().len()));
    assert_eq!(count["list"][0], rows[0]["hash"]);
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
async fn item_27_a_large_library_is_read_in_pages_of_five_thousand() {
    let world = World::new(12_000, 0).await;
    let mut ids = HashSet::new();
    for page in 1..=3 {
        ids.extend(world.ids(&format!("/torrents?limit=5000&page={page}")).await);
    }
    assert_eq!(ids.len(), 12_000);
    assert_eq!(world.get("/torrents?limit=5000&page=4").await.status(), 204);
}

#[tokio::test]
async fn item_27_fifty_thousand_torrents_and_twice_as_many_downloads_are_served() {
    let simulator = Simulator::in_process(Options { knobs: Knobs::unlimited(), ..Options::large() });
    let mut longest = 0;
    for (list, pages) in [("torrents", 10), ("downloads", 20)] {
        for page in [1, pages] {
            let target = format!("/rest/1.0/{list}?limit=5000&page={page}");
            let reply = simulator.ask(&target, Some(simulator.token())).await;
            assert_eq!((reply.status, reply.total), (200, Some((5_000 * pages).to_string())));
            let rows: Vec<serde_json::Value> = serde_json::from_slice(&reply.body).unwrap();
            assert_eq!(rows.len(), 5_000);
            longest = rows.iter().map(|row| row["filename"].as_str().unwrap().len()).max().unwrap().max(longest);
        }
        let target = format!("/rest/1.0/{list}?limit=5000&page={}", pages + 1);
        assert_eq!(simulator.ask(&target, Some(simulator.token())).await.status, 204);
    }
    assert!(longest > 255, "{longest}");
}
