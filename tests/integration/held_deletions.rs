//! Promise 3, the list: what a mass deletion would delete can be looked at before it is answered.

use crate::house::House;
use axum::http::header;
use dmm::simulator::{Id, Torrent};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const STORED: &str = "select count(*) from held_deletions";

/// A house of 200 torrents in which the deletion of 60 was held back, and those.
async fn holding_60() -> (House, Vec<Torrent>) {
    let house = House::with(200, 0).await;
    house.sync(json!({})).await;
    let gone = remove(&house, 60);
    assert_eq!(house.sync(json!({})).await["heldDeletions"], 60);
    (house, gone)
}

/// Takes torrents out of the middle.
fn remove(house: &House, count: usize) -> Vec<Torrent> {
    house.simulator.edit(|library| {
        let ids: Vec<Id> = library.torrents().iter().skip(70).take(count).map(|torrent| torrent.id).collect();
        ids.into_iter().filter_map(|id| library.remove_torrent(id)).collect()
    })
}

/// What the list says of itself, as an answer to it gives it back.
async fn shown(house: &House) -> (String, i64) {
    let list = house.get("/api/sync/deletions?limit=1").await.body;
    (list["run"].as_str().expect("a run").to_owned(), list["heldDeletions"].as_i64().expect("a number"))
}

/// Presses a button of a page without JavaScript; gives the address of the page that answers.
async fn press(house: &House, command: &str, (run, number): &(String, i64)) -> String {
    let fields = [("command", command), ("run", run), ("held", &number.to_string())];
    let request = house.http.post(format!("{}/api/ui/sync_control", house.base));
    let answer = request
        .header(header::COOKIE, format!("dmm_session={}", house.token))
        .header(header::ORIGIN, &house.base)
        .header(header::ACCEPT, "text/html")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish())
        .send()
        .await
        .expect("an answer");
    answer.url().to_string().replace(&house.base, "")
}

fn ids(gone: &[Torrent]) -> BTreeSet<String> {
    gone.iter().map(|torrent| torrent.id.to_string()).collect()
}

/// The whole list by pages of `limit`, with the number that every page tells.
async fn listed(house: &House, limit: i64) -> (i64, Vec<String>) {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = house.get(&format!("/api/sync/deletions?limit={limit}{cursor}")).await;
        assert!(page.status.is_success(), "{page:?}");
        let files = page.body["files"].as_array().expect("files");
        assert!(i64::try_from(files.len()).is_ok_and(|length| length <= limit), "{page:?}");
        all.extend(files.iter().filter_map(|file| file["realDebridId"].as_str()).map(str::to_owned));
        match page.body["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return (page.body["heldDeletions"].as_i64().expect("a number"), all),
        }
    }
}

async fn assert_nothing_is_listed(house: &House, what: &str) {
    let page = house.get("/api/sync/deletions").await;
    assert_eq!(page.body, json!({"run": null, "heldDeletions": 0, "files": [], "nextCursor": null}), "{what}");
    assert_eq!(house.count(STORED).await, 0, "{what}");
}

#[tokio::test]
async fn promise_3_d6_what_would_go_is_listed_page_by_page_and_still_after_a_restart() {
    let (mut house, gone) = holding_60().await;
    for limit in [500, 60, 59, 7] {
        let (number, list) = listed(&house, limit).await;
        assert_eq!((number, list.len()), (60, 60), "by pages of {limit}");
        assert_eq!(list.into_iter().collect::<BTreeSet<_>>(), ids(&gone), "by pages of {limit}");
    }
    assert_eq!(house.get("/api/sync/deletions").await.body["files"].as_array().map(Vec::len), Some(50));
    house.restart().await;
    assert_eq!(listed(&house, 500).await.1.into_iter().collect::<BTreeSet<_>>(), ids(&gone));
    assert_eq!(house.status().await["heldDeletions"], 60);
}

