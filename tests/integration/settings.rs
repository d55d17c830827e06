//! F4 on the page: the form takes what the API takes, keeps what was typed when it refuses, and works as a plain form.

use crate::house::House;
use reqwest::{StatusCode, header};
use serde_json::{Value, json};

const DEFAULTS: [(&str, &str); 6] = [
    ("auto_sync", "on"),
    ("sync_interval", "30"),
    ("batch_size", "100"),
    ("enable_duplicate_detection", "on"),
    ("sync_timeout", "300"),
    ("max_retries", "3"),
];

/// The form with some fields filled in otherwise; an empty text for a box is one that is not ticked.
fn form(changes: &[(&str, &str)]) -> String {
    let fields = DEFAULTS.map(|(name, value)| {
        let other = changes.iter().find(|(field, _)| *field == name);
        (name, other.map_or(value, |(_, value)| *value))
    });
    let filled = fields.into_iter().filter(|(name, value)| !(is_box(name) && value.is_empty()));
    form_urlencoded::Serializer::new(String::new()).extend_pairs(filled).finish()
}

fn is_box(name: &str) -> bool {
    matches!(name, "auto_sync" | "enable_duplicate_detection")
}

impl House {
    /// Posts the settings form as a browser does, and follows to the page that answers.
    async fn post_settings(&self, changes: &[(&str, &str)], accept: &str) -> (StatusCode, String, String) {
        let answer = self
            .http
            .post(format!("{}/api/ui/save_settings", self.base))
            .header(header::COOKIE, format!("dmm_session={}", self.token))
            .header(header::ORIGIN, &self.base)
            .header(header::ACCEPT, accept)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form(changes))
            .send()
            .await
            .expect("an answer");
        let (status, address) = (answer.status(), answer.url().to_string());
        (status, address, answer.text().await.expect("a page"))
    }

    async fn settings_page(&self, search: &str) -> String {
        let request = self.http.get(format!("{}/settings{search}", self.base));
        let answer = request.header(header::COOKIE, format!("dmm_session={}", self.token)).send().await;
        answer.expect("an answer").text().await.expect("a page")
    }

    async fn configuration(&self) -> Value {
        self.get("/api/sync/configuration").await.body["configuration"].clone()
    }
}

/// The tag of the field with this name.
fn field<'a>(html: &'a str, name: &str) -> &'a str {
    let at = html.find(&format!(" name=\"{name}\"")).unwrap_or_else(|| panic!("no field {name} in {html}"));
    let start = html[..at].rfind('<').expect("a tag");
    let end = at + html[at..].find('>').expect("its end");
    &html[start..end]
}

#[tokio::test]
async fn f4_the_plain_form_stores_every_setting_and_says_so() {
    let house = House::with(3, 0).await;
    let changes = [
        ("auto_sync", ""),
        ("sync_interval", "45"),
        ("batch_size", "250"),
        ("enable_duplicate_detection", ""),
        ("sync_timeout", "90.5"),
        ("max_retries", "0"),
    ];
    let (status, address, page) = house.post_settings(&changes, "text/html").await;
    assert_eq!((status, address), (StatusCode::OK, format!("{}/settings?saved", house.base)));
    assert!(page.contains("Saved."), "{page}");
    assert_eq!(
        house.configuration().await,
        json!({"autoSync": false, "syncInterval": 45, "batchSize": 250, "enableDuplicateDetection": false,
               "syncTimeout": 90_500, "maxRetries": 0})
    );
    for (name, value) in
        [("sync_interval", "45"), ("batch_size", "250"), ("sync_timeout", "90.5"), ("max_retries", "0")]
    {
        assert!(field(&page, name).contains(&format!(" value=\"{value}\"")), "{}", field(&page, name));
    }
    assert!(!field(&page, "auto_sync").contains(" checked"), "{}", field(&page, "auto_sync"));
    assert!(page.contains("every 45 minutes"), "{page}");
    let sync = house.http.get(format!("{}/sync", house.base)).bearer_auth(&house.token).send().await.unwrap();
    let sync = sync.text().await.unwrap();
    assert!(sync.contains("href=\"/settings\"") && sync.contains("<dd>off</dd>"), "{sync}");
}

