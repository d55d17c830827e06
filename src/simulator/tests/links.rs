//! Links, and the rows of `/downloads` that they turn into.

use super::World;
use crate::simulator::{Links, percent};
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test]
async fn item_18_unrestricting_a_link_creates_a_download_row_on_another_server() {
    let world = World::new(1, 0).await;
    let link = world.json("/torrents").await[0]["links"][0].as_str().unwrap().to_owned();
    let body = format!("link={}", percent::encode(&link));
    let answer = world.request("POST", "/unrestrict/link").body(body).send().await.unwrap();
    let made: Value = answer.json().await.unwrap();
    let row = world.json("/downloads").await[0].clone();
    assert_eq!((&row["id"], &row["link"], &row["filesize"]), (&made["id"], &json!(link), &made["filesize"]));
    assert_ne!(row["download"], made["download"]);
}

#[tokio::test]
async fn item_18_a_source_with_several_qualities_leaves_a_row_for_each() {
    let world = World::new(1, 0).await;
    let body = "link=https%3A%2F%2Fwww.youtube.com%2Fwatch";
    let answer = world.request("POST", "/unrestrict/link").body(body).send().await.unwrap();
    let made: Value = answer.json().await.unwrap();
    assert_eq!(made["quality"], "1920x1080");
    assert_eq!(made["alternative"].as_array().map(Vec::len), Some(3));
    let rows = world.json("/downloads").await;
    let mut types: Vec<_> = rows.as_array().unwrap().iter().filter_map(|row| row["type"].as_str()).collect();
    types.sort_unstable();
    assert_eq!(types, ["1280x720", "1920x1080", "426x240", "mp3"]);
}

