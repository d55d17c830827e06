use super::*;
use crate::real_debrid::{
    Code,
    scripted::{Baton, Reply, Scripted, TOKEN, client, connection, manual_clock, refuses, says, transport},
};
use secrecy::SecretString;

const INFO: &str = r#"{
	"id": "ABCDEFGHIJKLM",
	"filename": "Film.mkv",
	"original_filename": "Film",
	"hash": "c39fe3eefbdb62da9c27eb6398ff4a7d2e26e7ab",
	"bytes": 5, "original_bytes": 12, "host": "real-debrid.com", "split": 2000, "progress": 100,
	"status": "downloaded", "added": "2024-09-27T09:25:11.000Z", "a_new_field": {"x": 1},
	"files": [
		{"id": 1, "path": "\/Cover.jpg", "bytes": 7, "selected": 0},
		{"id": 2, "path": "\/Film.mkv", "bytes": 5, "selected": 1}
	],
	"links": ["https:\/\/real-debrid.com\/d\/UJE7C4NNFB4B2"],
	"ended": "2024-09-27T09:30:11.000Z"
}"#;

fn page(page: u32, active_only: bool) -> PageRequest {
    PageRequest { page, limit: 5_000, active_only }
}

#[tokio::test]
async fn the_account_is_asked_for_with_the_token_in_the_header() {
    let body =
        r#"{"id":42,"username":"somebody","type":"premium","premium":7,"expiration":"2032-06-06T04:42:42.000Z"}"#;
    let server = Scripted::new([says(200, body)]).await;
    let (client, _) = client(&server);
    let account = client.user().await.expect("an account");
    assert_eq!((account.real_debrid_id, account.premium), (42, true));
    assert_eq!(server.asked(), ["/rest/1.0/user"]);
    assert_eq!(server.authorization(0), Some(format!("Bearer {TOKEN}")));
    assert_eq!(server.header(0, "user-agent").as_deref(), Some(concat!("dmm/", env!("CARGO_PKG_VERSION"))));
}

#[tokio::test]
async fn the_time_is_asked_for_without_the_token() {
    let server = Scripted::new([says(200, "2026-11-24T10:30:00+0100")]).await;
    let (client, _) = client(&server);
    let time = client.server_time().await.expect("a time");
    assert_eq!((time.utc.to_string().as_str(), time.offset_minutes), ("2026-11-24T09:30:00.000Z", 60));
    assert_eq!(server.asked(), ["/rest/1.0/time/iso"]);
    assert_eq!(server.authorization(0), None);
}

#[tokio::test]
async fn lists_are_paged_by_page_and_never_by_offset() {
    let server = Scripted::new((0..4).map(|_| says(204, ""))).await;
    let (client, _) = client(&server);
    for (kind, request) in [
        (Kind::Torrent, page(1, false)),
        (Kind::Torrent, page(2, true)),
        (Kind::Download, page(3, true)),
        (Kind::Download, PageRequest { page: 1, limit: 1, active_only: false }),
    ] {
        client.list(kind, request).await.expect("a page");
    }
    assert_eq!(
        server.asked(),
        [
            "/rest/1.0/torrents?page=1&limit=5000",
            "/rest/1.0/torrents?page=2&limit=5000&filter=active",
            "/rest/1.0/downloads?page=3&limit=5000",
            "/rest/1.0/downloads?page=1&limit=1",
        ]
    );
}

#[tokio::test]
async fn the_total_is_read_on_every_page_also_on_an_empty_one() {
    let server = Scripted::new([
        says(200, "[]").with("x-total-count", "17"),
        says(204, "").with("X-Total-Count", "0"),
        says(200, "[]").with("x-total-count", "lots"),
        says(200, "[]"),
    ])
    .await;
    let (client, baton) = client(&server);
    let mut totals = Vec::new();
    for number in 1..=4 {
        totals.push(client.list(Kind::Torrent, page(number, false)).await.expect("a page").total);
    }
    assert_eq!(totals, [Some(17), Some(0), None, None]);
    assert_eq!(baton.announced(), [], "a few pages are not slowed");
}

#[tokio::test]
async fn a_compressed_page_is_read() {
    let squeezed: Vec<u8> = vec![31, 139, 8, 0, 0, 0, 0, 0, 2, 255, 139, 142, 5, 0, 41, 187, 76, 13, 2, 0, 0, 0];
    let reply = Reply::Says(200, vec![("content-encoding", "gzip".to_owned())], squeezed);
    let server = Scripted::new([reply]).await;
    let (client, _) = client(&server);
    assert_eq!(client.list(Kind::Torrent, page(1, false)).await, Ok(Page::default()));
    assert!(server.header(0, "accept-encoding").is_some_and(|accepted| accepted.contains("gzip")));
}

#[tokio::test]
async fn the_contents_of_a_torrent_come_with_their_links() {
    let server = Scripted::new([says(200, INFO)]).await;
    let (client, _) = client(&server);
    let contents = client.torrent_info("ABCDEFGHIJKLM").await.expect("an answer").expect("a torrent");
    assert_eq!(contents.entry.filename, "Film.mkv");
    let links: Vec<_> = contents.files.iter().map(|file| file.link.as_deref()).collect();
    assert_eq!(links, [None, Some("https://real-debrid.com/d/UJE7C4NNFB4B2")]);
    assert_eq!(server.asked(), ["/rest/1.0/torrents/info/ABCDEFGHIJKLM"]);
}

