//! How bodies look, and what is uncertain about them.

use super::World;
use crate::simulator::{Fault, Layout, Rule};
use serde_json::{Value, json};

#[tokio::test]
async fn item_2_bodies_look_like_php_wrote_them() {
    let world = World::new(1, 0).await;
    let text = world.get("/torrents").await.text().await.unwrap();
    assert!(text.starts_with("[\n\t{\n\t\t\"id\": \""), "{text}");
    assert!(text.contains("https:\\/\\/real-debrid.com\\/d\\/"), "{text}");
    assert!(text.contains("\"progress\": 100,"), "{text}");
    world.simulator.knobs(|knobs| knobs.shape.layout = Layout::Compact);
    let text = world.get("/torrents").await.text().await.unwrap();
    assert!(text.starts_with("[{\"id\":\"") && !text.contains('\t'), "{text}");
}

#[tokio::test]
async fn item_3_dates_of_torrents_are_local_time_wearing_a_z_unless_told_otherwise() {
    let world = World::new(1, 1).await;
    let (added, generated) =
        world.simulator.edit(|library| (library.torrents()[0].added, library.downloads()[0].generated));
    let hour_later = added.plus_millis(3_600_000);
    assert_eq!(world.json("/torrents").await[0]["added"], json!(hour_later.to_string()));
    assert_eq!(world.json("/downloads").await[0]["generated"], json!(generated.to_string()));
    world.simulator.knobs(|knobs| knobs.shape.added_is_local = false);
    assert_eq!(world.json("/torrents").await[0]["added"], json!(added.to_string()));
    world.simulator.knobs(|knobs| (knobs.shape.generated_is_local, knobs.shape.utc_offset) = (true, -90));
    let earlier = generated.plus_millis(-5_400_000);
    assert_eq!(world.json("/downloads").await[0]["generated"], json!(earlier.to_string()));
}

#[tokio::test]
async fn item_3_the_time_of_day_is_bare_text_for_anyone() {
    let world = World::new(0, 0).await;
    let ask = async |path| {
        let answer = world.client.get(format!("{}{path}", world.simulator.api_url())).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.text().await.unwrap()
    };
    let iso = ask("/time/iso").await;
    assert!(iso.ends_with("+0100") && iso.len() == 24, "{iso}");
    let time = ask("/time").await;
    assert_eq!((time.len(), &time[10..11]), (19, " "));
    world.simulator.knobs(|knobs| knobs.shape.utc_offset = -330);
    assert!(ask("/time/iso").await.ends_with("-0530"));
}