#[tokio::test]
async fn promise_3_each_answer_and_the_next_run_take_the_list_away_and_say_it_anew() {
    let (house, gone) = holding_60().await;
    assert!(house.post("/api/sync/deletions", json!({"action": "dismiss"})).await.status.is_success());
    assert_nothing_is_listed(&house, "kept").await;
    house.sync(json!({})).await;
    assert_eq!((listed(&house, 500).await.0, house.count(STORED).await), (60, 60), "the next run holds them again");
    house.sync(json!({"mode": "full"})).await;
    assert_eq!((listed(&house, 500).await.0, house.count(STORED).await), (60, 60), "and the one after it, once");
    assert!(house.post("/api/sync/deletions", json!({"action": "confirm"})).await.status.is_success());
    assert_eq!(house.ended().await["stats"]["deleted"], 60);
    assert_nothing_is_listed(&house, "deleted").await;
    assert!(house.stored().await.keys().all(|id| !ids(&gone).contains(id)));
}

#[tokio::test]
async fn promise_3_an_answer_is_for_the_list_that_was_shown_and_for_no_other() {
    let (house, _) = holding_60().await;
    let (old, few) = shown(&house).await;
    remove(&house, 40);
    assert_eq!(house.sync(json!({})).await["heldDeletions"], 100, "a later run holds more back");
    let (new, many) = shown(&house).await;
    for action in ["confirm", "dismiss"] {
        for what in [
            json!({"action": action, "run": old, "heldDeletions": few}),
            json!({"action": action, "run": old, "heldDeletions": many}),
            json!({"action": action, "run": new, "heldDeletions": few}),
            json!({"action": action, "run": old}),
            json!({"action": action, "heldDeletions": few}),
        ] {
            let refused = house.post("/api/sync/deletions", what.clone()).await;
            assert_eq!((refused.status.as_u16(), &refused.body["code"]), (409, &json!("not_in_this_state")), "{what}");
            assert!(refused.body["error"].as_str().is_some_and(|error| error.contains("new list")), "{refused:?}");
            assert_eq!(refused.body["status"]["heldDeletions"], 100, "{what}: {refused:?}");
        }
        let page = press(&house, action, &(old.clone(), few)).await;
        assert_eq!(page, "/sync/deletions?problem=not_in_this_state", "{action}");
        assert_eq!((listed(&house, 500).await.1.len(), shown(&house).await), (100, (new.clone(), many)), "{action}");
    }
    assert_eq!(house.count("select count(*) from files").await, 200);
    let answer = json!({"action": "confirm", "run": new, "heldDeletions": many});
    assert!(house.post("/api/sync/deletions", answer).await.status.is_success());
    assert_eq!(house.ended().await["stats"]["deleted"], 100);
    house.assert_equal().await;
}

#[tokio::test]
async fn promise_3_a_run_that_comes_between_the_look_and_the_word_is_not_overtaken() {
    let (house, _) = holding_60().await;
    let (run, number) = shown(&house).await;
    // Another server's, of which this one has not heard.
    let between = "insert into sync_runs (user_id, mode, state, configuration, started_at, ended_at, started_by) \
        select user_id, mode, state, configuration, started_at, ended_at, 'schedule' from sync_runs \
        order by id desc limit 1";
    house.damage(between).await;
    for answer in [json!({"action": "confirm", "run": run, "heldDeletions": number}), json!({"action": "confirm"})] {
        let refused = house.post("/api/sync/deletions", answer.clone()).await;
        assert_eq!((refused.status.as_u16(), &refused.body["code"]), (409, &json!("not_in_this_state")), "{answer}");
    }
    assert_eq!(house.count("select count(*) from sync_runs").await, 3, "no run began");
}

#[tokio::test]
async fn promise_3_both_pages_send_what_they_show_along_with_the_answer() {
    let (house, _) = holding_60().await;
    let (run, number) = shown(&house).await;
    for path in ["/sync", "/sync/deletions"] {
        let page = house.get(path).await.body.as_str().unwrap_or_default().to_owned();
        for command in ["confirm", "dismiss"] {
            let mut forms = page.split("<form").map(|form| form.split("</form>").next().unwrap_or_default());
            let form = forms.find(|form| form.contains(&format!("value=\"{command}\""))).expect("a form");
            for (name, value) in [("run", &run), ("held", &number.to_string())] {
                let field = form.split('<').find(|tag| tag.contains(&format!("name=\"{name}\""))).expect("a field");
                assert!(field.contains(&format!("value=\"{value}\"")), "{path}: {form}");
            }
        }
    }
    assert_eq!(press(&house, "dismiss", &(run, number)).await, "/sync");
    assert_nothing_is_listed(&house, "kept").await;
    house.sync(json!({})).await;
    assert_eq!(press(&house, "confirm", &shown(&house).await).await, "/sync");
    assert_eq!(house.ended().await["stats"]["deleted"], 60);
}

