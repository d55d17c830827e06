//! F3: an entry that goes and comes back is the same record, with what the user said of it.

use crate::house::House;
use dmm::simulator::{Download, Fault, Id, Rule, Torrent};
use serde_json::{Value, json};

const SAID: fn(usize) -> Value = |number| json!({"folder": "Films", "name": format!("Mine {number}"), "note": "seen"});

impl House {
    /// What outlives an entry: its number, the time it was first stored, what the user said of it.
    async fn record(&self, real_debrid_id: &str) -> Value {
        let page = self.get("/api/files?limit=500").await;
        let files = page.body["files"].as_array().expect("files").clone();
        let file = files.iter().find(|file| file["realDebridId"] == real_debrid_id).expect("it is stored");
        let details = self.get(&format!("/api/files/{}", file["id"])).await.body;
        json!({"id": details["id"], "createdAt": details["createdAt"], "organisation": details["organisation"]})
    }

    fn torrent(&self, place: usize) -> Torrent {
        self.simulator.edit(|library| library.torrents()[place].clone())
    }

    fn take_away(&self, torrents: &[Torrent]) {
        self.simulator.edit(|library| {
            for torrent in torrents {
                library.remove_torrent(torrent.id);
            }
        });
    }

    /// Adds the same torrent once more, as a person does: another id, the same hash, now.
    fn add_again(&self, torrent: &Torrent) -> String {
        self.simulator.edit(|library| {
            let id = library.new_id();
            let newest = library.torrents().front().map_or(torrent.added, |newest| newest.added);
            library.add_torrent(Torrent { id, added: newest.plus_millis(1_000), ..torrent.clone() });
            id.to_string()
        })
    }

    async fn organised(&self, torrent: &Torrent, number: usize) -> Value {
        let record = self.record(torrent.id.as_str()).await;
        self.organise(record["id"].as_i64().expect("a number"), SAID(number)).await;
        self.record(torrent.id.as_str()).await
    }
}

#[tokio::test]
async fn f3_a_torrent_deleted_and_added_again_after_a_sync_is_the_same_record() {
    let mut house = House::with(40, 0).await;
    house.sync(json!({})).await;
    let torrent = house.torrent(7);
    let record = house.organised(&torrent, 1).await;
    house.take_away(std::slice::from_ref(&torrent));
    assert_eq!(house.sync(json!({})).await["stats"]["deleted"], 1);
    assert_eq!(house.count("select count(*) from file_organisation").await, 0);
    house.restart().await;
    let again = house.add_again(&torrent);
    let status = house.sync(json!({})).await;
    assert_eq!((&status["stats"]["added"], &status["stats"]["updated"]), (&json!(1), &json!(0)), "{status:#}");
    assert_eq!(house.record(&again).await, record);
    assert_eq!(house.count("select count(*) from tombstones").await, 0, "a tombstone serves one entry");
    house.assert_equal().await;
    let third = house.add_again(&torrent);
    house.sync(json!({})).await;
    assert_ne!(house.record(&third).await["id"], record["id"]);
}

#[tokio::test]
async fn f3_a_download_comes_back_by_the_part_of_its_link_that_names_the_file() {
    let house = House::with(40, 30).await;
    house.sync(json!({})).await;
    let download = house.simulator.edit(|library| {
        let of_it = |it: &&Download| it.link.starts_with("https://real-debrid.com/d/");
        let found = library.downloads().iter().find(of_it).cloned().expect("one of Real-Debrid's own links");
        library.remove_download(found.id);
        found
    });
    let record = house.record(download.id.as_str()).await;
    house.organise(record["id"].as_i64().unwrap(), SAID(1)).await;
    let record = house.record(download.id.as_str()).await;
    house.sync(json!({})).await;
    let again = house.simulator.edit(|library| {
        let id = library.new_id();
        let token = &download.link[..26 + 13];
        library.add_download(Download { id, link: format!("{token}XYZ"), ..download.clone() });
        id.to_string()
    });
    house.sync(json!({})).await;
    assert_eq!(house.record(&again).await, record);
    house.assert_equal().await;
}