#[tokio::test]
async fn item_16_a_download_row_can_lack_what_it_lacked_in_2015() {
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
async fn item_24_unknown_fields_and_statuses_can_be_injected() {
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
async fn item_24_a_knob_puts_unknown_fields_and_a_new_word_for_a_status_everywhere() {
    let world = World::new(3, 2).await;
    world.simulator.knobs(|knobs| {
        knobs.shape.extra_fields.insert("mood".to_owned(), json!("new"));
        knobs.shape.renamed_status = Some(("downloaded".to_owned(), "preserved".to_owned()));
    });
    let rows = world.json("/torrents").await;
    let info = world.json(&format!("/torrents/info/{}", rows[0]["id"].as_str().unwrap())).await;
    for body in [&rows[0], &info, &world.json("/downloads").await[1], &world.json("/user").await] {
        assert_eq!(body["mood"], "new", "{body}");
    }
    assert_eq!((&rows[0]["status"], &info["status"]), (&json!("preserved"), &json!("preserved")));
    assert!(rows[0].get("ended").is_some(), "another word must not change what else is shown");
}

#[tokio::test]
async fn item_14_a_list_can_show_the_size_of_all_files_and_the_information_does_not() {
    let world = World::new(100, 0).await;
    let partly = world.simulator.edit(|library| {
        let partly = library.torrents().iter().find(|torrent| torrent.bytes() < torrent.original_bytes());
        partly.map(|torrent| (torrent.id, torrent.bytes(), torrent.original_bytes()))
    });
    let (id, bytes, original) = partly.unwrap();
    let listed = async || {
        let rows = world.json("/torrents").await;
        rows.as_array().unwrap().iter().find(|row| row["id"] == id.as_str()).unwrap()["bytes"].clone()
    };
    assert_eq!(listed().await, json!(bytes));
    world.simulator.knobs(|knobs| knobs.shape.list_shows_original_bytes = true);
    assert_eq!(listed().await, json!(original));
    let info = world.json(&format!("/torrents/info/{id}")).await;
    assert_eq!((&info["bytes"], &info["original_bytes"]), (&json!(bytes), &json!(original)));
}

#[tokio::test]
async fn item_16_what_belongs_to_a_status_is_absent_in_the_others() {
    let world = World::new(0, 0).await;
    for status in ["downloading", "uploading", "magnet_conversion", "queued", "downloaded", "dead"] {
        world.simulator.edit(|library| {
            library.clear();
            let id = library.add_random_torrent();
            library.torrent_mut(id).unwrap().status = status.into();
        });
        let row = world.json("/torrents").await[0].clone();
        let has = |field: &str| row.get(field).is_some();
        let expected = match status {
            "downloading" => (true, true, false),
            "uploading" => (true, false, false),
            "magnet_conversion" => (false, true, false),
            "downloaded" => (false, false, true),
            _ => (false, false, false),
        };
        assert_eq!((has("speed"), has("seeders"), has("ended")), expected, "{status}");
    }
}

#[tokio::test]
async fn item_17_ids_are_of_their_alphabet_and_one_infohash_may_have_several() {
    let world = World::new(200, 0).await;
    let rows = world.json("/torrents?limit=200").await;
    let all = |field: &str| rows.as_array().unwrap().iter().map(|row| row[field].as_str().unwrap()).collect::<Vec<_>>();
    let distinct = |texts: &[&str]| texts.iter().collect::<std::collections::HashSet<_>>().len();
    let (ids, hashes) = (all("id"), all("hash"));
    assert!(ids.iter().all(|id| id.len() == 13 && id.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'))));
    assert!(hashes.iter().all(|hash| hash.len() == 40 && **hash == hash.to_lowercase()));
    assert_eq!(distinct(&ids), 200);
    assert!(distinct(&hashes) < 200);
}

#[tokio::test]
async fn item_23_progress_is_whole_or_a_float_as_told() {
    let world = World::new(0, 0).await;
    world.simulator.edit(|library| {
        let id = library.add_random_torrent();
        library.torrent_mut(id).unwrap().progress = 42.5;
    });
    assert_eq!(world.json("/torrents").await[0]["progress"], json!(42));
    world.simulator.knobs(|knobs| knobs.shape.float_progress = true);
    assert_eq!(world.json("/torrents").await[0]["progress"], json!(42.5));
}

#[tokio::test]
async fn item_4_refusals_have_the_code_and_the_status_that_are_seen_together() {
    let world = World::new(1, 0).await;
    let refused = async |code| {
        world.simulator.script(Rule::on("/user").answer(Fault::Code(code)));
        let answer = world.get("/user").await;
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let pairs = [
        (-1, 500),
        (1, 400),
        (2, 400),
        (3, 404),
        (4, 405),
        (7, 404),
        (8, 401),
        (9, 403),
        (14, 403),
        (19, 503),
        (21, 509),
        (22, 403),
        (23, 403),
        (24, 503),
        (26, 400),
        (29, 400),
        (30, 400),
        (34, 429),
        (35, 451),
        (36, 429),
        (37, 403),
    ];
    let mut texts = std::collections::HashSet::new();
    for (code, status) in pairs {
        let (seen, body) = refused(code).await;
        assert_eq!((seen, &body["error_code"]), (status, &json!(code)));
        assert_eq!(body.as_object().unwrap().len(), 2, "{body}");
        assert!(texts.insert(body["error"].as_str().unwrap().to_owned()), "{body}");
    }
    world.simulator.knobs(|knobs| {
        let refusals = &mut knobs.refusals;
        (refusals.infringing, refusals.slots, refusals.fair_use, refusals.traffic) = (403, 503, 403, 503);
        knobs.shape.error_details = Some("Ask again".to_owned());
    });
    for (code, status) in [(35, 403), (21, 503), (36, 403), (23, 503)] {
        let (seen, body) = refused(code).await;
        assert_eq!((seen, &body["error_details"]), (status, &json!("Ask again")));
    }
}
