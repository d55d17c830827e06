//! The library as people look at it: searched, filtered, sorted and paged by the database.
//!
//! Pages are cut by key, not by number: page 2,000 costs what page 1 costs, and entries that come or go meanwhile shift
//! nothing.

use super::{
    Store, StoreError, cursor,
    name::{like_pattern, search_name, searched},
    sql,
    statement::Statement,
};
use crate::domain::{
    ApiError, DuplicateFilter, File, FilePage, FileQuery, InfoHash, Kind, Order, Sort, Timestamp,
    organisation::folder_path,
    query::{DEFAULT_LIMIT, LIMIT},
};
use serde::{Deserialize, Serialize};

/// Words of one search; each is one condition of the statement.
const MOST_WORDS: usize = 32;

#[derive(sqlx::FromRow)]
pub(super) struct FileRow {
    pub(super) id: i64,
    real_debrid_id: String,
    kind: String,
    original_filename: String,
    pub(super) file_size: i64,
    mime_type: Option<String>,
    sha1_hash: Option<String>,
    status: String,
    download_url: Option<String>,
    duplicate_of: Option<i64>,
    added_at: i64,
    created_at: i64,
    updated_at: i64,
}

impl From<FileRow> for File {
    fn from(row: FileRow) -> Self {
        Self {
            id: row.id,
            real_debrid_id: row.real_debrid_id,
            kind: if row.kind == Kind::Download.as_str() { Kind::Download } else { Kind::Torrent },
            filename: row.original_filename,
            file_size: row.file_size,
            mime_type: row.mime_type,
            sha1_hash: row.sha1_hash.and_then(|hash| hash.parse::<InfoHash>().ok()),
            status: row.status,
            download_url: row.download_url,
            duplicate_of: row.duplicate_of,
            added_at: Timestamp::from_millis(row.added_at),
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
        }
    }
}

/// Where a page ends: the last row's key and id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cursor {
    s: Sort,
    o: Order,
    #[serde(flatten)]
    key: Key,
    i: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Key {
    /// A name.
    #[serde(rename = "t")]
    Text(String),
    /// A size or a time.
    #[serde(rename = "n")]
    Number(i64),
}

impl Cursor {
    fn encode(&self) -> String {
        cursor::encode(self)
    }

    fn decode(text: &str, sort: Sort, order: Order) -> Result<Self, ApiError> {
        cursor::decode(text, "cursor", "nextCursor on unchanged with the same sort and order", |cursor: &Self| {
            let fits =
                matches!((&cursor.key, sort), (Key::Text(_), Sort::Name) | (Key::Number(_), Sort::Size | Sort::Added));
            cursor.s == sort && cursor.o == order && fits
        })
    }
}

impl Store {
    /// One page of an account's library.
    ///
    /// # Errors
    /// `invalid_request` when a parameter is out of range, or when the database fails.
    pub async fn files(&self, user: i64, query: &FileQuery) -> Result<FilePage, ApiError> {
        let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
        if !LIMIT.contains(&limit) {
            return Err(ApiError::invalid(format!(
                "limit is {limit}, but must be {}–{} rows.",
                LIMIT.start(),
                LIMIT.end()
            )));
        }
        let words = searched(query.query.as_deref().unwrap_or_default()).len();
        if words > MOST_WORDS {
            return Err(ApiError::invalid(format!(
                "query has {words} words, but at most {MOST_WORDS} are searched for."
            )));
        }
        let query = &FileQuery { folder: folder_path(query.folder.as_deref().unwrap_or_default())?, ..query.clone() };
        let (sort, order) = (query.sort_or_default(), query.order_or_default());
        let cursor = query.cursor.as_deref().map(|text| Cursor::decode(text, sort, order)).transpose()?;
        let total = count_statement(user, query).scalar(self.reading(user)).await.map_err(StoreError::from)?;
        if total == 0 {
            return Ok(FilePage { files: Vec::new(), total, next_cursor: None });
        }
        let way = if words > 0 && total <= FEW { Way::ByName } else { Way::InOrder };
        let mut rows: Vec<FileRow> = page_statement(user, query, cursor.as_ref(), limit + 1, way)
            .fetch_all(self.reading(user))
            .await
            .map_err(StoreError::from)?;
        let more = i64::try_from(rows.len()).is_ok_and(|length| length > limit);
        if more {
            rows.pop();
        }
        let next_cursor = rows.last().filter(|_| more).map(|row| {
            let key = match sort {
                Sort::Name => Key::Text(search_name(&row.original_filename)),
                Sort::Size => Key::Number(row.file_size),
                Sort::Added => Key::Number(row.added_at),
            };
            Cursor { s: sort, o: order, key, i: row.id }.encode()
        });
        Ok(FilePage { files: rows.into_iter().map(File::from).collect(), total, next_cursor })
    }
}

/// Hits that are few enough to be gathered and put in order.
const FEW: i64 = 2_000;

/// How a page is come by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Through the rows in the order of the list, until the page is full.
    InOrder,
    /// By all names first. Where hardly any fits, the other way would lead through the whole table.
    ByName,
}