#[tokio::test]
async fn f3_of_two_tombstones_with_one_hash_each_serves_one_entry_and_its_own_id_comes_first() {
    let house = House::with(30, 0).await;
    let first = house.torrent(3);
    let second = house.add_again(&first);
    house.sync(json!({})).await;
    let second = house
        .simulator
        .edit(|library| library.torrents().iter().find(|torrent| torrent.id.as_str() == second).cloned().expect("it"));
    let (one, two) = (house.organised(&first, 1).await, house.organised(&second, 2).await);
    for torrent in [&second, &first] {
        house.take_away(std::slice::from_ref(torrent));
        house.sync(json!({})).await;
    }
    // Its own id is stronger than the order in which they went: the first went last.
    house.simulator.edit(|library| library.add_torrent(second.clone()));
    let stranger = house.add_again(&first);
    house.sync(json!({})).await;
    assert_eq!(house.record(second.id.as_str()).await, two);
    assert_eq!(house.record(&stranger).await, one);
    house.take_away(std::slice::from_ref(&second));
    house.sync(json!({})).await;
    house.simulator.edit(|library| {
        let id = library.torrents().iter().find(|it| it.id.as_str() == stranger).map(|it| it.id).expect("it");
        library.remove_torrent(id);
    });
    house.sync(json!({})).await;
    let newest = house.add_again(&first);
    house.sync(json!({})).await;
    assert_eq!(house.record(&newest).await, one, "the one that went last comes back first");
}

#[tokio::test]
async fn f3_a_mass_deletion_that_was_confirmed_by_mistake_loses_nothing_the_user_said() {
    let house = House::with(80, 0).await;
    house.sync(json!({})).await;
    let torrents = house.simulator.edit(|library| library.torrents().iter().take(60).cloned().collect::<Vec<_>>());
    let record = house.organised(&torrents[41], 1).await;
    house.take_away(&torrents);
    assert_eq!(house.sync(json!({})).await["heldDeletions"], 60);
    house.post("/api/sync/deletions", json!({"action": "confirm"})).await;
    assert_eq!(house.ended().await["stats"]["deleted"], 60);
    house.simulator.edit(|library| {
        for torrent in &torrents {
            library.add_torrent(torrent.clone());
        }
    });
    let status = house.sync(json!({"batchSize": 25})).await;
    assert_eq!(status["stats"]["added"], 60, "{status:#}");
    assert_eq!(house.record(torrents[41].id.as_str()).await, record);
    assert_eq!(house.count("select count(*) from files where id > 80").await, 0, "someone got a new number");
    house.assert_equal().await;
}

#[tokio::test]
async fn f3_after_thirty_days_a_tombstone_brings_nothing_back_and_is_purged() {
    let house = House::with(20, 0).await;
    house.sync(json!({})).await;
    let torrents = [house.torrent(3), house.torrent(4)];
    let (old, young) = (house.organised(&torrents[0], 1).await, house.organised(&torrents[1], 2).await);
    house.take_away(&torrents);
    house.sync(json!({})).await;
    let age = "update tombstones set deleted_at = deleted_at - cast(86400000 as bigint) * case name when 'Mine 1' then 31 else 29 end;";
    house.damage(age).await;
    for torrent in &torrents {
        house.simulator.edit(|library| library.add_torrent(torrent.clone()));
    }
    house.sync(json!({})).await;
    assert_ne!(house.record(torrents[0].id.as_str()).await["id"], old["id"]);
    assert_eq!(house.record(torrents[1].id.as_str()).await, young);
    assert_eq!(house.count("select count(*) from tombstones").await, 0, "the old one stays for ever");
}

#[tokio::test]
async fn f3_a_batch_that_fails_leaves_the_tombstone_for_the_next_run() {
    let house = House::with(20, 0).await;
    house.sync(json!({})).await;
    let torrent = house.torrent(3);
    let record = house.organised(&torrent, 1).await;
    house.take_away(std::slice::from_ref(&torrent));
    house.sync(json!({})).await;
    house.simulator.edit(|library| library.add_torrent(torrent.clone()));
    house.refuse("update of added on sync_runs", "true").await;
    assert_eq!(house.sync(json!({})).await["status"], "error");
    assert_eq!(house.count("select count(*) from tombstones where name = 'Mine 1'").await, 1);
    assert_eq!(house.count("select count(*) from files").await, 19);
    house.allow_rows("sync_runs").await;
    house.sync(json!({})).await;
    assert_eq!(house.record(torrent.id.as_str()).await, record);
}

