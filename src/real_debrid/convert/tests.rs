use super::*;
use serde_json::{Value, json};

const HASH: &str = "c39fe3eefbdb62da9c27eb6398ff4a7d2e26e7ab";

fn merged(mut base: Value, changes: Value) -> Value {
    let Value::Object(changes) = changes else { panic!("changes are an object") };
    for (field, value) in changes {
        base[field] = value;
    }
    base
}

fn torrent(changes: Value) -> Result<Entry, (Option<String>, String)> {
    let base = json!({
        "id": "ABCDEFGHIJKLM", "filename": "Film.2024.1080p.mkv", "hash": HASH, "bytes": 7, "progress": 42.5,
        "status": "downloading", "added": "2024-09-27T09:25:11.000Z", "links": []
    });
    serde_json::from_value::<wire::Torrent>(merged(base, changes)).expect("a readable row").into_entry()
}

fn download(changes: Value) -> Result<Entry, (Option<String>, String)> {
    let base = json!({
        "id": "UY2IPW4N7WVJW", "filename": "Film.mkv", "mimeType": "video/x-matroska", "filesize": 7,
        "link": "https://real-debrid.com/d/UJE7C4NNFB4B2C6C", "host": "real-debrid.com",
        "download": "https://22-4.download.real-debrid.com/d/X/Film.mkv", "generated": "2025-02-18T18:30:19.000Z"
    });
    serde_json::from_value::<wire::Download>(merged(base, changes)).expect("a readable row").into_entry()
}

fn assert_refused(row: Result<Entry, (Option<String>, String)>, id: Option<&str>, word: &str) {
    let (refused, reason) = row.expect_err(word);
    assert_eq!(refused.as_deref(), id);
    assert!(reason.contains(word), "{reason}");
}

#[test]
fn a_torrent_is_an_entry_with_its_infohash_and_a_guessed_type() {
    let entry = torrent(json!({})).expect("an entry");
    assert_eq!(
        entry,
        Entry {
            real_debrid_id: "ABCDEFGHIJKLM".to_owned(),
            kind: Kind::Torrent,
            filename: "Film.2024.1080p.mkv".to_owned(),
            file_size: 7,
            mime_type: Some("video/x-matroska".to_owned()),
            sha1_hash: HASH.parse().ok(),
            status: "downloading".to_owned(),
            progress: 42.5,
            download_url: None,
            link: None,
            added_at: Timestamp::from_millis(1_727_429_111_000),
            added_raw: "2024-09-27T09:25:11.000Z".to_owned(),
            ended_at: None,
        }
    );
}

#[test]
fn a_download_is_an_entry_without_a_hash() {
    let entry = download(json!({})).expect("an entry");
    assert_eq!(
        entry,
        Entry {
            real_debrid_id: "UY2IPW4N7WVJW".to_owned(),
            kind: Kind::Download,
            filename: "Film.mkv".to_owned(),
            file_size: 7,
            mime_type: Some("video/x-matroska".to_owned()),
            sha1_hash: None,
            status: "downloaded".to_owned(),
            progress: 100.0,
            download_url: Some("https://22-4.download.real-debrid.com/d/X/Film.mkv".to_owned()),
            link: Some("https://real-debrid.com/d/UJE7C4NNFB4B2C6C".to_owned()),
            added_at: Timestamp::from_millis(1_739_903_419_000),
            added_raw: "2025-02-18T18:30:19.000Z".to_owned(),
            ended_at: None,
        }
    );
}

#[test]
fn the_type_of_a_download_may_be_null_absent_or_empty() {
    assert_eq!(download(json!({"mimeType": null})).expect("an entry").mime_type, None);
    assert_eq!(download(json!({"mimeType": ""})).expect("an entry").mime_type, None);
    let absent = json!({"id": "A", "filename": "f", "link": "l", "generated": "2015-12-04T19:11:02.000Z"});
    let row: wire::Download = serde_json::from_value(absent).expect("the shape of 2015");
    assert_eq!(row.into_entry().expect("an entry").mime_type, None);
}