#[tokio::test]
async fn f4_a_refused_form_comes_back_with_what_was_typed_and_the_reason_at_its_field() {
    let house = House::with(3, 0).await;
    for (name, typed, reason) in [
        ("sync_interval", "0", "“Time between syncs” must be a whole number, 1 to 10,080 minutes."),
        ("sync_interval", "10081", "1 to 10,080 minutes"),
        ("batch_size", "24", "“Batch size” must be a whole number, 25 to 500 files."),
        ("batch_size", "", "25 to 500 files"),
        ("sync_timeout", "0.999", "1 to 86,400 seconds"),
        ("sync_timeout", "86400.001", "1 to 86,400 seconds"),
        ("max_retries", "11", "0 to 10 times"),
        ("max_retries", "<b>many</b>", "0 to 10 times"),
    ] {
        let changes = [("auto_sync", ""), ("sync_interval", "77"), ("batch_size", "333"), (name, typed)];
        let changes: Vec<_> = changes.into_iter().filter(|it| it.0 != name || it.1 == typed).collect();
        let (status, _, page) = house.post_settings(&changes, "text/html").await;
        assert_eq!(status, StatusCode::OK);
        let written = typed.replace('<', "&lt;").replace('>', "&gt;");
        let wrong = field(&page, name);
        assert!(wrong.contains(" aria-invalid=\"true\""), "{name} {typed}: {wrong}");
        assert!(wrong.contains(&format!(" value=\"{written}\"")), "{name} {typed}: {wrong}");
        let error = page.split_once(&format!("id=\"{name}-said\"")).map_or("", |(_, rest)| rest);
        assert!(error.split("</p>").next().is_some_and(|text| text.contains(reason)), "{name} {typed}: {page}");
        assert!(page.contains("Nothing was saved"), "{page}");
        let kept = if name == "batch_size" { ("sync_interval", "77") } else { ("batch_size", "333") };
        assert!(field(&page, kept.0).contains(&format!(" value=\"{}\"", kept.1)), "what else was typed is lost");
        assert!(!field(&page, kept.0).contains("aria-invalid"), "{}", field(&page, kept.0));
        assert!(!field(&page, "auto_sync").contains(" checked"), "a box is ticked again");
    }
    assert_eq!(house.configuration().await["batchSize"], 100, "a refused form has changed something");
}

#[tokio::test]
async fn f4_an_island_gets_the_reason_with_its_status_and_every_bound_is_taken() {
    let house = House::with(3, 0).await;
    let (status, _, body) = house.post_settings(&[("batch_size", "501")], "application/json").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(body.contains("invalid_configuration") && body.contains("25 to 500 files"), "{body}");
    for (least, most, name, stored) in [
        ("1", "10080", "sync_interval", "syncInterval"),
        ("25", "500", "batch_size", "batchSize"),
        ("1", "86400", "sync_timeout", "syncTimeout"),
        ("0", "10", "max_retries", "maxRetries"),
    ] {
        let page = house.settings_page("").await;
        let input = field(&page, name);
        for (attribute, bound) in [("min", least), ("max", most)] {
            assert!(input.contains(&format!(" {attribute}=\"{bound}\"")), "{input}");
            let (status, _, body) = house.post_settings(&[(name, bound)], "application/json").await;
            assert_eq!(status, StatusCode::OK, "{name} {bound}: {body}");
            let value: i64 = bound.parse().unwrap();
            let value = if name == "sync_timeout" { value * 1_000 } else { value };
            assert_eq!(house.configuration().await[stored], value, "{name} {bound}");
        }
    }
}

#[tokio::test]
async fn f4_the_defaults_are_shown_before_they_are_saved() {
    let house = House::with(3, 0).await;
    house.post_settings(&[("batch_size", "250")], "text/html").await;
    let page = house.settings_page("?defaults").await;
    assert!(page.contains("These are the defaults."), "{page}");
    let batch = field(&page, "batch_size");
    assert!(batch.contains(" value=\"100\"") && batch.contains(" data-saved=\"250\""), "{batch}");
    assert_eq!(house.configuration().await["batchSize"], 250);
}

#[tokio::test]
async fn f5_a_stranger_is_led_to_sign_in_and_changes_nothing() {
    let mut house = House::with(3, 0).await;
    let answer = house.http.get(format!("{}/settings", house.base)).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert!(answer.text().await.unwrap().contains("href=\"/connection\""));
    let token = std::mem::replace(&mut house.token, "made-up".to_owned());
    let (_, address, _) = house.post_settings(&[("batch_size", "250")], "text/html").await;
    assert!(address.ends_with("/connection"), "{address}");
    house.token = token;
    assert_eq!(house.configuration().await["batchSize"], 100);
}

#[tokio::test]
async fn the_help_has_three_tabs_that_are_links_and_one_that_is_open() {
    let house = House::with(3, 0).await;
    house.post_settings(&[("batch_size", "250"), ("max_retries", "1")], "text/html").await;
    for (search, open) in [
        ("", "about"),
        ("?help=features", "features"),
        ("?help=troubleshooting", "troubleshooting"),
        ("?help=x", "about"),
    ] {
        let page =
            house.http.get(format!("{}/sync{search}", house.base)).bearer_auth(&house.token).send().await.unwrap();
        let page = page.text().await.unwrap();
        for name in ["about", "features", "troubleshooting"] {
            let panel = page.split_once(&format!(" id=\"help-{name}\"")).map_or("", |(_, rest)| rest);
            let panel = panel.split('>').next().unwrap_or_default();
            assert_eq!(panel.contains(" hidden"), name != open, "{search} {name}: {panel}");
            assert!(page.contains(&format!("href=\"/sync?help={name}#help\"")), "{page}");
        }
        assert!(page.contains("in batches, at present of 250 files") && page.contains("is repeated once,"), "{page}");
    }
}
