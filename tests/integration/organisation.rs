//! F3 and promise 7: what the user says of an entry is kept, whatever a sync does.

use crate::house::{Answer, House};
use dmm::simulator::{Account, Library};
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

impl House {
    /// Says something of an entry.
    pub(crate) async fn organise(&self, id: i64, patch: Value) -> Answer {
        self.ask(Method::PATCH, &format!("/api/files/{id}"), Some(patch)).await
    }

    /// The number of the newest torrents.
    pub(crate) async fn numbers(&self, count: usize) -> Vec<i64> {
        let page = self.get(&format!("/api/files?kind=torrent&limit={count}")).await;
        page.body["files"].as_array().expect("files").iter().filter_map(|file| file["id"].as_i64()).collect()
    }
}

#[tokio::test]
async fn f3_what_is_said_of_an_entry_is_stored_shown_and_taken_back() {
    let house = House::with(20, 0).await;
    house.sync(json!({})).await;
    let id = house.numbers(1).await[0];
    let path = format!("/api/files/{id}");
    assert_eq!(house.get(&path).await.body["organisation"], json!({"folder": null, "name": null, "note": null}));
    let said = json!({"folder": " Films / 2019", "name": "Mine", "note": "seen\ntwice"});
    let answer = house.organise(id, said).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    let kept = json!({"folder": "Films/2019", "name": "Mine", "note": "seen\ntwice"});
    assert_eq!(answer.body["organisation"], kept);
    assert!(answer.body["contents"].is_array() && answer.body["id"] == id, "{answer:?}");
    assert_eq!(house.get(&path).await.body["organisation"], kept);
    let answer = house.organise(id, json!({"folder": null})).await;
    assert_eq!(answer.body["organisation"], json!({"folder": null, "name": "Mine", "note": "seen\ntwice"}));
    house.organise(id, json!({"name": "", "note": null})).await;
    assert_eq!(house.count("select count(*) from file_organisation").await, 0, "nothing said is no row");
}