#[test]
fn the_type_of_a_folder_or_of_an_unknown_extension_is_not_guessed() {
    for name in ["Show.S01.1080p.WEB-DL.x264-GROUP", "folder", "file.unheardof"] {
        assert_eq!(torrent(json!({"filename": name})).expect("an entry").mime_type, None, "{name}");
    }
}

#[test]
fn an_unknown_status_is_kept() {
    assert_eq!(torrent(json!({"status": "dreaming"})).expect("an entry").status, "dreaming");
}

#[test]
fn progress_stays_between_0_and_100_and_what_is_downloaded_is_done() {
    for (sent, status, meant) in [
        (json!(-1), "queued", 0.0),
        (json!(101.5), "uploading", 100.0),
        (json!(0), "downloaded", 100.0),
        (json!("7"), "x", 7.0),
    ] {
        let entry = torrent(json!({"progress": sent, "status": status})).expect("an entry");
        assert!((entry.progress - meant).abs() < f64::EPSILON, "{entry:?}");
    }
}

#[test]
fn ended_before_added_is_kept_because_others_may_have_finished_it_earlier() {
    let entry = torrent(json!({"ended": "2019-10-28T21:18:16.000Z"})).expect("an entry");
    assert!(entry.ended_at.is_some_and(|ended| ended < entry.added_at), "{entry:?}");
}

#[test]
fn ended_may_be_null_or_empty() {
    for ended in [json!(null), json!("")] {
        assert_eq!(torrent(json!({"ended": ended})).expect("an entry").ended_at, None);
    }
}

#[test]
fn the_date_as_sent_is_kept_beside_the_moment_because_its_zone_may_be_a_lie() {
    let entry = torrent(json!({"added": "2024-09-27T11:25:11+02:00"})).expect("an entry");
    assert_eq!(entry.added_raw, "2024-09-27T11:25:11+02:00");
    assert_eq!(entry.added_at, Timestamp::from_millis(1_727_429_111_000));
}

#[test]
fn a_date_that_cannot_be_read_makes_the_row_unreadable() {
    assert_refused(torrent(json!({"added": "yesterday"})), Some("ABCDEFGHIJKLM"), "added");
    assert_refused(torrent(json!({"ended": "0000-00-00"})), Some("ABCDEFGHIJKLM"), "ended");
    assert_refused(download(json!({"generated": ""})), Some("UY2IPW4N7WVJW"), "generated");
}

#[test]
fn an_empty_name_is_replaced_by_what_the_entry_is_known_by() {
    for empty in [json!(""), json!(" "), json!(null)] {
        assert_eq!(torrent(json!({"filename": empty})).expect("an entry").filename, HASH);
        assert_eq!(download(json!({"filename": empty})).expect("an entry").filename, "UY2IPW4N7WVJW");
    }
}

#[test]
fn a_name_keeps_its_unicode_form() {
    for name in ["Ame\u{301}lie.mkv", "Am\u{e9}lie.mkv", "  spaced  ", "שלום 🎬.mkv"] {
        assert_eq!(torrent(json!({"filename": name})).expect("an entry").filename, name);
    }
}

#[test]
fn a_nul_in_any_stored_text_makes_the_row_unreadable() {
    for field in ["filename", "status"] {
        assert_refused(torrent(json!({field: "a\0b"})), Some("ABCDEFGHIJKLM"), field);
    }
    for field in ["filename", "mimeType", "download", "link"] {
        assert_refused(download(json!({field: "a\0b"})), Some("UY2IPW4N7WVJW"), field);
    }
    assert_refused(torrent(json!({"id": "a\0b"})), None, "id");
}

#[test]
fn a_row_without_an_id_is_unreadable() {
    assert_refused(torrent(json!({"id": ""})), None, "id");
}

#[test]
fn an_invalid_hash_makes_the_row_unreadable_but_leaves_its_id() {
    for hash in ["", "abc", "zz9fe3eefbdb62da9c27eb6398ff4a7d2e26e7ab"] {
        assert_refused(torrent(json!({"hash": hash})), Some("ABCDEFGHIJKLM"), "SHA-1");
    }
}

