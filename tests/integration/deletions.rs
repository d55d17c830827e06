//! F2 and promises 2 and 3: what is gone at Real-Debrid goes here, and only then.

use crate::house::House;
use dmm::simulator::{Fault, Rule};
use serde_json::{Value, json};

#[tokio::test]
async fn f2_what_is_deleted_there_is_deleted_here() {
    let house = House::with(120, 60).await;
    house.sync(json!({})).await;
    house.simulator.edit(|library| {
        let torrents: Vec<_> = library.torrents().iter().skip(30).take(7).map(|torrent| torrent.id).collect();
        let downloads: Vec<_> = library.downloads().iter().take(5).map(|download| download.id).collect();
        for id in torrents {
            library.remove_torrent(id);
        }
        for id in downloads {
            library.remove_download(id);
        }
    });
    let status = house.sync(json!({})).await;
    assert_eq!(status["stats"]["deleted"], 12, "{status:#}");
    house.assert_equal().await;
}

#[tokio::test]
async fn promise_2_no_bad_answer_deletes_anything() {
    let faults = [
        Fault::EmptyObject,
        Fault::EmptyBody,
        Fault::EmptyArray,
        Fault::EmptyList,
        Fault::ErrorObject(8),
        Fault::Html(503),
        Fault::Maintenance(200),
        Fault::Truncated,
        Fault::NoTotal,
        Fault::Total("soon".to_owned()),
        Fault::Code(25),
        Fault::Reset,
    ];
    // Twenty downloads are few enough for the guard, and are not asked for by id: only the listing stands before them.
    for list in ["/torrents", "/downloads"] {
        for fault in faults.clone() {
            let house = House::with(60, 20).await;
            house.sync(json!({})).await;
            house.simulator.script(Rule::on(list).times(50).answer(fault.clone()));
            let status = house.sync(json!({"mode": "full", "maxRetries": 0})).await;
            assert_eq!(status["stats"]["deleted"], 0, "{list} {fault:?}: {status:#}");
            assert_eq!(house.count("select count(*) from files").await, 80, "{list} {fault:?}");
        }
    }
}

#[tokio::test]
async fn promise_2_another_accounts_answer_and_a_lapsed_subscription_delete_nothing() {
    let house = House::with(60, 20).await;
    house.sync(json!({})).await;
    let token = house.simulator.token().to_owned();
    house.simulator.edit(|library| {
        let id = library.torrents()[3].id;
        library.remove_torrent(id);
    });
    let id = house.simulator.edit_account(&token, |account| std::mem::replace(&mut account.user.id, 999));
    let status = house.sync(json!({})).await;
    assert_eq!(status["status"], "error", "{status:#}");
    assert!(status["error"].as_str().is_some_and(|error| error.contains("another account")), "{status:#}");
    house.simulator.edit_account(&token, |account| {
        account.user.id = id;
        account.user.premium = 0;
        account.user.kind = "free".to_owned();
    });
    let status = house.sync(json!({})).await;
    assert_eq!((&status["status"], &status["stats"]["deleted"]), (&json!("completed"), &json!(0)), "{status:#}");
    assert_eq!(house.count("select count(*) from files").await, 80);
}

#[tokio::test]
async fn promise_3_a_mass_deletion_waits_for_the_users_word() {
    let house = House::with(200, 0).await;
    house.sync(json!({})).await;
    house.simulator.edit(|library| {
        let ids: Vec<_> = library.torrents().iter().take(60).map(|torrent| torrent.id).collect();
        for id in ids {
            library.remove_torrent(id);
        }
    });
    let held = house.sync(json!({})).await;
    assert_eq!(
        (&held["status"], &held["heldDeletions"], &held["stats"]["deleted"]),
        (&json!("completed"), &json!(60), &json!(0))
    );
    assert_eq!(house.count("select count(*) from files").await, 200);
    let dismissed = house.post("/api/sync/deletions", json!({"action": "dismiss"})).await;
    assert_eq!(dismissed.body["status"]["heldDeletions"], 0, "{dismissed:?}");
    assert_eq!(house.post("/api/sync/deletions", json!({"action": "confirm"})).await.status.as_u16(), 409);
    assert_eq!(house.sync(json!({})).await["heldDeletions"], 60, "the next run holds them again");
    assert!(house.post("/api/sync/deletions", json!({"action": "confirm"})).await.status.is_success());
    let confirmed = house.ended().await;
    assert_eq!((&confirmed["stats"]["deleted"], &confirmed["heldDeletions"]), (&json!(60), &json!(0)), "{confirmed:#}");
    house.assert_equal().await;
    assert_ne!(confirmed["lastSync"], Value::Null);
}

#[tokio::test]
async fn promise_2_a_subscription_that_is_renewed_during_a_run_deletes_nothing_that_it_hid_before() {
    let house = House::with(60, 20).await;
    house.sync(json!({})).await;
    let token = house.simulator.token().to_owned();
    house.simulator.edit_account(&token, |account| {
        account.user.premium = 0;
        account.library.remove_newest(30);
        let downloads: Vec<_> = account.library.downloads().iter().take(5).map(|download| download.id).collect();
        for id in downloads {
            account.library.remove_download(id);
        }
    });
    house.simulator.script(Rule::on("/downloads").after(|account| account.user.premium = 1_000_000));
    let status = house.sync(json!({})).await;
    assert_eq!((&status["status"], &status["stats"]["deleted"]), (&json!("completed"), &json!(0)), "{status:#}");
    assert_eq!(house.sync(json!({})).await["stats"]["deleted"], 35, "the next run believes its lists again");
    house.assert_equal().await;
}
