use super::*;

const ROW: &str = r#"{"id":"ABCDEFGHIJKLM","filename":"Big.Buck.Bunny.2008.1080p.mkv","hash":"C39FE3EEFBDB62DA9C27EB6398FF4A7D2E26E7AB","bytes":183567938,"host":"real-debrid.com","split":2000,"progress":100,"status":"downloaded","added":"2024-09-27T09:25:11.000Z","links":["https:\/\/real-debrid.com\/d\/ABCDEFGHIJKLM"],"ended":"2024-09-22T06:15:21.000Z"}"#;

fn answer(status: u16, body: &str) -> Answer {
    Answer { status, total: None, retry_after: None, body: body.as_bytes().to_vec() }
}

fn torrents(status: u16, body: &str) -> Result<Page, Error> {
    page(&answer(status, body), Kind::Torrent, 1)
}

fn refusal_of(status: u16, code: i64) -> Error {
    torrents(status, &format!(r#"{{"error":"a_slug","error_code":{code}}}"#)).expect_err("a refusal")
}

#[test]
fn no_content_is_an_empty_page_with_the_total_of_its_header() {
    let empty = Answer { total: Some(3), ..answer(204, "") };
    let page = page(&empty, Kind::Download, 1).expect("a page");
    assert_eq!((page.rows.len(), page.unreadable.len(), page.total), (0, 0, Some(3)));
}

#[test]
fn an_empty_array_is_an_empty_page() {
    assert_eq!(torrents(200, " []\n"), Ok(Page::default()));
}

#[test]
fn not_found_past_the_first_page_is_the_end_and_on_the_first_an_error() {
    assert_eq!(page(&answer(404, ""), Kind::Torrent, 2), Ok(Page::default()));
    assert_eq!(torrents(404, ""), Err(Error::NotFound { status: 404, code: None }));
}

#[test]
fn a_success_that_is_no_array_is_a_failed_read_and_never_an_empty_library() {
    for body in
        ["{}", "", " ", "null", "\"\"", "0", r#"{"0":{}}"#, "<html></html>", r#"{"error":null,"error_code":null}"#]
    {
        let error = torrents(200, body).expect_err(body);
        assert!(matches!(error, Error::Malformed { status: 200, .. }), "{body}: {error:?}");
        assert!(error.is_transient());
    }
    for status in [201, 202, 206] {
        assert!(matches!(torrents(status, "[]"), Err(Error::Malformed { .. })), "{status}");
    }
}

#[test]
fn json_cut_short_is_a_failed_read_wherever_it_is_cut() {
    let whole = format!("[{ROW},{ROW}]");
    for end in 0..whole.len() {
        let error = torrents(200, &whole[..end]).expect_err("cut");
        assert!(matches!(error, Error::Malformed { .. }), "cut at {end}: {error:?}");
    }
    assert_eq!(torrents(200, &whole).map(|page| page.rows.len()), Ok(2));
}

#[test]
fn a_success_with_an_error_inside_is_that_error() {
    assert_eq!(refusal_of(200, 8), Error::TokenRefused { status: 200, code: Some(Code::BadToken) });
    assert!(matches!(refusal_of(200, 34), Error::RateLimited { .. }));
    let unknown = torrents(200, r#"{"error":"new_thing","error_code":99}"#);
    assert_eq!(
        unknown,
        Err(Error::Refused { status: 200, code: Some(Code::Unknown(99)), message: "new_thing".to_owned() })
    );
}

#[test]
fn the_maintenance_page_is_known_with_any_status() {
    let html = "\n<!DOCTYPE html><html><head><title>Temporarily Down For Maintenance</title>";
    for status in [200, 503] {
        assert_eq!(torrents(status, html), Err(Error::Maintenance { status }));
    }
}

#[test]
fn a_server_error_without_a_code_is_an_outage() {
    for (status, body) in [(500, ""), (502, "<html>Bad Gateway</html>"), (503, "<html>"), (504, "{}"), (408, "")] {
        assert_eq!(
            torrents(status, body),
            Err(Error::Unavailable { status, code: None, retry_after: None }),
            "{status} {body}"
        );
    }
}

#[test]
fn the_code_decides_before_the_status() {
    for code in [-1, 6, 17, 18, 19, 25] {
        assert!(matches!(refusal_of(503, code), Error::Unavailable { .. }), "{code}");
    }
    for code in [9, 10, 11, 14, 15, 20, 22, 23, 36, 37] {
        assert!(matches!(refusal_of(503, code), Error::NotPermitted { .. }), "{code}");
    }
    for code in [5, 34] {
        assert!(matches!(refusal_of(503, code), Error::RateLimited { .. }), "{code}");
    }
    for code in [1, 2, 3, 4, 16, 21, 24, 30, 35] {
        let error = refusal_of(503, code);
        assert!(matches!(error, Error::Refused { .. }) && !error.is_transient(), "{code}: {error:?}");
    }
    assert_eq!(refusal_of(401, 14).error_code(), Some(Code::AccountLocked));
    assert!(!refusal_of(401, 14).needs_sign_in());
}

#[test]
fn without_a_known_code_the_status_decides() {
    assert!(matches!(refusal_of(401, 99), Error::TokenRefused { .. }));
    assert!(matches!(torrents(401, "<html>"), Err(Error::TokenRefused { code: None, .. })));
    assert!(matches!(refusal_of(403, 99), Error::NotPermitted { .. }));
    assert!(matches!(refusal_of(429, 99), Error::RateLimited { code: Some(Code::Unknown(99)), .. }));
    assert!(matches!(refusal_of(503, 99), Error::Unavailable { code: Some(Code::Unknown(99)), .. }));
    assert!(matches!(torrents(302, ""), Err(Error::Refused { status: 302, .. })));
}

#[test]
fn a_code_sent_as_a_string_is_understood() {
    assert!(torrents(401, r#"{"error_code":"8"}"#).expect_err("refusal").error_code() == Some(Code::BadToken));
}

#[test]
fn a_total_that_is_missing_or_garbage_is_not_known() {
    assert_eq!(total(" 1234 "), Some(1234));
    assert_eq!(total("0"), Some(0));
    for garbage in ["", "many", "-1", "1.5", "12,000", "99999999999999999999"] {
        assert_eq!(total(garbage), None, "{garbage}");
    }
}

#[test]
fn one_bad_row_does_not_spoil_the_page() {
    let bad = r#"{"id":"BADBADBADBADB","bytes":"many"}"#;
    let nameless = "[1,2]";
    let page = torrents(200, &format!("[{ROW},{bad},{nameless},{ROW}]")).expect("a page");
    assert_eq!(page.rows.len(), 2);
    let ids: Vec<_> = page.unreadable.iter().map(|row| row.id.as_deref()).collect();
    assert_eq!(ids, [Some("BADBADBADBADB"), None]);
    assert!(page.unreadable[0].reason.contains("many"), "{:?}", page.unreadable[0]);
}

#[test]
fn a_name_in_bytes_that_are_no_unicode_costs_no_more_than_that_name() {
    let mut body = format!("[{ROW},{ROW}]").into_bytes();
    let place = body.windows(3).position(|bytes| bytes == b"Big").expect("the name");
    body[place] = 0xff;
    let page = page(&Answer { status: 200, total: None, retry_after: None, body }, Kind::Torrent, 1).expect("a page");
    let names: Vec<_> = page.rows.iter().map(|row| &row.filename[..]).collect();
    assert_eq!(names, ["\u{fffd}ig.Buck.Bunny.2008.1080p.mkv", "Big.Buck.Bunny.2008.1080p.mkv"]);
}

#[test]
fn more_rows_than_asked_for_are_all_taken() {
    let body = format!("[{}]", vec![ROW; 5_001].join(","));
    assert_eq!(torrents(200, &body).map(|page| page.rows.len()), Ok(5_001));
}

#[test]
fn an_object_may_come_wrapped_in_an_array_of_one() {
    let user = r#"{"id":42,"username":"somebody"}"#;
    for body in [user.to_owned(), format!("[{user}]")] {
        assert_eq!(object::<wire::User>(&answer(200, &body)).map(|user| user.id), Ok(42));
    }
    assert!(object::<wire::User>(&answer(200, &format!("[{user},{user}]"))).is_err());
}

#[test]
fn an_empty_php_map_where_an_object_is_documented_is_a_failed_read() {
    for body in ["[]", "{}", ""] {
        let error = object::<wire::User>(&answer(200, body)).expect_err(body);
        assert!(matches!(error, Error::Malformed { .. }), "{body}: {error:?}");
    }
}

#[test]
fn an_error_where_an_object_is_expected_is_that_error() {
    let body = r#"{"error":"bad_token","error_code":8}"#;
    assert!(object::<wire::User>(&answer(200, body)).expect_err("an error").needs_sign_in());
}

#[test]
fn a_web_page_where_a_text_is_expected_is_a_failed_read() {
    assert_eq!(text(&answer(200, " 2026 \n")), Ok("2026"));
    for body in ["<html>", "{}", ""] {
        assert!(matches!(text(&answer(200, body)), Err(Error::Malformed { .. })), "{body}");
    }
}
