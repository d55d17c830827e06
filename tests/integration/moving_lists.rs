//! Promise 2: whatever happens to a list while it is read, nothing is lost and nothing is deleted wrongly.

use crate::house::House;
use dmm::{
    domain::Kind,
    simulator::{Account, Fault, Knobs, Options, Rule, knobs::Total},
};
use serde_json::json;

/// Entries of each list: three pages of at most forty.
const ENTRIES: usize = 110;
const PAGE: usize = 40;

async fn house_of_short_pages() -> House {
    let mut knobs = Knobs::unlimited();
    knobs.paging.max_limit = PAGE;
    House::with_options(Options { torrents: ENTRIES, downloads: ENTRIES, knobs, ..Options::default() }).await
}

/// Deletes from place `from` on, and adds at the head, where everything new appears at Real-Debrid.
fn change(account: &mut Account, kind: Kind, from: usize, (deleted, added): (usize, usize)) {
    let library = &mut account.library;
    match kind {
        Kind::Torrent => {
            let from = from.min(library.torrents().len() - deleted);
            let ids: Vec<_> = library.torrents().iter().skip(from).take(deleted).map(|torrent| torrent.id).collect();
            for id in ids {
                library.remove_torrent(id);
            }
            for _ in 0..added {
                library.add_random_torrent();
            }
        }
        Kind::Download => {
            let from = from.min(library.downloads().len() - deleted);
            let ids: Vec<_> = library.downloads().iter().skip(from).take(deleted).map(|it| it.id).collect();
            for id in ids {
                library.remove_download(id);
            }
            for _ in 0..added {
                library.add_random_download();
            }
        }
    }
}

/// Before page 2, before page 3, before the last look at the head: there is no other moment in a reading of three pages.
fn moments(kind: Kind) -> [Rule; 3] {
    let list = || Rule::on(format!("/{}", kind.plural()));
    [list().query("page", 2), list().query("page", 3), list().query("limit", 1)]
}

/// At the head, in what has been read, in the middle, and in what is still to come.
const PLACES: [usize; 4] = [0, 10, 50, 100];
const CHANGES: [(usize, usize); 3] = [(5, 0), (0, 5), (5, 5)];

async fn every_change_at_every_moment(house: &House, kind: Kind, is_first: bool) {
    for from in PLACES {
        for counts in CHANGES {
            for (moment, rule) in moments(kind).into_iter().enumerate() {
                let play = format!("{kind:?}, {counts:?} from {from} at moment {moment}");
                if is_first {
                    house.damage("delete from files; delete from listings; delete from settled_lists;").await;
                }
                let before = house.library();
                house.simulator.script(rule.before(move |account| change(account, kind, from, counts)));
                let status = house.sync(json!({})).await;
                assert_eq!(status["status"], "completed", "{play}: {status:#}");
                assert!(house.library() != before, "{play}: the change was never made");
                let counters = &status["stats"];
                if !is_first {
                    let counted = (&counters["deleted"], &counters["added"]);
                    assert_eq!(counted, (&json!(counts.0), &json!(counts.1)), "{play}: {status:#}");
                }
                assert_eq!(counters["errors"], 0, "{play}: {status:#}");
                house.assert_equal().await;
            }
        }
    }
}

#[tokio::test]
async fn promise_2_torrents_that_come_and_go_at_any_moment_of_a_first_sync_are_right_at_its_end() {
    every_change_at_every_moment(&house_of_short_pages().await, Kind::Torrent, true).await;
}

#[tokio::test]
async fn promise_2_downloads_that_come_and_go_at_any_moment_of_a_first_sync_are_right_at_its_end() {
    every_change_at_every_moment(&house_of_short_pages().await, Kind::Download, true).await;
}

#[tokio::test]
async fn promise_2_torrents_that_come_and_go_at_any_moment_of_a_later_sync_are_right_at_its_end() {
    let house = house_of_short_pages().await;
    house.sync(json!({})).await;
    every_change_at_every_moment(&house, Kind::Torrent, false).await;
}

#[tokio::test]
async fn promise_2_downloads_that_come_and_go_at_any_moment_of_a_later_sync_are_right_at_its_end() {
    let house = house_of_short_pages().await;
    house.sync(json!({})).await;
    every_change_at_every_moment(&house, Kind::Download, false).await;
}