fn page_statement(user: i64, query: &FileQuery, cursor: Option<&Cursor>, rows: i64, way: Way) -> Statement<'static> {
    let column = match query.sort_or_default() {
        Sort::Name => "search_name",
        Sort::Size => "file_size",
        Sort::Added => "added_at",
    };
    let (direction, beyond) = match query.order_or_default() {
        Order::Asc => ("asc", ">"),
        Order::Desc => ("desc", "<"),
    };
    let mut statement = Statement::new(format!("select {} from files where ", sql::FILE_COLUMNS));
    if way == Way::ByName {
        // The plus keeps the database from taking the index of the order after all.
        statement.push("id in (select id from files where user_id = ").push_bind(user);
        push_words(&mut statement, query);
        statement.push(") and +user_id = ").push_bind(user);
    } else {
        statement.push(format!("{} = ", owner(query))).push_bind(user);
    }
    push_filters(&mut statement, user, query);
    if let Some(cursor) = cursor {
        statement.push(format!(" and ({column}, id) {beyond} ("));
        match &cursor.key {
            Key::Text(text) => statement.push_bind(text.clone()),
            Key::Number(number) => statement.push_bind(*number),
        };
        statement.push(", ").push_bind(cursor.i).push(")");
    }
    statement.push(format!(" order by {column} {direction}, id {direction} limit ")).push_bind(rows);
    statement
}

fn count_statement(user: i64, query: &FileQuery) -> Statement<'static> {
    if is_counted_already(query) {
        let mut statement =
            Statement::new("select cast(coalesce(sum(files), 0) as bigint) from file_counts where user_id = ");
        statement.push_bind(user);
        push_kind(&mut statement, query);
        return statement;
    }
    let mut statement = Statement::new(format!("select count(*) from files where {} = ", owner(query)));
    statement.push_bind(user);
    push_filters(&mut statement, user, query);
    statement
}

/// Whether nothing but the kind is asked about: those numbers the database keeps.
fn is_counted_already(query: &FileQuery) -> bool {
    let says_nothing = |text: &Option<String>| text.as_deref().is_none_or(|text| text.trim().is_empty());
    query.duplicates.is_none()
        && query.folder.is_none()
        && query.status.as_deref().is_none_or(str::is_empty)
        && says_nothing(&query.query)
}

fn push_kind(statement: &mut Statement<'_>, query: &FileQuery) {
    if let Some(kind) = query.kind {
        statement.push(" and kind = ").push_bind(kind.as_str());
    }
}

/// The account's column. In a search for a folder it stands behind a plus, so that the folder is gone through and its
/// entries are sorted, instead of all of the library in its order.
fn owner(query: &FileQuery) -> &'static str {
    if query.folder.is_some() { "+user_id" } else { "user_id" }
}

fn push_filters(statement: &mut Statement<'_>, user: i64, query: &FileQuery) {
    push_kind(statement, query);
    match query.duplicates {
        Some(DuplicateFilter::Only) => statement.push(" and duplicate_of is not null"),
        Some(DuplicateFilter::Hide) => statement.push(" and duplicate_of is null"),
        None => statement,
    };
    if let Some(status) = query.status.as_deref().filter(|status| !status.is_empty()) {
        statement.push(" and status = ").push_bind(status.to_owned());
    }
    if let Some(folder) = &query.folder {
        // Below it is what begins with its path and a slash, and "0" is the character behind the slash. The two parts
        // are apart so that each is a search of the index.
        let below = "select file_id from file_organisation where user_id = ";
        statement.push(format!(" and id in ({below}")).push_bind(user);
        statement.push(" and folder = ").push_bind(folder.clone());
        statement.push(format!(" union all {below}")).push_bind(user);
        statement.push(" and folder > ").push_bind(format!("{folder}/"));
        statement.push(" and folder < ").push_bind(format!("{folder}0")).push(")");
    }
    push_words(statement, query);
}

fn push_words(statement: &mut Statement<'_>, query: &FileQuery) {
    for word in searched(query.query.as_deref().unwrap_or_default()) {
        statement.push(" and search_name like ").push_bind(like_pattern(&word)).push(" escape '\\'");
    }
}

/// The statements behind a list, without and with a cursor, and its count.
#[cfg(test)]
pub(super) fn statements(user: i64, query: &FileQuery) -> [Statement<'static>; 3] {
    let key = match query.sort_or_default() {
        Sort::Name => Key::Text("name 8".to_owned()),
        Sort::Size | Sort::Added => Key::Number(500_000_000),
    };
    let cursor = Cursor { s: query.sort_or_default(), o: query.order_or_default(), key, i: 1 };
    [
        page_statement(user, query, None, 51, Way::InOrder),
        page_statement(user, query, Some(&cursor), 51, Way::InOrder),
        count_statement(user, query),
    ]
}

/// The statement behind a list of which hardly any name fits, in any order.
#[cfg(test)]
pub(super) fn by_name(user: i64, query: &FileQuery) -> Statement<'static> {
    page_statement(user, query, None, 51, Way::ByName)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_of_another_order_is_refused() {
        let cursor = Cursor { s: Sort::Size, o: Order::Desc, key: Key::Number(5), i: 7 };
        assert_eq!(Cursor::decode(&cursor.encode(), Sort::Size, Order::Desc), Ok(cursor.clone()));
        for (sort, order) in [(Sort::Size, Order::Asc), (Sort::Name, Order::Desc)] {
            assert!(Cursor::decode(&cursor.encode(), sort, order).is_err());
        }
        assert!(Cursor::decode("nonsense", Sort::Size, Order::Desc).is_err());
    }
}
