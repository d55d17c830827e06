//! B8: entries that look like duplicates without one SHA-1, shown apart with the reason.

use crate::house::House;
use dmm::{
    domain::{InfoHash, Timestamp},
    real_debrid::wire::TorrentFile,
    simulator::{Account, Download, Files, Hash, Library, Selection, Torrent},
};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::borrow::Cow;

const GB: i64 = 1_000_000_000;

/// A house whose library is made by hand, one entry after the other.
async fn house(fill: impl FnOnce(&mut Shelf<'_>)) -> House {
    let house = House::with(1, 1).await;
    house.simulator.edit(|library| Shelf::over(library, fill));
    house.sync(json!({})).await;
    house
}

/// Fills a library; the entries are called `1`, `2`, … by when they were added.
struct Shelf<'a> {
    library: &'a mut Library,
    torrent: Torrent,
    download: Download,
    entries: usize,
}

impl Shelf<'_> {
    fn over(library: &mut Library, fill: impl FnOnce(&mut Shelf<'_>)) {
        let (torrent, download) = (library.torrents()[0].clone(), library.downloads()[0].clone());
        library.clear();
        fill(&mut Shelf { library, torrent, download, entries: 0 });
    }

    fn next(&mut self) -> (String, Timestamp) {
        self.entries += 1;
        (
            id(self.entries),
            Timestamp::from_millis(1_700_000_000_000 + 60_000 * i64::try_from(self.entries).expect("well-formed")),
        )
    }

    fn torrent(&mut self, name: &str, bytes: i64) {
        let hash = format!("{:040x}", 0xABCD + self.entries);
        self.torrent_with(&hash, name, bytes);
    }

    fn torrent_with(&mut self, hash: &str, name: &str, bytes: i64) {
        let (id, added) = self.next();
        self.library.add_torrent(Torrent {
            id: id.parse().expect("well-formed"),
            hash: Hash::from(&hash.parse::<InfoHash>().expect("well-formed")),
            name: name.to_owned(),
            status: Cow::Borrowed("downloaded"),
            added,
            selection: Selection::All,
            files: one_file(name, bytes),
            ..self.torrent.clone()
        });
    }

    fn download(&mut self, name: &str, bytes: i64, link: &str) {
        let (id, generated) = self.next();
        self.library.add_download(Download {
            id: id.parse().expect("well-formed"),
            filename: name.to_owned(),
            filesize: bytes,
            link: link.to_owned(),
            generated,
            ..self.download.clone()
        });
    }

    /// A download of some file of a torrent.
    fn own(&mut self, name: &str, bytes: i64) {
        let link = format!("https://real-debrid.com/d/{}", id(self.entries));
        self.download(name, bytes, &link);
    }
}

fn one_file(name: &str, bytes: i64) -> Files {
    Files::Listed(vec![TorrentFile { id: 1, path: format!("/{name}"), bytes, selected: 1 }])
}

/// The Real-Debrid id of an entry.
fn id(number: usize) -> String {
    let letters: Vec<u8> = (b'A'..=b'Z').collect();
    format!("AAAAAAAAAAA{}{}", char::from(letters[number / 26]), char::from(letters[number % 26]))
}

impl House {
    /// The likely groups: reason, whether companions, and the numbers of the entries.
    async fn likely(&self) -> Vec<(String, bool, Vec<usize>)> {
        let answer = self.get("/api/duplicates").await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        assert_eq!(answer.body["nextLikelyCursor"], Value::Null);
        answer.body["likely"].as_array().expect("groups").iter().map(group).collect()
    }

    /// All of a list, a page of `limit` groups after the other.
    async fn walk(&self, limit: usize, list: &str, cursor: &str, next: &str) -> Vec<Value> {
        let (mut found, mut from) = (Vec::new(), String::new());
        loop {
            let page = self.get(&format!("/api/duplicates?limit={limit}{from}")).await;
            let groups = page.body[list].as_array().expect("groups");
            found.extend(groups.iter().cloned());
            match page.body[next].as_str() {
                Some(place) => from = format!("&{cursor}={place}"),
                None => return found,
            }
            assert_eq!(groups.len(), limit, "only the last page is short");
        }
    }
}

