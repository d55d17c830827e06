//! `/oauth/v2`: the device flow, and the page on which its owner says yes.
//!
//! The flow ends in an access token of an account, which then opens the REST API like a private one until it expires.

mod devices;

pub(crate) use devices::Devices;

use super::{
    account::{Scope, Token},
    answer::Answer,
    asked::Asked,
    knobs::Knobs,
    refusal,
    serve::{Shared, lock, open},
};
use devices::Poll;
use serde_json::json;

/// Answers everything outside the REST API.
pub(crate) fn answer(shared: &Shared, asked: &Asked, knobs: &Knobs) -> Answer {
    match (asked.method.as_str(), asked.path.as_str()) {
        ("GET", "/oauth/v2/device/code") => code(shared, asked, knobs),
        ("GET", "/oauth/v2/device/credentials") => credentials(shared, asked, knobs),
        ("POST", "/oauth/v2/token") => token(shared, asked, knobs),
        ("GET", "/authorize") => authorize(shared, asked, knobs),
        (_, "/oauth/v2/device/code" | "/oauth/v2/device/credentials" | "/oauth/v2/token" | "/authorize") => {
            refusal::by_code(4, knobs)
        }
        _ => refusal::by_code(3, knobs),
    }
}

fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
}

fn code(shared: &Shared, asked: &Asked, knobs: &Knobs) -> Answer {
    let Some(client_id) = find(&asked.query, "client_id") else {
        return refusal::by_code(1, knobs);
    };
    let (device_code, user_code) = lock(&shared.oauth).start(shared.clock.now(), knobs);
    let body = json!({
        "device_code": device_code,
        "user_code": user_code,
        "interval": knobs.oauth.interval.as_secs(),
        "expires_in": knobs.oauth.code_life.as_secs(),
        "verification_url": "https://real-debrid.com/device",
        "direct_verification_url":
            format!("{}/authorize?client_id={client_id}&device_id={user_code}", shared.origin),
    });
    Answer::json(200, &body, knobs.shape.layout)
}

fn credentials(shared: &Shared, asked: &Asked, knobs: &Knobs) -> Answer {
    let code = find(&asked.query, "code").unwrap_or_default();
    let nothing = json!({ "client_id": null, "client_secret": null });
    match lock(&shared.oauth).poll(code, shared.clock.now(), knobs) {
        Poll::TooFast => refusal::by_code(34, knobs),
        Poll::Pending => refusal::with(403, None, None, knobs),
        Poll::Unknown => Answer::json(200, &nothing, knobs.shape.layout),
        Poll::Approved { client_id, client_secret } => {
            let body = json!({ "client_id": client_id, "client_secret": client_secret });
            Answer::json(200, &body, knobs.shape.layout)
        }
    }
}

fn token(shared: &Shared, asked: &Asked, knobs: &Knobs) -> Answer {
    let field = |name| find(&asked.form, name);
    let (Some(client_id), Some(secret), Some(code), Some(grant_type)) =
        (field("client_id"), field("client_secret"), field("code"), field("grant_type"))
    else {
        return refusal::by_code(1, knobs);
    };
    if grant_type != "http://oauth.net/grant_type/device/1.0" {
        return refusal::by_code(2, knobs);
    }
    let revoked = || refusal::with(knobs.oauth.revoked_status, Some(9), Some("permission_denied".to_owned()), knobs);
    let Some(issued) = lock(&shared.oauth).issue(client_id, secret, code, knobs) else {
        return revoked();
    };
    let life = knobs.oauth.token_life;
    let expires = shared.clock.now().plus_millis(i64::try_from(life.as_millis()).unwrap_or(i64::MAX));
    let mut accounts = lock(&shared.accounts);
    let Some((account, _)) = open(&mut accounts, &issued.owner) else {
        return revoked();
    };
    account.tokens.push(Token {
        secret: issued.access_token.clone(),
        scopes: Scope::ALL.to_vec(),
        alive: true,
        expires: Some(expires),
    });
    let body = json!({
        "access_token": issued.access_token,
        "expires_in": life.as_secs(),
        "token_type": "Bearer",
        "refresh_token": issued.refresh_token,
    });
    Answer::json(200, &body, knobs.shape.layout)
}

/// What the owner of the first account sees: opening the address is saying yes.
fn authorize(shared: &Shared, asked: &Asked, knobs: &Knobs) -> Answer {
    let owner = lock(&shared.accounts).first().and_then(|account| Some(account.tokens.first()?.secret.clone()));
    let code = find(&asked.query, "device_id").unwrap_or_default();
    let known = owner.is_some_and(|owner| lock(&shared.oauth).approve(code, &owner, shared.clock.now()));
    if known {
        Answer::html(200, "<!DOCTYPE html>\n<html lang=\"en\"><title>Approved</title><h1>Approved</h1></html>\n")
    } else {
        refusal::by_code(7, knobs)
    }
}
