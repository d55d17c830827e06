//! `ETag`: right, stale or absent.

use super::World;
use reqwest::Response;

async fn ask(world: &World, path: &str, known: &str) -> Response {
    world.request("GET", path).header("if-none-match", known).send().await.unwrap()
}

fn etag(answer: &Response) -> String {
    answer.headers()["etag"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn item_12_an_etag_stands_for_the_body_and_is_honoured() {
    let world = World::new(5, 0).await;
    let first = etag(&world.get("/torrents").await);
    assert!(first.len() == 40 && first.bytes().all(|digit| digit.is_ascii_hexdigit()), "{first}");
    let known = ask(&world, "/torrents", &first).await;
    assert_eq!((known.status().as_u16(), etag(&known)), (304, first.clone()));
    assert_eq!(super::total(&known), Some("5"));
    assert_eq!(known.bytes().await.unwrap().len(), 0);
    world.simulator.edit(|library| library.remove_newest(1));
    let changed = ask(&world, "/torrents", &first).await;
    assert_eq!(changed.status(), 200);
    assert_ne!(etag(&changed), first);
    assert_ne!(etag(&world.get("/user").await), first);
}

#[tokio::test]
async fn item_12_an_etag_can_be_stale_so_that_a_change_is_answered_304() {
    let world = World::new(5, 0).await;
    world.simulator.knobs(|knobs| knobs.shape.etag_is_stale = true);
    let first = etag(&world.get("/torrents?page=1").await);
    world.simulator.edit(|library| library.remove_newest(1));
    assert_eq!(ask(&world, "/torrents?page=1", &first).await.status(), 304);
    assert_ne!(etag(&world.get("/torrents?page=1&limit=2").await), first, "another address has another");
}

#[tokio::test]
async fn item_12_an_etag_can_be_absent() {
    let world = World::new(5, 0).await;
    let first = etag(&world.get("/torrents").await);
    world.simulator.knobs(|knobs| knobs.shape.etag = false);
    let plain = ask(&world, "/torrents", &first).await;
    assert_eq!((plain.status().as_u16(), plain.headers().get("etag")), (200, None));
}