fn group(group: &Value) -> (String, bool, Vec<usize>) {
    let number = |file: &Value| (1..700).find(|number| id(*number) == file["realDebridId"]).expect("a number");
    let files = group["files"].as_array().expect("files");
    assert_eq!(group["entries"], files.len());
    let reason = group["reason"].as_str().expect("a reason").to_owned();
    (reason, group["companions"] == true, files.iter().map(number).collect())
}

fn expect(reason: &str, companions: bool, entries: &[usize]) -> (String, bool, Vec<usize>) {
    (reason.to_owned(), companions, entries.to_vec())
}

#[tokio::test]
async fn b8_each_likely_group_says_why_it_is_one() {
    let house = house(|shelf| {
        shelf.torrent("Amber.Lights.2020.mkv", 8 * GB);
        shelf.torrent("amber lights (2020) [mkv]", 8 * GB);
        shelf.torrent("Brass_Moon-1999", 1000);
        shelf.torrent("Brass Moon 1999", 1003);
        shelf.own("Copper.zip", 5 * GB);
        shelf.own("copper.ZIP", 5 * GB - 1);
        shelf.download("Dusk.rar", 7, "https://host.example/dusk");
        shelf.download("Dusk.rar", 7, "https://host.example/dusk");
        shelf.torrent("Ember.iso", 9 * GB);
        shelf.own("Ember.iso", 9 * GB);
        shelf.torrent("Fern.iso", 9 * GB);
        shelf.download("Fern.iso", 9 * GB, "https://host.example/fern");
        shelf.torrent("Grove.pdf", 500);
        shelf.own("Grove.pdf", 500);
        shelf.own("Grove.pdf", 500);
        shelf.torrent("Heath.pdf", 500);
        shelf.torrent("Heath.pdf", 500);
        shelf.own("Heath.pdf", 500);
    })
    .await;
    assert_eq!(
        house.likely().await,
        [
            expect("Same name and size, different SHA-1.", false, &[1, 2]),
            expect("Same name, sizes differ by 0.3 %, different SHA-1.", false, &[3, 4]),
            expect("Same name, sizes differ by less than 0.1 %; downloads have no hash to compare.", false, &[5, 6]),
            expect("Same name and size, made from the same link.", false, &[7, 8]),
            expect(
                "Same name and size; a torrent and a download from another host without a hash to compare.",
                false,
                &[11, 12]
            ),
            expect("Same name and size; a torrent and 2 downloads without a hash to compare.", false, &[13, 14, 15]),
            expect(
                "Same name and size; 2 torrents with different SHA-1 and a download without a hash to compare.",
                false,
                &[16, 17, 18]
            ),
            expect("Same name and size; the download was probably made from the torrent.", true, &[9, 10]),
        ]
    );
}

#[tokio::test]
async fn b8_sizes_may_differ_by_one_per_cent_of_the_larger_and_unknown_ones_are_not_compared() {
    let house = house(|shelf| {
        for bytes in [9_900, 10_000, 10_101, 20_000, 20_201, 0, 0] {
            shelf.torrent("Same name", bytes);
        }
        shelf.torrent("Same names", 9_900);
    })
    .await;
    let reason = "Same name, sizes differ by 1.0 %, different SHA-1.";
    let expected =
        [expect(reason, false, &[1, 2]), expect("Same name, sizes differ by 1.0 %, different SHA-1.", false, &[4, 5])];
    assert_eq!(house.likely().await, expected);
}

#[tokio::test]
async fn b8_of_a_group_by_sha1_only_the_original_can_be_a_likely_duplicate() {
    let house = house(|shelf| {
        let hash = "c39fe3eefbdb62da9c27eb6398ff4a7d2e26e7ab";
        shelf.torrent_with(hash, "Kite.mkv", 4 * GB);
        shelf.torrent_with(hash, "Kite.mkv", 4 * GB);
        shelf.torrent("Kite mkv", 4 * GB);
        shelf.torrent_with("d39fe3eefbdb62da9c27eb6398ff4a7d2e26e7ab", "Loom.mkv", 4 * GB);
        shelf.torrent_with("d39fe3eefbdb62da9c27eb6398ff4a7d2e26e7ab", "Loom.mkv", 4 * GB);
    })
    .await;
    assert_eq!(house.likely().await, [expect("Same name and size, different SHA-1.", false, &[1, 3])]);
    assert_eq!(house.get("/api/duplicates").await.body["totalGroups"], 2);
}