#[tokio::test]
async fn promise_3_f3_what_came_back_is_not_listed_after_the_next_run_and_keeps_its_record() {
    let (house, gone) = holding_60().await;
    let (back, still_gone) = gone.split_at(5);
    for torrent in back.iter().cloned() {
        house.simulator.edit(|library| library.add_torrent(torrent));
    }
    assert_eq!(house.sync(json!({})).await["heldDeletions"], 55);
    let (number, list) = listed(&house, 500).await;
    assert_eq!((number, list.into_iter().collect::<BTreeSet<_>>()), (55, ids(still_gone)));
    assert_eq!(house.count("select count(*) from tombstones").await, 0);
}

#[tokio::test]
async fn promise_3_a_run_that_fails_or_is_cancelled_leaves_no_list_that_nobody_answers_for() {
    let (house, _) = holding_60().await;
    let token = house.simulator.token().to_owned();
    let id = house.simulator.edit_account(&token, |account| std::mem::replace(&mut account.user.id, 999));
    assert_eq!(house.sync(json!({})).await["status"], "error");
    assert_eq!(listed(&house, 500).await, (0, Vec::new()), "the failed run looked at nothing");
    house.simulator.edit_account(&token, |account| account.user.id = id);
    assert_eq!(house.sync(json!({})).await["heldDeletions"], 60);
    assert_eq!((listed(&house, 500).await.1.len(), house.count(STORED).await), (60, 60));
}

#[tokio::test]
async fn f5_the_list_is_the_accounts_own_and_refuses_what_it_cannot_read() {
    let (house, _) = holding_60().await;
    for (query, field) in [("limit=0", "limit"), ("limit=501", "limit"), ("cursor=garbage", "cursor"), ("x=1", "x")] {
        let refused = house.get(&format!("/api/sync/deletions?{query}")).await;
        assert_eq!(refused.status.as_u16(), 400, "{query}: {refused:?}");
        assert!(refused.body["error"].as_str().is_some_and(|error| error.contains(field)), "{query}: {refused:?}");
    }
    let stranger = house.http.get(format!("{}/api/sync/deletions", house.base)).send().await.expect("an answer");
    assert_eq!(stranger.status().as_u16(), 401);
    // Another account sees nothing of it.
    let other = "insert into users (service, real_debrid_id, username, created_at, updated_at) \
        values ('real-debrid', 4242, 'other', 0, 0); update sessions set user_id = (select max(id) from users)";
    house.damage(other).await;
    assert_eq!(house.get("/api/sync/deletions").await.body["heldDeletions"], 0);
}

#[tokio::test]
async fn promise_3_the_page_lists_what_would_go_and_leads_there_from_the_notice() {
    let (house, gone) = holding_60().await;
    let page = |path: &'static str| async { house.get(path).await.body.as_str().unwrap_or_default().to_owned() };
    let sync = page("/sync").await;
    assert!(sync.contains("href=\"/sync/deletions\"") && sync.contains("Show the 60 files"), "{sync}");
    let list = page("/sync/deletions").await;
    let names: Vec<String> = gone.iter().map(Torrent::filename).collect();
    let rows = list.matches("<th scope=\"row\"").count();
    assert_eq!(rows, 50, "a page is of fifty");
    assert!(list.contains("60 files are gone from Real-Debrid") && list.contains("Next page"), "{list}");
    assert!(list.contains("value=\"dismiss\"") && list.contains("value=\"confirm\""), "{list}");
    assert!(names.iter().any(|name| list.contains(name.as_str())), "none of the names");
    assert!(house.post("/api/sync/deletions", json!({"action": "dismiss"})).await.status.is_success());
    let nothing = page("/sync/deletions").await;
    assert!(nothing.contains("No deletions wait for an answer"), "{nothing}");
    assert_ne!(house.status().await["lastSync"], Value::Null);
}
