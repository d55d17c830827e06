//! The life of a torrent, and what its information says.

use super::World;
use serde_json::json;
use std::time::Duration;

pub(super) const HASH: &str = "c39fe3eefbdb62da9c27eb6398ff4a7d2e26e7ab";

pub(super) async fn add(world: &World, hash: &str) -> String {
    let magnet = format!("magnet%3A%3Fxt%3Durn%3Abtih%3A{hash}");
    let answer = world.request("POST", "/torrents/addMagnet").body(format!("magnet={magnet}")).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    let body: serde_json::Value = answer.json().await.unwrap();
    let id = body["id"].as_str().unwrap().to_owned();
    assert_eq!(body["uri"], json!(format!("{}/torrents/info/{id}", world.simulator.api_url())));
    id
}

pub(super) async fn select(world: &World, id: &str, files: &str) -> u16 {
    let request = world.request("POST", &format!("/torrents/selectFiles/{id}")).body(format!("files={files}"));
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn item_15_links_belong_to_the_selected_files_in_order_and_the_sizes_add_up() {
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
async fn item_13_a_magnet_becomes_a_download_step_by_step() {
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
async fn item_13_a_cached_torrent_ended_before_it_was_added() {
    let world = World::new(0, 0).await;
    world.simulator.knobs(|knobs| knobs.everything_cached = true);
    let id = add(&world, HASH).await;
    assert_eq!(select(&world, &id, "all").await, 204);
    let info = world.json(&format!("/torrents/info/{id}")).await;
    assert_eq!(info["status"], "downloaded");
    assert!(info["ended"].as_str() < info["added"].as_str(), "{info}");
}

#[tokio::test]
async fn item_13_a_new_torrent_may_be_unknown_for_a_moment() {
    let world = World::new(0, 0).await;
    world.simulator.knobs(|knobs| knobs.info_missing_for = Duration::from_mins(1));
    let path = format!("/torrents/info/{}", add(&world, HASH).await);
    assert_eq!(world.refusal(world.request("GET", &path)).await, (404, 7));
    world.simulator.advance(Duration::from_mins(1));
    assert_eq!(world.get(&path).await.status(), 200);
}

#[tokio::test]
async fn item_13_adding_is_refused_without_a_magnet_and_when_every_slot_is_taken() {
    let world = World::new(0, 0).await;
    let post = |body: &'static str| world.request("POST", "/torrents/addMagnet").body(body);
    assert_eq!(world.refusal(post("")).await, (400, 1));
    assert_eq!(world.refusal(post("magnet=magnet:?xt=urn:btih:12")).await, (400, 2));
    world.simulator.knobs(|knobs| knobs.slots = 0);
    let magnet = "magnet=magnet%3A%3Fxt%3Durn%3Abtih%3Ac39fe3eefbdb62da9c27eb6398ff4a7d2e26e7ab";
    assert_eq!(world.refusal(post(magnet)).await, (509, 21));
}

#[tokio::test]
async fn item_20_what_was_deleted_is_gone_at_once_and_its_downloads_stay() {
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
async fn item_21_instant_availability_is_switched_off() {
    let world = World::new(0, 0).await;
    let request = world.request("GET", &format!("/torrents/instantAvailability/{HASH}/{HASH}"));
    assert_eq!(world.refusal(request).await, (403, 37));
}

#[tokio::test]
async fn item_13_failures_are_ends_from_which_nothing_moves_on() {
    let world = World::new(0, 0).await;
    let minute = Duration::from_mins(1);
    world.simulator.knobs(|knobs| knobs.step_every = Some(minute));
    for status in ["magnet_error", "error", "virus", "dead"] {
        let id = add(&world, HASH).await;
        world.simulator.edit(|library| library.torrent_mut(id.parse().unwrap()).unwrap().status = status.into());
        world.simulator.advance(10 * minute);
        let info = world.json(&format!("/torrents/info/{id}")).await;
        assert_eq!((&info["status"], &info["links"], info.get("ended")), (&json!(status), &json!([]), None));
    }
}

#[tokio::test]
async fn item_13_files_that_are_not_known_yet_are_none_or_absent() {
    let world = World::new(0, 0).await;
    world.simulator.knobs(|knobs| knobs.step_every = Some(Duration::from_hours(1)));
    let path = format!("/torrents/info/{}", add(&world, HASH).await);
    assert_eq!(world.json(&path).await["files"], json!([]));
    world.simulator.knobs(|knobs| knobs.shape.unknown_files_absent = true);
    assert_eq!(world.json(&path).await.get("files"), None);
}

const FILE: &[u8] = b"d4:infod5:filesld6:lengthi5e4:pathl3:sub5:a.txteed6:lengthi7e4:pathl5:b.mkveee4:name3:dir\
    12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaaee";

#[tokio::test]
async fn item_13_a_torrent_file_is_added_with_its_own_infohash_name_and_files() {
    let world = World::new(0, 0).await;
    let put = || world.request("PUT", "/torrents/addTorrent");
    let answer = put().body(FILE).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    let body: serde_json::Value = answer.json().await.unwrap();
    let id = body["id"].as_str().unwrap();
    assert_eq!(body["uri"], json!(format!("{}/torrents/info/{id}", world.simulator.api_url())));
    let info = world.json(&format!("/torrents/info/{id}")).await;
    assert_eq!((&info["status"], &info["filename"]), (&json!("waiting_files_selection"), &json!("dir")));
    assert_eq!(info["hash"], "de1899cd317b32a711bdc0347e5bb9b30a4f17ba");
    assert_eq!(info["files"][1], json!({"id": 2, "path": "/b.mkv", "bytes": 7, "selected": 0}));
    world.simulator.knobs(|knobs| knobs.everything_cached = true);
    assert_eq!(select(&world, id, "2").await, 204);
    let info = world.json(&format!("/torrents/info/{id}")).await;
    assert_eq!((&info["filename"], &info["bytes"], &info["original_bytes"]), (&json!("b.mkv"), &json!(7), &json!(12)));

    let again = add(&world, info["hash"].as_str().unwrap()).await;
    let twin = world.json(&format!("/torrents/info/{again}")).await;
    assert_eq!((&twin["original_filename"], &twin["original_bytes"]), (&json!("dir"), &json!(12)));

    assert_eq!(world.refusal(put().body("no torrent")).await, (400, 30));
    assert_eq!(world.refusal(world.request("POST", "/torrents/addTorrent").body(FILE)).await, (405, 4));
    world.simulator.knobs(|knobs| knobs.infringing_words = vec!["DIR".to_owned()]);
    assert_eq!(world.refusal(put().body(FILE)).await, (451, 35));
    world.simulator.knobs(|knobs| knobs.slots = 0);
    assert_eq!(world.refusal(put().body(FILE)).await, (509, 21));
}
