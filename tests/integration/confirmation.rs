//! Promise 2, the last question: few missing torrents are asked for one by one before they are deleted.

use crate::house::House;
use dmm::simulator::{Fault, Id, Rule, Torrent};
use serde_json::{Value, json};

/// Takes torrents out of the middle.
fn remove(house: &House, count: usize) -> Vec<Torrent> {
    house.simulator.edit(|library| {
        let ids: Vec<Id> = library.torrents().iter().skip(20).take(count).map(|torrent| torrent.id).collect();
        ids.into_iter().filter_map(|id| library.remove_torrent(id)).collect()
    })
}

fn questions(house: &House) -> usize {
    house.requests().iter().filter(|request| request.starts_with("/torrents/info/")).count()
}

fn says(status: &Value, words: &str) -> bool {
    status["progress"]["current"].as_str().is_some_and(|summary| summary.contains(words))
}

#[tokio::test]
async fn promise_2_a_few_missing_torrents_are_asked_for_and_deleted_once_that_is_confirmed() {
    let house = House::with(120, 0).await;
    house.sync(json!({})).await;
    remove(&house, 3);
    house.requests();
    let status = house.sync(json!({})).await;
    assert_eq!((questions(&house), &status["stats"]["deleted"]), (3, &json!(3)), "{status:#}");
    house.assert_equal().await;
}

#[tokio::test]
async fn promise_2_a_torrent_that_the_list_forgot_is_kept_and_the_list_is_read_again() {
    let house = House::with(120, 0).await;
    house.sync(json!({})).await;
    let hidden = remove(&house, 2);
    remove(&house, 1);
    house.simulator.script(Rule::on("/torrents").after(move |account| {
        for torrent in hidden {
            account.library.add_torrent(torrent);
        }
    }));
    let status = house.sync(json!({})).await;
    assert_eq!((&status["status"], &status["stats"]["deleted"]), (&json!("completed"), &json!(1)), "{status:#}");
    assert!(says(&status, "still has 2 torrents that its list did not show"), "{status:#}");
    house.assert_equal().await;
    assert_eq!(house.count("select count(*) from listings where kind = 'torrent'").await, 0);
    assert_eq!(house.count("select count(*) from listings where kind = 'download'").await, 1);
    let status = house.sync(json!({})).await;
    assert!(says(&status, "Nothing had changed"), "{status:#}");
}

#[tokio::test]
async fn promise_2_a_question_that_fails_keeps_what_is_not_confirmed_and_asks_no_further() {
    let house = House::with(120, 60).await;
    house.sync(json!({})).await;
    remove(&house, 4);
    house.simulator.edit(|library| {
        let id = library.downloads()[5].id;
        library.remove_download(id);
    });
    house.simulator.script(Rule::on("/torrents/info/*").nth(2).answer(Fault::Html(503)));
    house.requests();
    let status = house.sync(json!({"maxRetries": 0})).await;
    assert_eq!((questions(&house), &status["status"]), (2, &json!("completed")), "{status:#}");
    assert_eq!(status["stats"]["deleted"], 2, "one torrent was confirmed, and the download: {status:#}");
    assert!(says(&status, "could not be asked whether 3 torrents"), "{status:#}");
    let status = house.sync(json!({})).await;
    assert_eq!(status["stats"]["deleted"], 3, "{status:#}");
    house.assert_equal().await;
}

#[tokio::test]
async fn promise_2_a_404_from_something_in_between_confirms_nothing() {
    let house = House::with(60, 0).await;
    house.sync(json!({})).await;
    remove(&house, 1);
    house.simulator.script(Rule::on("/torrents/info/*").times(9).answer(Fault::Html(404)));
    let status = house.sync(json!({"maxRetries": 0})).await;
    assert_eq!(status["stats"]["deleted"], 0, "{status:#}");
    assert_eq!(house.count("select count(*) from files").await, 60);
}

#[tokio::test]
async fn promise_2_of_more_than_twenty_five_missing_torrents_so_many_are_asked_for() {
    let house = House::with(400, 0).await;
    house.sync(json!({})).await;
    for (count, asked) in [(25, 25), (26, 25), (120, 25)] {
        remove(&house, count);
        house.requests();
        let mut status = house.sync(json!({})).await;
        if status["heldDeletions"] == count {
            house.requests();
            house.post("/api/sync/deletions", json!({"action": "confirm"})).await;
            status = house.ended().await;
        }
        assert_eq!((questions(&house), &status["stats"]["deleted"]), (asked, &json!(count)), "{status:#}");
    }
    house.assert_equal().await;
}

#[tokio::test]
async fn promise_2_a_list_that_is_empty_by_mistake_deletes_no_torrent_not_even_by_the_users_word() {
    let house = House::with(120, 60).await;
    house.sync(json!({})).await;
    house.simulator.script(Rule::on("/torrents").times(u64::MAX).answer(Fault::EmptyList));
    assert_eq!(house.sync(json!({})).await["heldDeletions"], 120);
    for _ in 0..2 {
        house.post("/api/sync/deletions", json!({"action": "confirm"})).await;
        let status = house.ended().await;
        assert_eq!((&status["status"], &status["stats"]["deleted"]), (&json!("completed"), &json!(0)), "{status:#}");
        assert!(says(&status, "kept all 120 of them"), "{status:#}");
        assert_eq!(house.count("select count(*) from listings where kind = 'torrent'").await, 0);
        assert_eq!(house.sync(json!({})).await["heldDeletions"], 120);
    }
    house.simulator.forget_script();
    house.sync(json!({})).await;
    house.assert_equal().await;
}

#[tokio::test]
async fn promise_2_a_sample_that_cannot_be_asked_for_keeps_all() {
    let house = House::with(400, 0).await;
    house.sync(json!({})).await;
    remove(&house, 40);
    house.simulator.script(Rule::on("/torrents/info/*").nth(7).answer(Fault::Html(503)));
    house.requests();
    let status = house.sync(json!({"maxRetries": 0})).await;
    assert_eq!((questions(&house), &status["stats"]["deleted"]), (7, &json!(0)), "{status:#}");
    assert!(says(&status, "could not be asked") && says(&status, "kept all 40"), "{status:#}");
    assert_eq!(house.sync(json!({})).await["stats"]["deleted"], 40);
    house.assert_equal().await;
}

#[tokio::test]
async fn promise_3_the_users_word_covers_a_number_so_few_torrents_are_asked_for_by_id_all_the_same() {
    let house = House::with(20, 100).await;
    house.sync(json!({})).await;
    let all = house.simulator.edit(|library| library.torrents().iter().map(|torrent| torrent.id).collect::<Vec<_>>());
    house.simulator.edit(|library| all.into_iter().filter_map(|id| library.remove_torrent(id)).count());
    assert_eq!(house.sync(json!({})).await["heldDeletions"], 20);
    house.requests();
    house.post("/api/sync/deletions", json!({"action": "confirm"})).await;
    let status = house.ended().await;
    assert_eq!((questions(&house), &status["stats"]["deleted"]), (20, &json!(20)), "{status:#}");
    house.assert_equal().await;
}
