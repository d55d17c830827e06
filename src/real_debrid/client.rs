//! The questions DMM asks Real-Debrid, and their answers in the words of the subject.
//!
//! The client is read-only by construction: it has no method that adds, changes, unrestricts or deletes anything of a
//! library; it can only make its own token worthless. It pages by
//! `page` and never by `offset`, because the service answers an offset with nothing at times.

pub use super::server_time::ServerTime;
use super::{
    Conductor, Error, Pacer, TokenSource, Transport, Urgency, convert, decode,
    pacer::Class,
    retry::{Line, Question},
    server_time, wire,
};
use crate::{
    clock::Clock,
    domain::{Entry, FileContent, Kind, Timestamp},
};
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// A read-only client for one account; clones are the same client.
#[derive(Clone)]
pub struct Client(Arc<Line>);

/// What a [`Client`] needs to know.
pub struct Connection {
    /// Base address of the REST API, with or without a slash at the end.
    pub api_url: String,
    /// Gives each question its token: a private one, or one of OAuth that is renewed.
    pub token: Arc<dyn TokenSource>,
    /// Repeats of a request that fails in a way that heals by itself.
    pub max_retries: u32,
    /// For how long refusals for being too many (429) and nothing else are waited out beside the repeats, and a database
    /// that does not give the token. Zero for a question that somebody waits for: these are failures like others.
    pub refusal_patience: Duration,
    /// Whether somebody waits for the answers.
    pub urgency: Urgency,
    /// The time.
    pub clock: Clock,
    /// The pace of the account; all its clients share it.
    pub pacer: Arc<Pacer>,
    /// Who may pause and stop.
    pub conductor: Arc<dyn Conductor>,
}

/// Whose library it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Real-Debrid's number of the account.
    pub real_debrid_id: i64,
    /// User name.
    pub username: String,
    /// End of the subscription; none without one.
    pub premium_until: Option<Timestamp>,
    /// Whether there is premium time left.
    pub premium: bool,
}

/// Which rows of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// From 1.
    pub page: u32,
    /// Rows a page, at most 5,000.
    pub limit: u32,
    /// Only torrents on their way; downloads know no such filter and ignore it.
    pub active_only: bool,
}

/// What a list says on one page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// The readable rows in the order sent. Can be more than asked for.
    pub rows: Vec<Entry>,
    /// The id of the first row, be it readable otherwise or not.
    pub first_id: Option<String>,
    /// The others.
    pub unreadable: Vec<UnreadableRow>,
    /// Entries on all pages, if the server says.
    pub total: Option<i64>,
}

/// A row that cannot be an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadableRow {
    /// Its id, if at least that can be read.
    pub id: Option<String>,
    /// What is wrong with it.
    pub reason: String,
}

/// What is inside a torrent.
#[derive(Debug, Clone, PartialEq)]
pub struct TorrentContents {
    /// The torrent itself, fresher than in the list.
    pub entry: Entry,
    /// Its name, whatever is selected.
    pub original_filename: Option<String>,
    /// Bytes of all files, selected or not.
    pub original_bytes: Option<i64>,
    /// The files; empty before the metadata is there.
    pub files: Vec<FileContent>,
}

impl Client {
    /// A client over the shared `http`.
    pub fn new(http: Transport, connection: Connection) -> Self {
        Self(Arc::new(Line { http, connection, sent: AtomicU64::new(0) }))
    }

    /// Whose token it is.
    ///
    /// # Errors
    /// Any [`Error`]; [`Error::needs_sign_in`] when the token is no good.
    pub async fn user(&self) -> Result<Account, Error> {
        let question = Question { path: &["user"], query: &[], class: Class::Other, signed_in: true };
        self.0
            .ask(question, |answer| {
                convert::account(decode::object(answer)?)
                    .map_err(|reason| Error::Malformed { status: answer.status, reason })
            })
            .await
    }

    /// The server's time and time zone. Needs no token and sends none.
    ///
    /// # Errors
    /// Any [`Error`] that has nothing to do with the token.
    pub async fn server_time(&self) -> Result<ServerTime, Error> {
        let question = Question { path: &["time", "iso"], query: &[], class: Class::Other, signed_in: false };
        self.0
            .ask(question, |answer| {
                server_time::read(decode::text(answer)?).ok_or_else(|| Error::Malformed {
                    status: answer.status,
                    reason: "no time with an offset".to_owned(),
                })
            })
            .await
    }

    /// One page of torrents or downloads, newest first. A page past the end is empty.
    ///
    /// # Errors
    /// Any [`Error`]. A success that is not a list is one, never an empty page.
    pub async fn list(&self, kind: Kind, request: PageRequest) -> Result<Page, Error> {
        let PageRequest { page, limit, active_only } = request;
        let mut query = vec![("page", page.max(1).to_string()), ("limit", limit.to_string())];
        if active_only && kind == Kind::Torrent {
            query.push(("filter", "active".to_owned()));
        }
        let class = if kind == Kind::Torrent { Class::TorrentList } else { Class::Other };
        let question = Question { path: &[kind.plural()], query: &query, class, signed_in: true };
        self.0.ask(question, |answer| decode::page(answer, kind, page)).await
    }

    /// What is inside a torrent; none when Real-Debrid says it has no such torrent (code 7).
    ///
    /// # Errors
    /// Any [`Error`]. A 404 without that code is one, because it may come from something in between.
    pub async fn torrent_info(&self, id: &str) -> Result<Option<TorrentContents>, Error> {
        // An address cannot hold these as a segment, so no torrent has such an id.
        if matches!(id, "" | "." | "..") {
            return Ok(None);
        }
        let question = Question { path: &["torrents", "info", id], query: &[], class: Class::Entry, signed_in: true };
        let info = self.0.ask(question, |answer| {
            let info: wire::TorrentInfo = decode::object(answer)?;
            if info.torrent.id == id {
                Ok(info)
            } else {
                Err(Error::Malformed { status: answer.status, reason: "another torrent than asked for".to_owned() })
            }
        });
        match info.await {
            Ok(info) => convert::torrent_contents(info).map(Some).map_err(|reason| Error::Unreadable { reason }),
            Err(Error::NotFound { code: Some(super::Code::ResourceNotFound), .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes the token worthless with which it is asked (`/disable_access_token`), here and wherever else it is used.
    ///
    /// # Errors
    /// Any [`Error`]; [`Error::needs_sign_in`] when it is worthless already.
    pub async fn disable_token(&self) -> Result<(), Error> {
        let question = Question { path: &["disable_access_token"], query: &[], class: Class::Other, signed_in: true };
        self.0
            .ask(question, |answer| match answer.status {
                200 | 204 if answer.body.is_empty() => Ok(()),
                _ => Err(decode::refusal(answer, "nothing")),
            })
            .await
    }

    /// Requests sent by this client and its clones, refused and repeated ones included.
    pub fn requests_sent(&self) -> u64 {
        self.0.sent.load(Ordering::Relaxed)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("requests_sent", &self.requests_sent()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
