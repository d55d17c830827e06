//! F1 and F6: what an incremental run reads, and at which pace.

use crate::house::House;
use dmm::{
    simulator::{Knobs, Options},
    sync::EngineOptions,
};
use serde_json::json;

#[tokio::test]
async fn f1_a_run_without_changes_takes_three_requests_and_writes_nothing() {
    for (torrents, downloads) in [(300, 100), (6_000, 5_500)] {
        let house = House::with(torrents, downloads).await;
        house.simulator.edit(|library| {
            let ids: Vec<_> = library.torrents().iter().map(|torrent| torrent.id).collect();
            for id in ids {
                let torrent = library.torrent_mut(id).expect("it");
                torrent.finish(torrent.added);
            }
        });
        house.sync(json!({"batchSize": 500})).await;
        house.requests();
        let status = house.sync(json!({})).await;
        let requests = house.requests();
        assert!(requests.len() <= 3, "{} requests: {requests:#?}", requests.len());
        assert_eq!(status["progress"]["processed"], torrents + downloads);
        let counted = &status["stats"];
        assert_eq!((&counted["added"], &counted["updated"], &counted["deleted"]), (&json!(0), &json!(0), &json!(0)));
    }
}

#[tokio::test]
async fn f1_entries_in_progress_cost_one_more_request_and_their_end_is_noticed() {
    let house = House::with(6_000, 50).await;
    house.sync(json!({"batchSize": 500})).await;
    assert!(house.count("select count(*) from files where status = 'downloading'").await > 0);
    house.requests();
    house.sync(json!({})).await;
    let requests = house.requests();
    assert!(requests.len() <= 4, "{} requests: {requests:#?}", requests.len());
    house.simulator.edit(|library| {
        let id = library.torrents().iter().rfind(|torrent| torrent.status == "downloading").expect("one on its way").id;
        let torrent = library.torrent_mut(id).expect("it");
        torrent.finish(torrent.added);
    });
    let status = house.sync(json!({})).await;
    assert_eq!(status["stats"]["updated"], 1, "{status:#}");
    house.assert_equal().await;
}

#[tokio::test]
async fn f1_more_entries_in_progress_than_a_page_holds_are_looked_at_page_by_page() {
    let options = Options { torrents: 90, downloads: 0, knobs: Knobs::unlimited(), ..Options::default() };
    let engine = EngineOptions { page_rows: 20, contents: false, ..EngineOptions::default() };
    let house = House::with_engine(options, engine).await;
    let on_their_way: Vec<_> = house.simulator.edit(|library| {
        let ids: Vec<_> = library.torrents().iter().map(|torrent| torrent.id).collect();
        for id in &ids[..50] {
            library.torrent_mut(*id).expect("it").status = "downloading".into();
        }
        ids[..50].to_vec()
    });
    house.sync(json!({})).await;
    house.requests();
    house.sync(json!({})).await;
    let requests = house.requests();
    let active = requests.iter().filter(|request| request.contains("filter=active")).count();
    assert!(requests.len() == 3 + active && (3..=5).contains(&active), "{requests:#?}");
    house.simulator.edit(|library| {
        let torrent = library.torrent_mut(on_their_way[0]).expect("it");
        torrent.finish(torrent.added);
    });
    let status = house.sync(json!({})).await;
    assert_eq!(status["stats"]["updated"], 1, "{status:#}");
    house.assert_equal().await;
}

#[tokio::test]
async fn f1_a_change_in_the_middle_of_a_library_of_one_page_is_noticed_within_three_requests() {
    let house = House::with(4_990, 100).await;
    house.sync(json!({"batchSize": 500})).await;
    house.simulator.edit(|library| {
        let id = library.torrents()[2_500].id;
        let torrent = library.torrent_mut(id).expect("it");
        torrent.name = "Renamed in the middle".to_owned();
        torrent.status = "virus".into();
    });
    house.requests();
    let status = house.sync(json!({})).await;
    assert_eq!(status["stats"]["updated"], 1, "{status:#}");
    let requests = house.requests();
    assert!(requests.len() <= 3, "{} requests: {requests:#?}", requests.len());
    house.assert_equal().await;
}

#[tokio::test]
async fn f1_new_and_deleted_entries_of_a_long_list_are_noticed() {
    let house = House::with(6_000, 0).await;
    house.sync(json!({"batchSize": 500})).await;
    house.simulator.edit(|library| {
        let id = library.torrents()[5_500].id;
        library.remove_torrent(id);
        library.add_random_torrent();
    });
    let status = house.sync(json!({"batchSize": 500})).await;
    assert_eq!((&status["stats"]["added"], &status["stats"]["deleted"]), (&json!(1), &json!(1)), "{status:#}");
    house.assert_equal().await;
}

#[tokio::test]
async fn f1_a_full_run_is_read_whole_and_changes_nothing_that_is_right() {
    let house = House::with(6_000, 100).await;
    house.sync(json!({"batchSize": 500})).await;
    house.requests();
    let status = house.sync(json!({"mode": "full"})).await;
    assert_eq!((&status["mode"], &status["stats"]["updated"]), (&json!("full"), &json!(0)));
    let pages = house
        .requests()
        .iter()
        .filter(|request| request.starts_with("/torrents?") && request.contains("limit=5000"))
        .count();
    assert_eq!(pages, 2);
}

#[tokio::test]
async fn f6_real_debrid_sees_no_request_above_its_limits_and_nothing_but_reading() {
    let knobs = Knobs {
        rate: dmm::simulator::knobs::Rate { per_minute: Some(250), ..Knobs::default().rate },
        ..Knobs::default()
    };
    let house = House::with_options(Options { torrents: 12_000, downloads: 6_000, knobs, ..Options::default() }).await;
    let status = house.sync(json!({"batchSize": 500})).await;
    assert_eq!(status["status"], "completed", "{status:#}");
    let journal = house.simulator.journal();
    assert!(journal.iter().all(|request| request.method == "GET"), "{journal:#?}");
    assert!(journal.iter().all(|request| request.status != 429), "{journal:#?}");
    assert!(journal.iter().all(|request| request.in_flight <= 1), "requests of one account overlap");
}

#[tokio::test]
async fn f6_no_request_is_sent_beyond_the_pace_and_the_wait_is_told() {
    let house = House::with_pace(4, 12_000).await;
    house.requests();
    house.start(json!({"batchSize": 500})).await;
    house
        .until(|status| status["progress"]["current"].as_str().is_some_and(|step| step.contains("keeping to the pace")))
        .await;
    crate::house::rest(std::time::Duration::from_secs(1)).await;
    let requests = house.requests();
    assert_eq!(requests.len(), 4, "{requests:#?}");
    house.post("/api/sync/status", json!({"action": "cancel"})).await;
}
