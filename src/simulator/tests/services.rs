//! What surrounds the library: traffic, hosters, checks of links, media.

use super::World;
use crate::simulator::percent;
use serde_json::{Value, json};

#[tokio::test]
async fn item_22_traffic_is_a_map_of_hosters_and_an_empty_one_is_an_array() {
    let world = World::new(1, 0).await;
    let body = "link=https%3A%2F%2Fupturnip.example%2Fa.zip";
    assert_eq!(world.request("POST", "/unrestrict/link").body(body).send().await.unwrap().status(), 200);
    let traffic = world.json("/traffic").await;
    let row = &traffic["upturnip.example"];
    assert_eq!((&row["left"], &row["links"], &row["limit"]), (&json!(19), &json!(1), &json!(20)));
    assert_eq!((&row["type"], &row["reset"]), (&json!("links"), &json!("weekly")));
    assert_eq!(traffic["sharecrate.example"].as_object().map(serde_json::Map::len), Some(2), "only left and type");
    world.simulator.knobs(|knobs| knobs.limited_hosters = false);
    assert_eq!(world.json("/traffic").await, json!([]));
}

#[tokio::test]
async fn item_22_the_details_of_traffic_are_days_with_the_newest_first() {
    let world = World::new(100, 300).await;
    let (day, bytes) = world.simulator.edit(|library| {
        let newest = library.downloads().iter().find(|row| row.filesize > 0).unwrap();
        let day = newest.generated.to_string()[..10].to_owned();
        let of_day = library.downloads().iter().filter(|row| row.generated.to_string().starts_with(&day));
        let bytes = of_day.map(|row| row.filesize).sum::<i64>();
        (day, bytes)
    });
    let text = world.get(&format!("/traffic/details?start=2026-10-01&end={day}")).await.text().await.unwrap();
    let days: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("\t\"")?.get(..10)).collect();
    assert!(days.len() > 1 && days.is_sorted_by(|newer, older| newer > older), "{days:?}");
    let details: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((days[0], &details[&day]["bytes"]), (day.as_str(), &json!(bytes)));
    let hosts = details[&day]["host"].as_object().unwrap();
    assert_eq!(hosts.values().filter_map(Value::as_i64).sum::<i64>(), bytes);

    assert_eq!(world.json("/traffic/details?start=2001-01-01&end=2001-01-31").await, json!([]));
    for query in ["start=2026-10-01&end=2026-11-01", "start=2026-10-02&end=2026-10-01", "start=soon"] {
        let request = world.request("GET", &format!("/traffic/details?{query}"));
        assert_eq!(world.refusal(request).await, (400, 2), "{query}");
    }
}

#[tokio::test]
async fn item_22_media_details_without_content_are_arrays() {
    let world = World::new(0, 100).await;
    let rows = world.json("/downloads").await;
    let of_type = |start: &str| {
        let is_it = |row: &&Value| row["mimeType"].as_str().is_some_and(|mime| mime.starts_with(start));
        rows.as_array().unwrap().iter().find(is_it).unwrap()["id"].as_str().unwrap().to_owned()
    };
    let video = world.json(&format!("/streaming/mediaInfos/{}", of_type("video/"))).await;
    assert_eq!(video["details"]["subtitles"], json!([]));
    assert!(video["details"]["video"]["und1"]["codec"].is_string() && video["duration"].is_f64(), "{video}");
    assert!(video.to_string().to_lowercase().find("sha1").is_none(), "the API has no checksum of files");
    let transcode = world.json(&format!("/streaming/transcode/{}", of_type("video/"))).await;
    for format in ["apple", "dash", "liveMP4", "h264WebM"] {
        assert!(transcode[format]["full"].as_str().unwrap().starts_with("https://"), "{transcode}");
    }
    let refused = |path: String| world.refusal(world.request("GET", &path));
    assert_eq!(refused("/streaming/mediaInfos/AAAAAAAAAAAAA".to_owned()).await, (404, 7));
    assert_eq!(refused(format!("/streaming/mediaInfos/{}", of_type("application/zip"))).await, (503, 25));
    let id = of_type("video/").parse().unwrap();
    world.simulator.edit(|library| library.download_mut(id).unwrap().mime_type = Some("audio/flac".into()));
    let audio = world.json(&format!("/streaming/mediaInfos/{id}")).await;
    assert_eq!((&audio["type"], &audio["details"]["video"]), (&json!("audio"), &json!([])));
}

#[tokio::test]
async fn item_21_hosters_are_told_to_anyone_but_their_status_is_not() {
    let world = World::new(0, 0).await;
    let open = |path: &str| world.client.get(format!("{}{path}", world.simulator.api_url())).send();
    let json = async |path: &str| open(path).await.unwrap().json::<Value>().await.unwrap();
    let hosts = json("/hosts").await;
    assert_eq!(hosts["youtube.com"]["id"], "yt");
    let domains: Vec<String> = serde_json::from_value(json("/hosts/domains").await).unwrap();
    assert!(
        domains.iter().all(|domain| hosts.get(domain).is_some()) && domains.len() == hosts.as_object().unwrap().len()
    );
    for path in ["/hosts/regex", "/hosts/regexFolder"] {
        let patterns: Vec<String> = serde_json::from_value(json(path).await).unwrap();
        assert_eq!(patterns.len(), domains.len());
        assert!(patterns[0].contains(r"real-debrid\.com"), "{patterns:?}");
    }
    assert_eq!(open("/hosts/status").await.unwrap().status(), 401);
    let status = world.json("/hosts/status").await;
    assert_eq!(
        (&status["sharecrate.example"]["status"], &status["youtube.com"]["status"]),
        (&json!("down"), &json!("up"))
    );
    assert_eq!(status["youtube.com"]["competitors_status"], json!([]));
    assert_eq!(world.json("/torrents/availableHosts").await[0]["max_file_size"], json!(2000));
}

#[tokio::test]
async fn item_21_anyone_may_check_a_link() {
    let world = World::new(3, 0).await;
    let check = |link: &str| {
        let request = world.client.post(format!("{}/unrestrict/check", world.simulator.api_url()));
        request.body(format!("link={}", percent::encode(link)))
    };
    let row = world.json("/torrents").await[0].clone();
    let ask = async |link: &str| check(link).send().await.unwrap().json::<Value>().await.unwrap();
    let alive = ask(row["links"][0].as_str().unwrap()).await;
    assert_eq!((&alive["supported"], &alive["host"]), (&json!(1), &json!("real-debrid.com")));
    assert!(alive["filesize"].as_i64().unwrap() > 0 && alive["host_icon_big"].is_string(), "{alive}");
    let film = ask("https://www.youtube.com/Turnips").await;
    assert_eq!((&film["filename"], &film["filesize"]), (&json!("Turnips|-|1920x1080,1280x720,426x240"), &json!(0)));
    assert_eq!(ask("https://nobody.example/a").await["supported"], json!(0));
    assert_eq!(world.refusal(check("https://real-debrid.com/d/AAAAAAAAAAAAA")).await, (503, 24));
    assert_eq!(world.get("/downloads").await.status(), 204, "a check must leave no row");
}
