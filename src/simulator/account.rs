//! Whose library it is: a user, the tokens that open it, and what they may do.

use super::{knobs::Knobs, library::Library};
use crate::{domain::Timestamp, real_debrid::wire};
use sha2::{Digest as _, Sha256};

/// One account of the simulated Real-Debrid.
#[derive(Debug, Clone)]
pub struct Account {
    /// Any of them opens the account.
    pub tokens: Vec<Token>,
    /// What `GET /user` shows.
    pub user: wire::User,
    /// Torrents and downloads.
    pub library: Library,
    /// A locked account is answered 403 with code 14.
    pub locked: bool,
    /// When its unfinished torrents last moved on by themselves.
    pub(crate) stepped: Option<Timestamp>,
}

/// A private or OAuth token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// As sent by clients.
    pub secret: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// False once revoked or disabled.
    pub alive: bool,
    /// Only access tokens of OAuth end by themselves.
    pub expires: Option<Timestamp>,
}

/// What a token may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// `/user`, `/traffic`.
    User,
    /// `/torrents`.
    Torrents,
    /// `/downloads`.
    Downloads,
    /// `/unrestrict`, `/streaming`.
    Unrestrict,
}

impl Scope {
    /// A private token has them all.
    pub const ALL: [Self; 4] = [Self::User, Self::Torrents, Self::Downloads, Self::Unrestrict];
}

impl Token {
    /// A private token: every scope, no end.
    pub fn private(secret: impl Into<String>) -> Self {
        Self { secret: secret.into(), scopes: Scope::ALL.to_vec(), alive: true, expires: None }
    }

    /// Whether it opens its account at `now`.
    pub fn opens(&self, now: Timestamp) -> bool {
        self.alive && self.expires.is_none_or(|end| now < end)
    }
}

impl Account {
    /// A premium account with one private token. The user's id follows from the name.
    pub fn new(token: impl Into<String>, username: impl Into<String>, library: Library) -> Self {
        let username = username.into();
        let id = Sha256::digest(username.as_bytes()).iter().take(3).fold(1, |id, byte| id << 8 | i64::from(*byte));
        let start: String = username.chars().take(3).collect();
        let user = wire::User {
            id,
            email: format!("{start}*****@example.com"),
            points: 12_345,
            locale: Some("en".to_owned()),
            avatar: "https://fcdn.real-debrid.com/images/forum/empty.png".to_owned(),
            kind: "premium".to_owned(),
            premium: 15_552_000,
            expiration: Some("2031-05-17T08:00:00.000Z".to_owned()),
            username,
        };
        Self { tokens: vec![Token::private(token)], user, library, locked: false, stepped: None }
    }

    /// The subscription ends: the account is a free one, and its expiration means nothing any more.
    pub fn lapse(&mut self) {
        "free".clone_into(&mut self.user.kind);
        self.user.premium = 0;
    }

    /// What happens by itself: torrents move on, old downloads are forgotten.
    pub(crate) fn let_time_pass(&mut self, now: Timestamp, knobs: &Knobs) {
        if let Some(age) = knobs.downloads_age_out_after {
            let age = i64::try_from(age.as_millis()).unwrap_or(i64::MAX);
            self.library.forget_downloads_before(now.plus_millis(-age));
        }
        let Some(every) = knobs.step_every.and_then(|every| i64::try_from(every.as_millis()).ok()) else {
            return;
        };
        let since = *self.stepped.get_or_insert(now);
        // After a long pause a few steps are enough to finish everything.
        let steps = (now.millis_since(since) / every.max(1)).clamp(0, 20);
        if steps > 0 {
            self.stepped = Some(now);
        }
        for _ in 0..steps {
            self.library.step(now);
        }
    }
}

/// How the journal names a token without giving it away.
pub fn token_id(secret: &str) -> String {
    use std::fmt::Write as _;
    Sha256::digest(secret.as_bytes()).iter().take(4).fold(String::new(), |mut id, byte| {
        let _ = write!(id, "{byte:02x}");
        id
    })
}