async fn unrestrict(world: &World, link: &str) -> (u16, Value) {
    let body = format!("link={}", percent::encode(link));
    let answer = world.request("POST", "/unrestrict/link").body(body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// A torrent with several selected files and a link for each.
fn several(world: &World) -> (String, Vec<String>) {
    world.simulator.edit(|library| {
        let several = library.torrents().iter().find(|torrent| torrent.link_list().len() > 2);
        several.map(|torrent| (torrent.id.to_string(), torrent.link_list())).unwrap()
    })
}

#[tokio::test]
async fn item_15_a_knob_makes_every_torrent_an_archive_or_broken() {
    let world = World::new(200, 0).await;
    let (id, links) = several(&world);
    let shown = async |knob: Option<Links>| {
        world.simulator.knobs(|knobs| knobs.shape.links = knob);
        let info = world.json(&format!("/torrents/info/{id}")).await;
        assert_eq!(info["status"], "downloaded");
        let rows = world.json("/torrents?limit=200").await;
        let row = rows.as_array().unwrap().iter().find(|row| row["id"] == id.as_str()).unwrap();
        assert_eq!(row["links"], info["links"]);
        serde_json::from_value::<Vec<String>>(info["links"].clone()).unwrap()
    };
    assert_eq!(shown(None).await, links);
    assert_eq!(shown(Some(Links::First(2))).await, links[..2]);
    assert!(shown(Some(Links::None)).await.is_empty());
    let archive = shown(Some(Links::Archive)).await;
    assert_eq!(archive.len(), 1);
    let (_, made) = unrestrict(&world, &archive[0]).await;
    assert_eq!(made["mimeType"], "application/x-rar-compressed", "{made}");
    assert_eq!(made["filesize"], world.json(&format!("/torrents/info/{id}")).await["bytes"]);
}

#[tokio::test]
async fn item_15_the_first_13_characters_of_a_link_are_the_files_own() {
    let world = World::new(100, 0).await;
    let (id, links) = several(&world);
    let twin = world.simulator.edit(|library| {
        let twin = library.add_again(id.parse().unwrap()).unwrap();
        library.torrent(twin).unwrap().link_list()
    });
    let start = |links: &[String]| links.iter().map(|link| link[..39].to_owned()).collect::<Vec<_>>();
    assert_eq!(start(&twin), start(&links));
    assert_ne!(twin, links);
    let short = &links[0][..39];
    assert_eq!(unrestrict(&world, short).await.0, 200);
}

#[tokio::test]
async fn item_18_a_second_unrestricting_makes_a_new_row_or_gives_the_first() {
    let world = World::new(1, 0).await;
    let link = world.json("/torrents").await[0]["links"][0].as_str().unwrap().to_owned();
    let (_, first) = unrestrict(&world, &link).await;
    assert_ne!(unrestrict(&world, &link).await.1["id"], first["id"]);
    world.simulator.knobs(|knobs| knobs.unrestrict_reuses_row = true);
    let rows = world.ids("/downloads").await;
    let (_, third) = unrestrict(&world, &link).await;
    assert!(rows.contains(&third["id"].as_str().unwrap().to_owned()));
    assert_eq!(world.ids("/downloads").await, rows);
}

#[tokio::test]
async fn item_18_a_link_is_refused_for_every_reason_there_is() {
    let world = World::new(1, 0).await;
    let refused = async |link: &str| {
        let (status, body) = unrestrict(&world, link).await;
        (status, body["error_code"].as_i64())
    };
    assert_eq!(refused("https://nobody.example/file").await, (503, Some(16)));
    assert_eq!(refused("https://real-debrid.com/d/AAAAAAAAAAAAA").await, (503, Some(24)));
    for number in 0..20 {
        assert_eq!(unrestrict(&world, &format!("https://upturnip.example/{number}.zip")).await.0, 200);
    }
    assert_eq!(refused("https://upturnip.example/20.zip").await, (403, Some(23)));
    world.simulator.knobs(|knobs| knobs.infringing_words = vec!["KEPT".to_owned()]);
    assert_eq!(refused("https://bigfilebarn.example/a.kept.zip").await, (451, Some(35)));
    assert_eq!(unrestrict(&world, "https://bigfilebarn.example/a.zip").await.0, 200);
    world.simulator.knobs(|knobs| knobs.unrestrict_refuses = Some(36));
    assert_eq!(refused("https://bigfilebarn.example/a.zip").await, (429, Some(36)));
    assert_eq!(world.ids("/downloads").await.len(), 21, "a refusal left a row");
}

#[tokio::test]
async fn item_19_downloads_age_out_by_themselves() {
    let world = World::new(1, 0).await;
    let link = world.json("/torrents").await[0]["links"][0].as_str().unwrap().to_owned();
    world.simulator.knobs(|knobs| knobs.downloads_age_out_after = Some(Duration::from_hours(72)));
    unrestrict(&world, &link).await;
    assert_eq!(world.ids("/downloads").await.len(), 1);
    world.simulator.advance(Duration::from_hours(71));
    assert_eq!(world.ids("/downloads").await.len(), 1);
    world.simulator.advance(Duration::from_hours(2));
    assert_eq!(world.get("/downloads").await.status(), 204);
    assert_eq!(world.ids("/torrents").await.len(), 1);
}

#[tokio::test]
async fn item_19_a_deleted_torrent_leaves_its_downloads_or_takes_them_along() {
    let world = World::new(3, 0).await;
    let rows = world.json("/torrents").await;
    for row in rows.as_array().unwrap() {
        unrestrict(&world, row["links"][0].as_str().unwrap()).await;
    }
    let delete = async |place: usize| {
        let path = format!("/torrents/delete/{}", rows[place]["id"].as_str().unwrap());
        assert_eq!(world.request("DELETE", &path).send().await.unwrap().status(), 204);
        world.ids("/downloads").await.len()
    };
    assert_eq!(delete(0).await, 3);
    world.simulator.knobs(|knobs| knobs.delete_takes_downloads = true);
    assert_eq!(delete(1).await, 2);
}
