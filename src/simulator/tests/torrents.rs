//! The life of a torrent, and what its information says.

use super::World;
use serde_json::json;
use std::time::Duration;

const HASH: &str = "c39fe3eefbdb62da9c27eb6398ff4a7d2e26e7ab";

async fn add(world: &World, hash: &str) -> String {
    let magnet = format!("magnet%3A%3Fxt%3Durn%3Abtih%3A{hash}");
    let answer = world.request("POST", "/torrents/addMagnet").body(format!("magnet={magnet}")).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    let body: serde_json::Value = answer.json().await.unwrap();
    let id = body["id"].as_str().unwrap().to_owned();
    assert_eq!(body["uri"], json!(format!("{}/torrents/info/{id}", world.simulator.api_url())));
    id
}

async fn select(world: &World, id: &str, files: &str) -> u16 {
    let request = world.request("POST", &format!("/torrents/selectFiles/{id}")).body(format!("files={files}"));
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn links_belong_to_the_selected_files_in_order_and_the_sizes_add_up() {
    let world = World::new(200, 0).await;
    let mut pairs = 0;
    for row in world.json("/torrents?limit=200").await.as_array().unwrap() {
        let info = world.json(&format!("/torrents/info/{}", row["id"].as_str().unwrap())).await;
        for field in ["id", "filename", "hash", "bytes", "links", "added", "status"] {
            assert_eq!(info[field], row[field], "{field}");
        }
        let files = info["files"].as_array().unwrap();
        let selected: Vec<_> = files.iter().filter(|file| file["selected"] == 1).collect();
        let sum: i64 = selected.iter().map(|file| file["bytes"].as_i64().unwrap()).sum();
        if !selected.is_empty() {
            assert_eq!(row["bytes"], json!(sum), "{info}");
        }
        if let [only] = selected.as_slice() {
            assert!(only["path"].as_str().unwrap().ends_with(row["filename"].as_str().unwrap()), "{info}");
        }
        pairs += usize::from(selected.len() > 1 && selected.len() == row["links"].as_array().unwrap().len());
        assert_eq!(
            files.iter().map(|file| file["id"].as_u64().unwrap()).collect::<Vec<_>>(),
            (1..=files.len() as u64).collect::<Vec<_>>()
        );
    }
    assert!(pairs > 20, "only {pairs} torrents have a link for each of several files");
}

#[tokio::test]
async fn a_magnet_becomes_a_download_step_by_step() {
    let world = World::new(0, 0).await;
    let hour = Duration::from_hours(1);
    world.simulator.knobs(|knobs| knobs.step_every = Some(hour));
    let id = add(&world, &HASH.to_uppercase()).await;
    let path = format!("/torrents/info/{id}");
    let info = world.json(&path).await;
    assert_eq!(
        (&info["status"], &info["hash"], &info["files"]),
        (&json!("magnet_conversion"), &json!(HASH), &json!([]))
    );
    assert_eq!(info.get("original_bytes"), None);
    world.simulator.advance(hour);
    let info = world.json(&path).await;
    assert_eq!(info["status"], "waiting_files_selection");
    let (original_name, original_bytes) = (info["original_filename"].clone(), info["original_bytes"].clone());
    assert_eq!(select(&world, &id, "99").await, 404);
    assert_eq!(select(&world, &id, "1").await, 204);
    assert_eq!(select(&world, &id, "1").await, 202);
    let mut statuses = vec![];
    for _ in 0..15 {
        world.simulator.advance(hour);
        let info = world.json(&path).await;
        let loading = info["status"] == "downloading";
        assert_eq!(
            (info.get("seeders").is_some(), info.get("ended").is_some()),
            (loading, info["status"] == "downloaded")
        );
        statuses.push(info["status"].as_str().unwrap().to_owned());
    }
    statuses.dedup();
    assert_eq!(statuses, ["downloading", "compressing", "uploading", "downloaded"]);
    let info = world.json(&path).await;
    assert_eq!((&info["original_filename"], &info["original_bytes"]), (&original_name, &original_bytes));
    assert_eq!((info["links"].as_array().unwrap().len(), &info["bytes"]), (1, &info["files"][0]["bytes"]));
}

#[tokio::test]
async fn a_cached_torrent_ended_before_it_was_added() {
    let world = World::new(0, 0).await;
    world.simulator.knobs(|knobs| knobs.everything_cached = true);
    let id = add(&world, HASH).await;
    assert_eq!(select(&world, &id, "all").await, 204);
    let info = world.json(&format!("/torrents/info/{id}")).await;
    assert_eq!(info["status"], "downloaded");
    assert!(info["ended"].as_str() < info["added"].as_str(), "{info}");
}

#[tokio::test]
async fn a_new_torrent_may_be_unknown_for_a_moment() {
    let world = World::new(0, 0).await;
    world.simulator.knobs(|knobs| knobs.info_missing_for = Duration::from_mins(1));
    let path = format!("/torrents/info/{}", add(&world, HASH).await);
    assert_eq!(world.refusal(world.request("GET", &path)).await, (404, 7));
    world.simulator.advance(Duration::from_mins(1));
    assert_eq!(world.get(&path).await.status(), 200);
}

#[tokio::test]
async fn adding_is_refused_without_a_magnet_and_when_every_slot_is_taken() {
    let world = World::new(0, 0).await;
    let post = |body: &'static str| world.request("POST", "/torrents/addMagnet").body(body);
    assert_eq!(world.refusal(post("")).await, (400, 1));
    assert_eq!(world.refusal(post("magnet=magnet:?xt=urn:btih:12")).await, (400, 2));
    world.simulator.knobs(|knobs| knobs.slots = 0);
    let magnet = "magnet=magnet%3A%3Fxt%3Durn%3Abtih%3Ac39fe3eefbdb62da9c27eb6398ff4a7d2e26e7ab";
    assert_eq!(world.refusal(post(magnet)).await, (509, 21));
}

#[tokio::test]
async fn what_was_deleted_is_gone_at_once_and_its_downloads_stay() {
    let world = World::new(5, 5).await;
    let id = world.ids("/torrents").await[2].clone();
    let delete = || world.request("DELETE", &format!("/torrents/delete/{id}"));
    assert_eq!(delete().send().await.unwrap().status(), 204);
    assert_eq!(world.refusal(delete()).await, (404, 7));
    assert_eq!(world.refusal(world.request("GET", &format!("/torrents/info/{id}"))).await, (404, 7));
    assert!(!world.ids("/torrents").await.contains(&id));
    assert_eq!(world.ids("/downloads").await.len(), 5);
    let download = world.ids("/downloads").await[0].clone();
    let path = format!("/downloads/delete/{download}");
    assert_eq!(world.request("DELETE", &path).send().await.unwrap().status(), 204);
    assert_eq!(world.ids("/downloads").await.len(), 4);
}

#[tokio::test]
async fn unrestricting_a_link_creates_a_download_row_on_another_server() {
    let world = World::new(1, 0).await;
    let link = world.json("/torrents").await[0]["links"][0].as_str().unwrap().to_owned();
    let body = format!("link={}", crate::simulator::percent::encode(&link));
    let answer = world.request("POST", "/unrestrict/link").body(body).send().await.unwrap();
    let made: serde_json::Value = answer.json().await.unwrap();
    let row = world.json("/downloads").await[0].clone();
    assert_eq!((&row["id"], &row["link"], &row["filesize"]), (&made["id"], &json!(link), &made["filesize"]));
    assert_ne!(row["download"], made["download"]);
}

#[tokio::test]
async fn a_source_with_several_qualities_leaves_a_row_for_each() {
    let world = World::new(1, 0).await;
    let body = "link=https%3A%2F%2Fwww.youtube.com%2Fwatch";
    let answer = world.request("POST", "/unrestrict/link").body(body).send().await.unwrap();
    let made: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(made["quality"], "1920x1080");
    assert_eq!(made["alternative"].as_array().map(Vec::len), Some(3));
    let rows = world.json("/downloads").await;
    let mut types: Vec<_> = rows.as_array().unwrap().iter().filter_map(|row| row["type"].as_str()).collect();
    types.sort_unstable();
    assert_eq!(types, ["1280x720", "1920x1080", "426x240", "mp3"]);
}

#[tokio::test]
async fn dates_of_torrents_are_local_time_wearing_a_z_unless_told_otherwise() {
    let world = World::new(1, 1).await;
    let (added, generated) =
        world.simulator.edit(|library| (library.torrents()[0].added, library.downloads()[0].generated));
    let hour_later = added.plus_millis(3_600_000);
    assert_eq!(world.json("/torrents").await[0]["added"], json!(hour_later.to_string()));
    assert_eq!(world.json("/downloads").await[0]["generated"], json!(generated.to_string()));
    world.simulator.knobs(|knobs| knobs.shape.added_is_local = false);
    assert_eq!(world.json("/torrents").await[0]["added"], json!(added.to_string()));
    let iso = world.get("/time/iso").await.text().await.unwrap();
    assert!(iso.ends_with("+0100") && iso.len() == 24, "{iso}");
}

#[tokio::test]
async fn instant_availability_is_switched_off() {
    let world = World::new(0, 0).await;
    let request = world.request("GET", &format!("/torrents/instantAvailability/{HASH}/{HASH}"));
    assert_eq!(world.refusal(request).await, (403, 37));
}