#[tokio::test]
async fn f3_a_refused_change_names_its_field_and_changes_nothing() {
    let house = House::with(5, 0).await;
    house.sync(json!({})).await;
    let id = house.numbers(1).await[0];
    house.organise(id, json!({"folder": "Films", "note": "seen"})).await;
    for (patch, field) in [
        (json!({"note": "new", "folder": "/Films"}), "folder"),
        (json!({"note": "new", "folder": "a//b"}), "folder"),
        (json!({"note": "new", "folder": "x".repeat(201)}), "folder"),
        (json!({"note": "new", "name": "x".repeat(501)}), "name"),
        (json!({"folder": "New", "note": "x".repeat(10_001)}), "note"),
        (json!({"folder": "New", "colour": "red"}), "colour"),
        (json!({"note": "new", "folder": 7}), "folder"),
    ] {
        let refused = house.organise(id, patch).await;
        assert_eq!((refused.status, &refused.body["code"]), (StatusCode::BAD_REQUEST, &json!("invalid_request")));
        assert!(refused.body["error"].as_str().is_some_and(|error| error.contains(field)), "{refused:?}");
    }
    let kept = house.get(&format!("/api/files/{id}")).await.body["organisation"].clone();
    assert_eq!(kept, json!({"folder": "Films", "name": null, "note": "seen"}));
    let longest = json!({"note": "\u{1f4a1}".repeat(10_000)});
    assert_eq!(house.organise(id, longest).await.status, StatusCode::OK, "the longest note is larger than most bodies");
    assert_eq!(house.organise(999_999, json!({"note": "x"})).await.status, StatusCode::NOT_FOUND);
    assert_eq!(house.ask(Method::PATCH, "/api/files/abc", Some(json!({}))).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn f5_organising_needs_a_session_of_the_owner_and_a_same_origin() {
    let mut house = House::with(5, 0).await;
    house.sync(json!({})).await;
    let id = house.numbers(1).await[0];
    let address = format!("{}/api/files/{id}", house.base);
    let by_cookie = |origin: &'static str| {
        let request = house.http.patch(&address).header(header::COOKIE, format!("dmm_session={}", house.token));
        request.header(header::ORIGIN, origin).json(&json!({"note": "x"})).send()
    };
    assert_eq!(by_cookie("https://evil.example").await.unwrap().status(), StatusCode::FORBIDDEN);
    let stranger = house.http.patch(&address).json(&json!({"note": "x"})).send().await.unwrap();
    assert_eq!(stranger.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(house.http.get(format!("{}/api/folders", house.base)).send().await.unwrap().status().as_u16(), 401);
    house.organise(id, json!({"folder": "Secret"})).await;
    house.simulator.add_account(Account::new("other-token", "somebody", Library::generate(9, 5, 0)));
    let other = house.post("/api/auth/token", json!({"token": "other-token"})).await;
    house.token = other.body["accessToken"].as_str().unwrap().to_owned();
    assert_eq!(house.organise(id, json!({"note": "x"})).await.status, StatusCode::NOT_FOUND);
    assert_eq!(house.get("/api/folders").await.body, json!({"folders": []}));
    assert_eq!(house.get("/api/files?folder=Secret").await.body["total"], 0);
}

#[tokio::test]
async fn f3_folders_are_listed_and_show_what_is_in_and_below_them() {
    let house = House::with(40, 0).await;
    house.sync(json!({})).await;
    let ids = house.numbers(7).await;
    let folders = ["Films", "Films/2019", "Films/2019/Best", "Films 2", "Films0", "films/%", "Music_"];
    for (id, folder) in ids.iter().zip(folders) {
        house.organise(*id, json!({"folder": folder})).await;
    }
    let listed = house.get("/api/folders").await.body["folders"].clone();
    assert!(listed.as_array().unwrap().contains(&json!({"folder": "Films", "files": 3})), "{listed:#}");
    for folder in listed.as_array().unwrap() {
        let name = folder["folder"].as_str().unwrap().replace('%', "%25");
        let page = house.get(&format!("/api/files?folder={}", name.replace(' ', "+"))).await;
        assert_eq!(page.body["total"], folder["files"], "{folder} {page:?}");
    }
    let numbers = |page: &Answer| -> Vec<i64> {
        page.body["files"].as_array().unwrap().iter().filter_map(|file| file["id"].as_i64()).collect()
    };
    let mut films: Vec<i64> = ids[..3].to_vec();
    for path in ["/api/files?folder=Films&sort=added", "/api/files?folder=+Films+&sort=name&kind=torrent"] {
        let mut found = numbers(&house.get(path).await);
        found.sort_unstable();
        films.sort_unstable();
        assert_eq!(found, films, "{path}");
    }
    let first = house.get("/api/files?folder=Films&limit=2").await;
    let next = first.body["nextCursor"].as_str().unwrap();
    assert_eq!(numbers(&house.get(&format!("/api/files?folder=Films&limit=2&cursor={next}")).await).len(), 1);
    assert_eq!(house.get("/api/files?folder=Nowhere").await.body["total"], 0);
    let refused = house.get("/api/files?folder=a//b").await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.body["error"].as_str().is_some_and(|error| error.contains("folder")), "{refused:?}");
}

#[tokio::test]
async fn f3_what_real_debrid_renames_keeps_the_name_that_the_user_gave() {
    let house = House::with(30, 0).await;
    house.sync(json!({})).await;
    let id = house.numbers(1).await[0];
    house.organise(id, json!({"folder": "Films", "name": "Mine", "note": "seen"})).await;
    let before = house.get(&format!("/api/files/{id}")).await.body;
    house.simulator.edit(|library| {
        let newest = library.torrents()[0].id;
        let torrent = library.torrent_mut(newest).expect("the newest");
        torrent.name = "Renamed at Real-Debrid".to_owned();
        torrent.selection = dmm::simulator::Selection::All;
        torrent.status = "virus".into();
    });
    assert_eq!(house.sync(json!({"mode": "full"})).await["stats"]["updated"], 1);
    let after = house.get(&format!("/api/files/{id}")).await.body;
    assert_eq!(after["organisation"], before["organisation"]);
    assert_eq!((&after["status"], &after["createdAt"]), (&json!("virus"), &before["createdAt"]));
    house.assert_equal().await;
}

#[tokio::test]
async fn f3_the_page_of_an_entry_has_a_plain_form_and_shows_the_users_name_over_the_original() {
    let house = House::with(10, 0).await;
    house.sync(json!({})).await;
    let id = house.numbers(1).await[0];
    let original = house.get(&format!("/api/files/{id}")).await.body["filename"].as_str().unwrap().to_owned();
    let post = |folder: &'static str| {
        let fields =
            form(&[("id", &id.to_string()), ("folder", folder), ("name", "My <own> name"), ("note", "a\r\nb")]);
        house
            .http
            .post(format!("{}/api/ui/organise", house.base))
            .header(header::COOKIE, format!("dmm_session={}", house.token))
            .header(header::ORIGIN, &house.base)
            .header(header::ACCEPT, "text/html")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(fields)
            .send()
    };
    let page = post("Films/2019").await.unwrap();
    assert_eq!((page.status(), page.url().path()), (StatusCode::OK, format!("/library/{id}").as_str()));
    let html = page.text().await.unwrap();
    assert!(html.contains("My &lt;own&gt; name</h1>"), "{html}");
    assert!(html.contains(&format!("<p class=\"original\">{original}</p>")), "{html}");
    assert!(html.contains(">a\nb</textarea>"), "{html}");
    assert!(html.contains("<option value=\"Films/2019\">"), "{html}");
    let library = page_of(&house, "/library?folder=Films").await;
    assert!(library.contains(&format!("/library/{id}\"")) && library.contains("Films/2019 (1)"), "{library}");
    let refused = post("Films//2019").await.unwrap();
    assert!(refused.url().query().is_some_and(|query| query.contains("problem=invalid_request")), "{}", refused.url());
    assert!(refused.text().await.unwrap().contains("role=\"alert\""));
    assert_eq!(house.get(&format!("/api/files/{id}")).await.body["organisation"]["folder"], "Films/2019");
}

fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

async fn page_of(house: &House, path: &str) -> String {
    let request = house.http.get(format!("{}{path}", house.base));
    let cookie = format!("dmm_session={}", house.token);
    request.header(header::COOKIE, cookie).send().await.expect("an answer").text().await.expect("a page")
}

#[tokio::test]
async fn f3_a_link_that_only_moves_to_another_host_is_no_change() {
    let house = House::with(0, 20).await;
    house.sync(json!({})).await;
    let move_to = |path: &'static str| {
        house.simulator.edit(|library| {
            let id = library.downloads()[3].id;
            let link = json!(format!("https://nyk7-4.download.real-debrid.com/{path}"));
            let download = library.download_mut(id).expect("it");
            let kept = download.address("").split_once("real-debrid.com/").expect("an address").1.to_owned();
            let link = if path.is_empty() { json!(format!("{}{kept}", link.as_str().unwrap())) } else { link };
            download.extra = Some(Box::new([("download".to_owned(), link)].into_iter().collect()));
        });
    };
    move_to("");
    assert_eq!(house.sync(json!({"mode": "full"})).await["stats"]["updated"], 0);
    move_to("d/another/path");
    assert_eq!(house.sync(json!({"mode": "full"})).await["stats"]["updated"], 1, "nothing was moved at all");
}

#[tokio::test]
async fn f3_settings_changed_during_a_run_are_in_force_from_the_next() {
    let house = House::with(300, 0).await;
    house.simulator.knobs(|knobs| knobs.latency = std::time::Duration::from_millis(300));
    house.start(json!({})).await;
    house.post("/api/sync/configuration", json!({"configuration": {"batchSize": 250}})).await;
    assert_eq!(house.ended().await["status"], "completed");
    let size =
        "select json_extract(configuration, '$.configuration.batchSize') from sync_runs order by id desc limit 1";
    assert_eq!(house.count(size).await, 100);
    house.simulator.knobs(|knobs| knobs.latency = std::time::Duration::ZERO);
    house.sync(json!({})).await;
    assert_eq!(house.count(size).await, 250);
}