#[test]
fn a_negative_size_makes_the_row_unreadable_and_zero_means_unknown() {
    assert_refused(torrent(json!({"bytes": -1})), Some("ABCDEFGHIJKLM"), "bytes is -1");
    assert_refused(download(json!({"filesize": -1})), Some("UY2IPW4N7WVJW"), "filesize is -1");
    assert_eq!(download(json!({"filesize": 0})).expect("an entry").file_size, 0);
}

#[test]
fn the_files_of_a_torrent_have_their_links_and_types() {
    let info: wire::TorrentInfo = serde_json::from_value(json!({
        "id": "ABCDEFGHIJKLM", "filename": "Film.mkv", "hash": HASH, "bytes": 5, "progress": 100,
        "status": "downloaded", "added": "2024-09-27T09:25:11.000Z",
        "links": ["https://real-debrid.com/d/UJE7C4NNFB4B2"],
        "original_filename": "Film", "original_bytes": "12",
        "files": [
            {"id": 1, "path": "/Cover.jpg", "bytes": 7, "selected": 0},
            {"id": 2, "path": "Film.mkv", "bytes": 5, "selected": 1}
        ]
    }))
    .expect("a readable torrent");
    let contents = torrent_contents(info).expect("contents");
    assert_eq!((contents.original_filename.as_deref(), contents.original_bytes), (Some("Film"), Some(12)));
    let file = |index, path: &str, bytes, mime: &str, selected, link: Option<&str>| FileContent {
        index,
        path: path.to_owned(),
        bytes,
        mime_type: Some(mime.to_owned()),
        selected,
        link: link.map(str::to_owned),
    };
    assert_eq!(
        contents.files,
        [
            file(1, "/Cover.jpg", 7, "image/jpeg", false, None),
            file(2, "/Film.mkv", 5, "video/x-matroska", true, Some("https://real-debrid.com/d/UJE7C4NNFB4B2")),
        ]
    );
}

#[test]
fn a_torrent_without_metadata_has_no_files_yet() {
    for files in [json!(null), json!([])] {
        let info: wire::TorrentInfo = serde_json::from_value(json!({
            "id": "A", "filename": "f", "hash": HASH, "bytes": 0, "status": "magnet_conversion",
            "added": "2024-09-27T09:25:11.000Z", "files": files
        }))
        .expect("a readable torrent");
        let contents = torrent_contents(info).expect("contents");
        assert_eq!((contents.files, contents.original_filename, contents.original_bytes), (vec![], None, None));
    }
}

#[test]
fn a_file_of_negative_size_is_named_in_the_refusal() {
    let file = wire::TorrentFile { id: 3, path: "/a".to_owned(), bytes: -5, selected: 0 };
    assert_eq!(contents(vec![file], vec![]), Err("file 3: bytes is -5, and no size is negative".to_owned()));
}

fn user(changes: Value) -> Result<Account, String> {
    let base = json!({
        "id": 42, "username": "somebody", "type": "premium", "premium": 666_666,
        "expiration": "2032-06-06T04:42:42.000Z"
    });
    account(serde_json::from_value(merged(base, changes)).expect("a readable user"))
}

#[test]
fn premium_ends_when_the_subscription_does() {
    let account = user(json!({})).expect("an account");
    assert_eq!((account.real_debrid_id, &account.username[..], account.premium), (42, "somebody", true));
    assert_eq!(account.premium_until.map(|end| end.to_string()).as_deref(), Some("2032-06-06T04:42:42.000Z"));
}

#[test]
fn the_expiration_of_an_account_without_premium_means_nothing() {
    let account = user(json!({"type": "free", "premium": 0})).expect("an account");
    assert_eq!((account.premium, account.premium_until), (false, None));
}

#[test]
fn an_account_without_a_number_is_no_account() {
    for id in [json!(0), json!(null), json!(-1)] {
        assert!(user(json!({"id": id})).is_err());
    }
}