#[tokio::test]
async fn a_torrent_is_gone_only_when_real_debrid_itself_says_so() {
    let server = Scripted::new([refuses(404, 7), says(404, "<html>Not Found</html>"), refuses(404, 3)]).await;
    let (client, _) = client(&server);
    assert_eq!(client.torrent_info("GONE").await, Ok(None));
    assert_eq!(client.torrent_info("GONE").await, Err(Error::NotFound { status: 404, code: None }));
    let error = client.torrent_info("GONE").await.expect_err("no statement about the torrent");
    assert_eq!(error.error_code(), Some(Code::UnknownMethod));
}

#[tokio::test]
async fn an_answer_about_another_torrent_is_not_believed() {
    let server = Scripted::new((0..4).map(|_| says(200, INFO))).await;
    let (client, _) = client(&server);
    let error = client.torrent_info("ANOTHERONE").await.expect_err("a wrong answer");
    assert!(matches!(error, Error::Malformed { .. }), "{error:?}");
}

#[tokio::test]
async fn an_entry_that_makes_no_sense_is_not_asked_for_again() {
    let server = Scripted::new([says(200, &INFO.replace("c39fe3", "xxxxxx"))]).await;
    let (client, _) = client(&server);
    let error = client.torrent_info("ABCDEFGHIJKLM").await.expect_err("an odd torrent");
    assert!(matches!(&error, Error::Unreadable { reason } if reason.contains("SHA-1")), "{error:?}");
    assert_eq!(client.requests_sent(), 1);
}

#[tokio::test]
async fn an_odd_id_stays_inside_its_segment_of_the_address() {
    let server = Scripted::new([refuses(404, 7)]).await;
    let (client, _) = client(&server);
    assert_eq!(client.torrent_info("../user?x=1#y").await, Ok(None));
    assert_eq!(server.asked(), ["/rest/1.0/torrents/info/..%2Fuser%3Fx=1%23y"]);
    for id in ["", ".", ".."] {
        assert_eq!(client.torrent_info(id).await, Ok(None));
    }
    assert_eq!(client.requests_sent(), 1);
}

#[tokio::test]
async fn a_redirect_is_not_followed_so_that_the_token_stays_here() {
    let elsewhere = Scripted::new([]).await;
    let server = Scripted::new([says(302, "").with("location", &elsewhere.url)]).await;
    let (client, _) = client(&server);
    let error = client.user().await.expect_err("a redirect");
    assert_eq!(error.status(), Some(302));
    assert_eq!(elsewhere.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn clones_count_their_requests_together() {
    let server = Scripted::new((0..3).map(|_| says(204, ""))).await;
    let (client, _) = client(&server);
    let clone = client.clone();
    clone.list(Kind::Torrent, page(1, false)).await.expect("a page");
    client.list(Kind::Download, page(1, false)).await.expect("a page");
    assert_eq!((client.requests_sent(), clone.requests_sent()), (2, 2));
}

#[tokio::test]
async fn nobody_there_is_told_from_a_refusal_and_names_no_address() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let manual = manual_clock();
    let url = format!("http://{address}/rest/1.0?auth_token={TOKEN}");
    let baton = Arc::new(Baton::skipping(&manual));
    let client = Client::new(transport(), connection(&url, manual.clock(), baton.clone()));
    let error = client.user().await.expect_err("nobody there");
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    assert_eq!(client.requests_sent(), 4);
    let seen = format!("{error} {error:?} {client:?} {:?}", baton.announced());
    assert!(!seen.contains(TOKEN) && !seen.contains("auth_token"), "{seen}");
}

#[tokio::test]
async fn the_token_is_in_no_error_even_when_the_server_repeats_it() {
    let body = format!(r#"{{"error":"bad thing {TOKEN}","error_code":2}}"#);
    let server = Scripted::new([says(400, &body)]).await;
    let (client, _) = client(&server);
    let error = client.user().await.expect_err("a refusal");
    let seen = format!("{error} {error:?} {client:?}");
    assert!(seen.contains("bad thing") && !seen.contains(TOKEN), "{seen}");
}

#[tokio::test]
async fn a_token_that_cannot_be_a_header_is_a_refused_token() {
    let server = Scripted::new([]).await;
    for token in ["", "  ", "two\nlines"] {
        let manual = manual_clock();
        let baton = Arc::new(Baton::skipping(&manual));
        let connection =
            Connection { token: Arc::new(SecretString::from(token)), ..connection(&server.url, manual.clock(), baton) };
        let client = Client::new(transport(), connection);
        assert!(client.user().await.expect_err("no token").needs_sign_in());
    }
    assert_eq!(server.asked(), Vec::<String>::new());
}

#[test]
fn calls_can_be_made_from_any_task() {
    fn is_send<T: Send>(_: T) {}
    fn calls(client: &Client) {
        is_send(client.user());
        is_send(client.server_time());
        is_send(client.list(Kind::Torrent, page(1, false)));
        is_send(client.torrent_info("A"));
    }
    let _ = calls;
}