/// The new entry is stored before the old one is known to be gone.
#[tokio::test]
async fn f3_a_torrent_deleted_and_added_again_between_two_syncs_keeps_its_record() {
    for detection in [true, false] {
        let house = House::with(40, 20).await;
        house.sync(json!({})).await;
        let torrent = house.torrent(7);
        let older = house.add_again(&torrent);
        house.sync(json!({})).await;
        let record = house.organised(&torrent, 1).await;
        house.take_away(std::slice::from_ref(&torrent));
        let again = house.add_again(&torrent);
        let status = house.sync(json!({"enableDuplicateDetection": detection})).await;
        let counted = (&status["stats"]["added"], &status["stats"]["deleted"]);
        assert_eq!(counted, (&json!(1), &json!(1)), "{status:#}");
        assert_eq!(house.record(&again).await, record);
        assert_eq!(house.count("select count(*) from tombstones").await, 0);
        let page = house.get("/api/files?duplicates=only&limit=500").await;
        let of_it = page.body["files"].as_array().unwrap().iter().find(|it| it["sha1Hash"] == torrent.hash.to_string());
        let marked = of_it.map(|it| (it["realDebridId"].clone(), it["duplicateOf"].clone()));
        assert_eq!(marked, Some((json!(again), house.record(&older).await["id"].clone())), "detection {detection}");
        let astray = "select count(*) from files f where f.duplicate_of is not null \
            and not exists (select 1 from files o where o.id = f.duplicate_of)";
        assert_eq!(house.count(astray).await, 0);
        house.assert_equal().await;
    }
}

#[tokio::test]
async fn f3_a_download_made_again_between_two_syncs_keeps_its_record() {
    let house = House::with(0, 30).await;
    house.sync(json!({})).await;
    let download = house.simulator.edit(|library| library.downloads()[5].clone());
    let record = house.record(download.id.as_str()).await;
    house.organise(record["id"].as_i64().unwrap(), SAID(1)).await;
    let record = house.record(download.id.as_str()).await;
    let again = house.simulator.edit(|library| {
        library.remove_download(download.id);
        let id = library.new_id();
        library.add_download(Download { id, ..download.clone() });
        id.to_string()
    });
    house.sync(json!({})).await;
    assert_eq!(house.record(&again).await, record);
    house.assert_equal().await;
}

#[tokio::test]
async fn f3_a_server_that_goes_down_in_between_does_not_part_an_entry_from_its_record() {
    let mut house = House::with(40, 0).await;
    house.sync(json!({})).await;
    let torrent = house.torrent(7);
    let record = house.organised(&torrent, 1).await;
    house.take_away(std::slice::from_ref(&torrent));
    let again = house.add_again(&torrent);
    house.simulator.script(Rule::on("/torrents/info/*").answer(Fault::Silence));
    house.start(json!({})).await;
    house.until(|status| status["progress"]["current"].as_str().is_some_and(|it| it.contains("once more"))).await;
    // What hangs on the new entry's own number must not hold it: its contents are read, and read again later.
    let new = house.record(&again).await;
    assert_ne!(new["id"], record["id"]);
    assert_eq!(house.count("select count(distinct file_id) from file_contents").await, 2);
    house.restart().await;
    let status = house.ended().await;
    assert_eq!((&status["status"], &status["stats"]["deleted"]), (&json!("completed"), &json!(1)), "{status:#}");
    assert_eq!(house.count("select count(*) from file_contents").await, 0, "contents under a number that is gone");
    assert_eq!(house.record(&again).await, record);
    house.assert_equal().await;
}

#[tokio::test]
async fn f3_a_run_that_fails_in_between_does_not_part_an_entry_from_its_record() {
    let house = House::with(40, 0).await;
    house.sync(json!({})).await;
    let torrent = house.torrent(7);
    let record = house.organised(&torrent, 1).await;
    house.take_away(std::slice::from_ref(&torrent));
    let again = house.add_again(&torrent);
    house.simulator.script(Rule::on("/user").nth(2).answer(Fault::Code(8)));
    assert_eq!(house.sync(json!({})).await["status"], "error");
    house.sync(json!({})).await;
    assert_eq!(house.record(&again).await, record);
    house.assert_equal().await;
}

