//! The device flow.

use super::World;
use serde_json::{Value, json};
use std::time::Duration;

#[expect(clippy::struct_field_names, reason = "the names of the wire")]
struct Device {
    world: World,
    device_code: String,
    user_code: String,
    page: String,
}

impl Device {
    async fn new() -> Self {
        let world = World::new(2, 0).await;
        let url = format!("{}/device/code?client_id=X&new_credentials=yes", world.simulator.oauth_url());
        let body: Value = world.client.get(url).send().await.unwrap().json().await.unwrap();
        assert_eq!((&body["interval"], &body["expires_in"]), (&json!(5), &json!(600)));
        let text = |name: &str| body[name].as_str().unwrap().to_owned();
        let (device_code, user_code) = (text("device_code"), text("user_code"));
        let page = text("direct_verification_url");
        Self { world, device_code, user_code, page }
    }

    async fn credentials(&self) -> (u16, Value) {
        let url =
            format!("{}/device/credentials?client_id=X&code={}", self.world.simulator.oauth_url(), self.device_code);
        let answer = self.world.client.get(url).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn token(&self, credentials: &Value, code: &str) -> (u16, Value) {
        let form = format!(
            "client_id={}&client_secret={}&code={code}&grant_type=http%3A%2F%2Foauth.net%2Fgrant_type%2Fdevice%2F1.0",
            credentials["client_id"].as_str().unwrap(),
            credentials["client_secret"].as_str().unwrap()
        );
        let url = format!("{}/token", self.world.simulator.oauth_url());
        let answer = self.world.client.post(url).body(form).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn status_with(&self, token: &Value) -> u16 {
        let url = format!("{}/torrents", self.world.simulator.api_url());
        let request = self.world.client.get(url).bearer_auth(token["access_token"].as_str().unwrap());
        request.send().await.unwrap().status().as_u16()
    }
}

#[tokio::test]
async fn item_25_a_device_waits_for_its_owner_and_then_has_a_token_until_it_expires() {
    let device = Device::new().await;
    assert_eq!(device.credentials().await, (403, json!({"error": null, "error_code": null})));
    assert_eq!(device.world.simulator.waiting_devices(), std::slice::from_ref(&device.user_code));
    assert_eq!(device.world.client.get(&device.page).send().await.unwrap().status(), 200);
    let (status, credentials) = device.credentials().await;
    assert_eq!(status, 200);
    let (status, token) = device.token(&credentials, &device.device_code).await;
    assert_eq!((status, &token["token_type"], &token["expires_in"]), (200, &json!("Bearer"), &json!(3600)));
    assert_eq!(device.status_with(&token).await, 200);
    device.world.simulator.advance(Duration::from_hours(1));
    assert_eq!(device.status_with(&token).await, 401);
    let (status, refreshed) = device.token(&credentials, token["refresh_token"].as_str().unwrap()).await;
    assert_eq!((status, &refreshed["refresh_token"]), (200, &token["refresh_token"]));
    assert_eq!(device.status_with(&refreshed).await, 200);
}

#[tokio::test]
async fn item_25_an_expired_or_unknown_code_is_200_with_nulls() {
    let mut device = Device::new().await;
    let nothing = (200, json!({"client_id": null, "client_secret": null}));
    device.world.simulator.advance(Duration::from_mins(10));
    assert_eq!(device.credentials().await, nothing);
    assert!(!device.world.simulator.approve_device(&device.user_code, "demo-token"));
    device.device_code = "ANOTHER".to_owned();
    assert_eq!(device.credentials().await, nothing);
}

#[tokio::test]
async fn item_25_a_refresh_token_can_rotate_and_be_revoked() {
    let device = Device::new().await;
    device.world.simulator.knobs(|knobs| knobs.oauth.refresh_rotates = true);
    assert!(device.world.simulator.approve_device(&device.user_code, "demo-token"));
    let (_, credentials) = device.credentials().await;
    let (_, first) = device.token(&credentials, &device.device_code).await;
    let first = first["refresh_token"].as_str().unwrap().to_owned();
    let (status, second) = device.token(&credentials, &first).await;
    assert_eq!((status, second["refresh_token"] == json!(first)), (200, false));
    assert_eq!(device.token(&credentials, &first).await.0, 403);
    device.world.simulator.revoke_applications();
    device.world.simulator.knobs(|knobs| knobs.oauth.revoked_status = 401);
    assert_eq!(device.token(&credentials, second["refresh_token"].as_str().unwrap()).await.0, 401);
}

#[tokio::test]
async fn item_25_polling_faster_than_told_can_be_refused() {
    let device = Device::new().await;
    device.world.simulator.knobs(|knobs| knobs.oauth.refuses_fast_polls = true);
    assert_eq!(device.credentials().await.0, 403);
    assert_eq!(device.credentials().await.0, 429);
    device.world.simulator.advance(Duration::from_secs(5));
    assert_eq!(device.credentials().await.0, 403);
}

#[tokio::test]
async fn item_25_lives_and_the_interval_are_as_told() {
    let device = Device::new().await;
    device.world.simulator.knobs(|knobs| {
        knobs.oauth.token_life = Duration::from_hours(24);
        knobs.oauth.code_life = Duration::from_mins(30);
        knobs.oauth.interval = Duration::from_secs(9);
    });
    let url = format!("{}/device/code?client_id=X&new_credentials=yes", device.world.simulator.oauth_url());
    let body: Value = device.world.client.get(url).send().await.unwrap().json().await.unwrap();
    assert_eq!((&body["interval"], &body["expires_in"]), (&json!(9), &json!(1800)));
    assert!(device.world.simulator.approve_device(&device.user_code, "demo-token"));
    let (_, credentials) = device.credentials().await;
    let (_, token) = device.token(&credentials, &device.device_code).await;
    assert_eq!(token["expires_in"], json!(86_400));
    device.world.simulator.advance(Duration::from_hours(23));
    assert_eq!(device.status_with(&token).await, 200);
    device.world.simulator.advance(Duration::from_hours(1));
    assert_eq!(device.status_with(&token).await, 401);
}