#[tokio::test]
async fn promise_2_a_list_that_never_stands_still_deletes_nothing_and_is_right_after_a_sync_at_rest() {
    for kind in Kind::ALL {
        let house = house_of_short_pages().await;
        house.sync(json!({})).await;
        let before = house.library();
        for attempt in 1..=3 {
            let list = Rule::on(format!("/{}", kind.plural())).query("page", 2).nth(attempt);
            house.simulator.script(list.before(move |account| change(account, kind, 20, (5, 5))));
        }
        let status = house.sync(json!({})).await;
        assert_eq!((&status["status"], &status["stats"]["deleted"]), (&json!("completed"), &json!(0)), "{status:#}");
        assert!(status["progress"]["current"].as_str().is_some_and(|words| words.contains("nothing was deleted")));
        let stored = house.stored().await;
        let lost = house.library().keys().filter(|id| before.contains_key(*id) && !stored.contains_key(*id)).count();
        assert_eq!(lost, 0, "{kind:?}");
        house.sync(json!({})).await;
        house.assert_equal().await;
    }
}

/// A house with a torrent and a download gone that a sync would delete.
async fn house_with_something_gone() -> House {
    let house = house_of_short_pages().await;
    house.sync(json!({})).await;
    house.simulator.edit(|library| {
        let (torrent, download) = (library.torrents()[60].id, library.downloads()[60].id);
        library.remove_torrent(torrent);
        library.remove_download(download);
    });
    house
}

async fn assert_all_kept(house: &House) {
    assert_eq!(house.count("select count(*) from files").await, 2 * i64::try_from(ENTRIES).expect("a number"));
}

#[tokio::test]
async fn promise_2_a_subscription_that_lapses_in_mid_run_deletes_nothing() {
    let house = house_with_something_gone().await;
    house.simulator.script(Rule::on("/downloads").query("page", 3).before(|account| {
        account.user.premium = 0;
        account.user.kind = "free".to_owned();
    }));
    let status = house.sync(json!({})).await;
    assert_eq!((&status["status"], &status["stats"]["deleted"]), (&json!("completed"), &json!(0)), "{status:#}");
    assert!(status["progress"]["current"].as_str().is_some_and(|words| words.contains("lapsed")), "{status:#}");
    assert_all_kept(&house).await;
}

#[tokio::test]
async fn promise_2_another_account_that_answers_only_the_second_question_deletes_nothing() {
    let house = house_with_something_gone().await;
    house.simulator.script(Rule::on("/user").nth(2).before(|account| account.user.id += 1));
    let status = house.sync(json!({})).await;
    assert_eq!(status["status"], "error", "{status:#}");
    assert!(status["error"].as_str().is_some_and(|error| error.contains("another account")), "{status:#}");
    assert_all_kept(&house).await;
}

#[tokio::test]
async fn promise_2_a_total_that_lies_consistently_deletes_nothing() {
    for by in [40, -20] {
        let house = house_with_something_gone().await;
        house.simulator.knobs(|knobs| knobs.paging.total = Total::Off(by));
        let status = house.sync(json!({})).await;
        assert_eq!(status["stats"]["deleted"], 0, "{by}: {status:#}");
        assert_all_kept(&house).await;
        house.simulator.knobs(|knobs| knobs.paging.total = Total::Right);
        house.sync(json!({})).await;
        house.assert_equal().await;
    }
}

#[tokio::test]
async fn promise_3_a_list_that_comes_back_empty_is_held_however_short_it_was() {
    for (torrents, downloads) in [(8, 4), (8, 200)] {
        let house = House::with(torrents, downloads).await;
        house.sync(json!({})).await;
        house.simulator.script(Rule::on("/torrents").answer(Fault::EmptyList));
        let status = house.sync(json!({})).await;
        assert_eq!(
            (&status["status"], &status["heldDeletions"]),
            (&json!("completed"), &json!(torrents)),
            "{status:#}"
        );
        assert_eq!(house.count("select count(*) from files where kind = 'torrent'").await, 8);
        assert_eq!(house.sync(json!({})).await["heldDeletions"], 0, "the list was back");
        house.assert_equal().await;
    }
}

#[tokio::test]
async fn promise_3_an_account_that_comes_back_empty_is_held() {
    let house = House::with(30, 30).await;
    house.sync(json!({})).await;
    house.simulator.knobs(|knobs| knobs.paging.empty = true);
    let status = house.sync(json!({})).await;
    assert_eq!((&status["heldDeletions"], &status["stats"]["deleted"]), (&json!(60), &json!(0)), "{status:#}");
    house.simulator.knobs(|knobs| knobs.paging.empty = false);
    assert_eq!(house.sync(json!({})).await["heldDeletions"], 0);
    house.assert_equal().await;
}