#[tokio::test]
async fn f3_a_deletion_that_is_put_off_does_not_part_an_entry_from_its_record() {
    let house = House::with(80, 0).await;
    house.sync(json!({})).await;
    let torrents = house.simulator.edit(|library| library.torrents().iter().take(60).cloned().collect::<Vec<_>>());
    let record = house.organised(&torrents[41], 1).await;
    house.take_away(&torrents[41..42]);
    let again = house.add_again(&torrents[41]);
    house.simulator.script(Rule::on("/torrents/info/*").answer(Fault::Html(503)));
    assert_eq!(house.sync(json!({"maxRetries": 0})).await["stats"]["deleted"], 0, "the question failed");
    house.take_away(&torrents);
    assert_eq!(house.sync(json!({})).await["heldDeletions"], 60, "it waits for the user's word");
    house.post("/api/sync/deletions", json!({"action": "confirm"})).await;
    assert_eq!(house.ended().await["stats"]["deleted"], 60);
    assert_eq!(house.record(&again).await, record);
    house.assert_equal().await;
}

#[tokio::test]
async fn f3_an_entry_of_which_something_was_said_does_not_take_over_another_record() {
    let house = House::with(40, 0).await;
    house.sync(json!({})).await;
    let torrent = house.torrent(7);
    house.organised(&torrent, 1).await;
    house.take_away(std::slice::from_ref(&torrent));
    let again = house.add_again(&torrent);
    house.simulator.script(Rule::on("/user").nth(2).answer(Fault::Code(8)));
    house.sync(json!({})).await;
    let new = house.record(&again).await;
    house.organise(new["id"].as_i64().unwrap(), SAID(2)).await;
    let new = house.record(&again).await;
    house.sync(json!({})).await;
    assert_eq!(house.record(&again).await, new);
    assert_eq!(house.count("select count(*) from tombstones where name = 'Mine 1'").await, 1);
}

#[tokio::test]
async fn f3_an_old_duplicate_stays_itself_when_the_other_goes() {
    let house = House::with(40, 0).await;
    let torrent = house.torrent(7);
    let other = house.add_again(&torrent);
    house.sync(json!({})).await;
    house.organised(&torrent, 1).await;
    let before = house.record(&other).await;
    house.take_away(std::slice::from_ref(&torrent));
    house.sync(json!({})).await;
    assert_eq!(house.record(&other).await, before);
    assert_eq!(house.count("select count(*) from tombstones where name = 'Mine 1'").await, 1);
    house.assert_equal().await;
}

#[tokio::test]
async fn b2_f3_an_entry_whose_hash_changes_leaves_no_mark_behind() {
    let house = House::with(40, 0).await;
    let torrent = house.torrent(7);
    let other = house.add_again(&torrent);
    house.sync(json!({})).await;
    assert_eq!(house.count("select count(*) from files where duplicate_of is not null").await, doubles(&house));
    let record = house.organised(&torrent, 1).await;
    house.simulator.edit(|library| {
        let id: Id = torrent.id;
        let hash = library.torrents()[20].hash;
        library.torrent_mut(id).expect("it").hash = hash;
    });
    house.sync(json!({})).await;
    let page = house.get("/api/files?duplicates=only&limit=500").await;
    let ghost = page.body["files"].as_array().unwrap().iter().any(|file| file["realDebridId"] == other);
    assert!(!ghost, "still marked as the duplicate of an entry with another hash");
    assert_eq!(house.count("select count(*) from files where duplicate_of is not null").await, doubles(&house));
    assert_eq!(house.record(torrent.id.as_str()).await, record, "F3: it is the same entry");
}

/// Entries beyond the first of each hash, which must be marked.
fn doubles(house: &House) -> i64 {
    house.simulator.edit(|library| {
        let hashes: std::collections::BTreeSet<_> = library.torrents().iter().map(|it| it.hash.to_string()).collect();
        i64::try_from(library.torrents().len() - hashes.len()).expect("a number")
    })
}

#[tokio::test]
async fn f3_a_blank_record_of_a_duplicate_cleaned_up_before_does_not_come_between_an_entry_and_its_record() {
    let house = House::with(30, 0).await;
    let torrent = house.torrent(3);
    let duplicate = house.add_again(&torrent);
    house.sync(json!({})).await;
    let take = |id: &str| {
        house.simulator.edit(|library| {
            let id = library.torrents().iter().find(|it| it.id.as_str() == id).map(|it| it.id).expect("it");
            library.remove_torrent(id);
        });
    };
    take(&duplicate);
    house.sync(json!({})).await;
    let record = house.organised(&torrent, 1).await;
    take(torrent.id.as_str());
    let again = house.add_again(&torrent);
    house.sync(json!({})).await;
    assert_eq!(house.record(&again).await, record);
    house.assert_equal().await;
}