#[tokio::test]
async fn b8_a_search_finds_a_name_whatever_separates_its_words() {
    let house = house(|shelf| {
        for name in ["Harbour.Lights.2020.mkv", "harbour lights (2020)", "[Harbour_Lights]", "Harbourlights", "-"] {
            shelf.torrent(name, GB);
        }
    })
    .await;
    let found = async |query: &str| house.get(&format!("/api/files?query={query}")).await.body["total"].clone();
    for query in ["harbour.lights", "HARBOUR_LIGHTS", "[harbour%2Blights]", "(Harbour).lights", "-+harbour-lights"] {
        assert_eq!(found(query).await, 3, "{query}");
    }
    for query in ["harbour+lights", "lights+-+harbour", "(lights)+[Harbour]"] {
        assert_eq!(found(query).await, 4, "words may stand anywhere: {query}");
    }
    assert_eq!((found("harbour.lights.2020").await, found("-").await), (json!(2), json!(1)));
}

#[tokio::test]
async fn b8_likely_groups_are_paged_without_loss_or_repetition_while_entries_come_and_go() {
    let house = house(|shelf| {
        for number in 0..12 {
            shelf.torrent(&format!("Film {number:02}"), GB);
            shelf.torrent(&format!("Film.{number:02}"), GB);
            // More groups with one name than fit on a page.
            shelf.own("Track 01.flac", 1_000 << number);
            shelf.own("track.01.flac", 1_000 << number);
            shelf.torrent(&format!("Book {number}"), GB);
            shelf.own(&format!("Book {number}"), GB);
        }
    })
    .await;
    let whole = house.walk(500, "likely", "likelyCursor", "nextLikelyCursor").await;
    assert_eq!(whole.len(), 36);
    assert!(whole.iter().is_sorted_by_key(|group| group["companions"] == true), "companions come last");
    for limit in [1, 5, 36] {
        assert_eq!(house.walk(limit, "likely", "likelyCursor", "nextLikelyCursor").await, whole, "{limit} on a page");
    }
    let first = house.get("/api/duplicates?only=likely&limit=10").await.body;
    house.simulator.edit(|library| {
        // The last group of that page goes, and another comes before it.
        library.remove_torrent(id(6 * 9 + 1).parse().unwrap());
        library.change_torrent(id(5).parse().unwrap(), |torrent| torrent.files = one_file("A first", GB));
    });
    house.sync(json!({"mode": "full"})).await;
    let cursor = first["nextLikelyCursor"].as_str().unwrap();
    let rest = house.get(&format!("/api/duplicates?only=likely&limit=500&likelyCursor={cursor}")).await.body;
    let seen: Vec<_> =
        first["likely"].as_array().unwrap().iter().chain(rest["likely"].as_array().unwrap()).map(group).collect();
    let expected: Vec<_> = whole.iter().map(group).filter(|(.., entries)| entries != &[5, 6]).collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn b8_an_account_sees_only_its_own_duplicates() {
    let mut house = house(|shelf| {
        for hash in ["c39fe3eefbdb62da9c27eb6398ff4a7d2e26e7ab", "c39fe3eefbdb62da9c27eb6398ff4a7d2e26e7ab"] {
            shelf.torrent_with(hash, "Kite.mkv", 4 * GB);
        }
        shelf.torrent("Kite mkv", 4 * GB);
    })
    .await;
    let mut library = Library::generate(3, 1, 1);
    Shelf::over(&mut library, |shelf| {
        shelf.torrent_with("c39fe3eefbdb62da9c27eb6398ff4a7d2e26e7ab", "Kite.mkv", 4 * GB);
    });
    house.simulator.add_account(Account::new("other-token", "somebody", library));
    let own = house.token.clone();
    let other = house.post("/api/auth/token", json!({"token": "other-token"})).await;
    other.body["accessToken"].as_str().unwrap().clone_into(&mut house.token);
    house.sync(json!({})).await;
    let nothing = json!({
        "detection": "on", "groups": [], "totalGroups": 0, "totalDuplicates": 0, "totalReclaimableBytes": 0,
        "nextCursor": null, "likely": [], "nextLikelyCursor": null,
    });
    assert_eq!(house.get("/api/duplicates").await.body, nothing);
    house.token = own;
    assert_eq!(house.likely().await.len(), 1);
    assert_eq!(house.get("/api/duplicates").await.body["totalGroups"], 1);
}
