//! A stand-in with canned data, to look at the pages; replaced at merge.
#![expect(missing_docs, clippy::all, clippy::pedantic, clippy::disallowed_methods, reason = "thrown away at merge")]

use crate::domain::*;
use axum::http::HeaderMap;
use std::{
    sync::{Arc, Mutex},
    time::{SystemTime, UNIX_EPOCH},
};

struct Inner {
    status: SyncStatus,
    configuration: SyncConfiguration,
    paused_ms: i64,
    paused_at: Option<i64>,
    files: Vec<File>,
    token_fails: bool,
}
#[derive(Clone)]
pub struct Application(Arc<Mutex<Inner>>);
pub struct Session {
    pub id: i64,
    pub user: User,
}
pub struct SignedIn {
    pub access_token: String,
    pub user: User,
    pub cookie: String,
}

pub fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64
}
fn user() -> User {
    User { id: 1, username: "demo-user".into(), premium_until: Some(Timestamp::from_millis(now() + 90 * 86_400_000)) }
}
const RUN_MS: i64 = 20_000;
const TOTAL: i64 = 15_000;

impl Application {
    pub fn new() -> Self {
        let names = [
            "Ubuntu.24.04.Desktop.amd64.iso",
            "Sintel.2010.2160p.UHD.BluRay.x265-GROUP",
            "Big.Buck.Bunny.2008.1080p.BluRay.x264.DTS-WiKi.mkv",
            "The.Endless.Summer.Season.02.Complete.1080p.WEB-DL.AAC2.0.H.264-LONGGROUPNAME",
            "Amélie à la plage — l'intégrale (2001) [FLAC 24-96]",
            "진격의 거인 S04E12 1080p WEB-DL",
            "elephants-dream-hd.avi",
            "LibreOffice_7.6_Win_x86-64.msi",
        ];
        let st = ["downloaded", "downloaded", "downloaded", "downloaded", "downloading", "error", "downloaded", "waiting_files_selection"];
        let files = (0..TOTAL)
            .map(|i| File {
                id: i + 1,
                real_debrid_id: format!("RD{i:08}"),
                kind: if i % 3 == 0 { Kind::Download } else { Kind::Torrent },
                filename: format!("{}{}", names[(i % 8) as usize], if i < 8 { String::new() } else { format!(".{i}") }),
                file_size: if i % 8 == 4 { 0 } else { 1_373_366_001i64.wrapping_mul(i % 4001 + 1) / 7 },
                mime_type: Some("video/x-matroska".into()),
                sha1_hash: (i % 3 != 0).then(|| format!("{:040x}", i * 7919 + 12345).parse().unwrap()),
                status: if i % 3 == 0 { "downloaded".into() } else { st[(i % 8) as usize].into() },
                download_url: (i % 3 == 0).then(|| format!("https://example.download/d/ABCDEF{i}/file.mkv")),
                duplicate_of: (i % 11 == 2).then_some(i),
                added_at: Timestamp::from_millis(now() - i * 3_600_000 * 5),
                created_at: Timestamp::from_millis(now() - 100_000),
                updated_at: Timestamp::from_millis(now() - 100_000),
            })
            .collect();
        Self(Arc::new(Mutex::new(Inner {
            status: SyncStatus::default(),
            configuration: SyncConfiguration::default(),
            paused_ms: 0,
            paused_at: None,
            files,
            token_fails: false,
        })))
    }
    /// For screenshots: force a state.
    pub fn force(&self, what: &str) {
        let mut i = self.0.lock().unwrap();
        let n = now();
        i.status.held_deletions = 0;
        i.status.error = None;
        match what {
            "fresh" => i.status = SyncStatus::default(),
            "held" => i.status.held_deletions = 1_250,
            "error" => {
                i.status.status = State::Error;
                i.status.timing.ended = Some(Timestamp::from_millis(n));
                i.status.error = Some("Real-Debrid answered 503 to 4 attempts in a row; it is probably under maintenance. Retry in a few minutes.".into());
                i.status.stats.errors = 3;
            }
            "expire" => i.token_fails = true,
            _ => {}
        }
    }
    pub fn demo(&self) -> bool {
        true
    }
    pub async fn session(&self, headers: &HeaderMap) -> Result<Option<Session>, ApiError> {
        let yes = headers.get("cookie").and_then(|c| c.to_str().ok()).is_some_and(|c| c.contains("dmm_session=ok"));
        Ok(yes.then(|| Session { id: 1, user: user() }))
    }
    pub async fn sign_in(&self, token: &str) -> Result<SignedIn, ApiError> {
        if token == "good" { self.sign_in_demo().await } else { Err(ApiError::new(ErrorCode::TokenRefused, "refused")) }
    }
    pub async fn sign_in_demo(&self) -> Result<SignedIn, ApiError> {
        Ok(SignedIn { access_token: "ok".into(), user: user(), cookie: "dmm_session=ok; Path=/; HttpOnly; SameSite=Lax".into() })
    }
    pub async fn sign_out(&self, _: &Session) -> Result<String, ApiError> {
        Ok("dmm_session=; Path=/; Max-Age=0".into())
    }
    pub async fn sync_status(&self, _: i64) -> Result<SyncStatus, ApiError> {
        let mut i = self.0.lock().unwrap();
        if i.status.status == State::Running {
            let n = now();
            let gone = n - i.status.timing.started.unwrap().as_millis() - i.paused_ms;
            let done = (TOTAL * gone / RUN_MS).min(TOTAL);
            let s = &mut i.status;
            s.progress.total = TOTAL;
            s.progress.processed = done;
            s.progress.percentage = (done * 99 / TOTAL) as u8;
            s.progress.current = if done < 10_000 { format!("Reading torrents {}–{} of 10,000", units::count(done / 5000 * 5000 + 1), units::count(done / 5000 * 5000 + 5000)) } else { "Reading downloads 1–5,000 of 5,000".into() };
            s.stats = Stats { added: done - done / 11, updated: done / 11, deleted: 0, duplicates: done / 23, errors: done / 7000 };
            s.timing.estimated_end = Some(Timestamp::from_millis(n + RUN_MS - gone));
            s.contents = ContentsProgress { total: 10_000, processed: done / 70 };
            if done == TOTAL {
                s.status = State::Completed;
                s.progress.percentage = 100;
                s.timing.estimated_end = None;
                s.timing.ended = Some(Timestamp::from_millis(n));
                s.last_sync = Some(Timestamp::from_millis(n));
            }
        }
        Ok(i.status.clone())
    }
    pub async fn start_sync(&self, _: i64, mode: Mode) -> Result<SyncStatus, ApiError> {
        tokio::task::yield_now().await;
        let mut i = self.0.lock().unwrap();
        if matches!(i.status.status, State::Running | State::Paused) {
            return Err(ApiError::new(ErrorCode::AlreadyRunning, "A sync is already running. Wait for it, or cancel it first."));
        }
        let last = i.status.last_sync;
        i.status = SyncStatus { id: Some("1".into()), status: State::Running, mode: Some(mode), last_sync: last, ..Default::default() };
        i.status.timing.started = Some(Timestamp::from_millis(now()));
        i.paused_ms = 0;
        Ok(i.status.clone())
    }
    pub async fn act_on_sync(&self, _: i64, action: Action) -> Result<SyncStatus, ApiError> {
        self.sync_status(1).await?;
        let mut i = self.0.lock().unwrap();
        match (action, i.status.status) {
            (Action::Pause, State::Running) => {
                i.paused_at = Some(now());
                i.status.status = State::Paused;
                i.status.timing.estimated_end = None;
            }
            (Action::Resume, State::Paused) => {
                i.paused_ms += now() - i.paused_at.take().unwrap();
                i.status.status = State::Running;
            }
            (Action::Cancel, State::Running | State::Paused) => {
                i.status.status = State::Idle;
                i.status.timing.ended = Some(Timestamp::from_millis(now()));
                i.status.timing.estimated_end = None;
            }
            _ => return Err(ApiError::new(ErrorCode::NotInThisState, "The sync had moved on meanwhile. The buttons show what is possible now.")),
        }
        Ok(i.status.clone())
    }
    pub async fn configuration(&self, _: i64) -> Result<SyncConfiguration, ApiError> {
        Ok(self.0.lock().unwrap().configuration.clone())
    }
    pub async fn answer_held_deletions(&self, _: i64, _confirm: bool) -> Result<SyncStatus, ApiError> {
        let mut i = self.0.lock().unwrap();
        i.status.held_deletions = 0;
        Ok(i.status.clone())
    }
    pub async fn files(&self, _: i64, q: &FileQuery) -> Result<FilePage, ApiError> {
        let i = self.0.lock().unwrap();
        if i.status.id.is_none() {
            return Ok(FilePage { files: vec![], total: 0, next_cursor: None });
        }
        let limit = q.limit.unwrap_or(50);
        if !query::LIMIT.contains(&limit) {
            return Err(ApiError::invalid(format!("limit is {limit}, but must be 1–500.")));
        }
        let words: Vec<String> = q.query.as_deref().unwrap_or("").to_lowercase().split_whitespace().map(Into::into).collect();
        let mut f: Vec<File> = i
            .files
            .iter()
            .filter(|f| {
                let n = f.filename.to_lowercase();
                words.iter().all(|w| n.contains(w))
                    && q.kind.is_none_or(|k| k == f.kind)
                    && q.status.as_ref().is_none_or(|s| *s == f.status)
                    && q.duplicates.is_none_or(|d| (d == DuplicateFilter::Only) == f.duplicate_of.is_some())
            })
            .cloned()
            .collect();
        match q.sort_or_default() {
            Sort::Name => f.sort_by_key(|f| f.filename.to_lowercase()),
            Sort::Size => f.sort_by_key(|f| f.file_size),
            Sort::Added => f.sort_by_key(|f| f.added_at),
        }
        if q.order_or_default() == Order::Desc {
            f.reverse();
        }
        let total = f.len() as i64;
        let from: i64 = q.cursor.as_deref().unwrap_or("0").parse().unwrap_or(0);
        let next = (from + limit < total).then(|| (from + limit).to_string());
        Ok(FilePage { files: f.into_iter().skip(from as usize).take(limit as usize).collect(), total, next_cursor: next })
    }
    pub async fn file(&self, _: i64, id: i64) -> Result<FileDetails, ApiError> {
        let i = self.0.lock().unwrap();
        let file = i.files.get((id - 1) as usize).cloned().ok_or_else(|| ApiError::new(ErrorCode::NotFound, "There is no file with this number, or not any more. Search for it in the library."))?;
        let contents = if file.kind == Kind::Torrent { (1..=5).map(|n| FileContent { index: n, path: format!("/Season 02/The.Endless.Summer.S02E0{n}.1080p.WEB-DL.mkv"), bytes: 1_500_000_000 + n * 7_654_321, mime_type: Some("video/x-matroska".into()), selected: n != 3, link: (n != 3).then(|| "https://real-debrid.com/d/ABCDEFGHIJKLM".into()) }).collect() } else { vec![] };
        Ok(FileDetails { file, contents_read_at: Some(Timestamp::from_millis(now())), contents })
    }
}
