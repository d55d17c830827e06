//! The addresses of lists: a search is a link that can be kept and shared.

use crate::domain::{ApiError, DuplicateFilter, DuplicateList, DuplicateQuery, FileQuery, Kind, Order, Sort};
use form_urlencoded::{Serializer, parse};

/// Reads the query string of `/library`. Empty fields are what a form sends for "any" and count as absent.
///
/// # Errors
/// `invalid_request`, naming the field that cannot be read.
pub fn library_query(search: &str) -> Result<FileQuery, ApiError> {
    let mut fields = serde_json::Map::new();
    for (name, value) in parse(search.trim_start_matches('?').as_bytes()).filter(|(_, value)| !value.is_empty()) {
        let value = match (name.as_ref(), value.parse::<i64>()) {
            ("limit", Ok(limit)) => limit.into(),
            _ => value.into(),
        };
        fields.insert(name.into_owned(), value);
    }
    serde_json::from_value(fields.into()).map_err(|error| {
        ApiError::invalid(format!("This address asks for something the library does not know: {error}."))
    })
}

/// The address of a search, `cursor` apart: it names a place in a list and is set by [`next_page`].
pub fn library(query: &FileQuery) -> String {
    let limit = query.limit.map(|limit| limit.to_string());
    let fields = [
        ("query", query.query.as_deref()),
        ("kind", query.kind.map(Kind::as_str)),
        ("duplicates", query.duplicates.map(duplicates_word)),
        ("status", query.status.as_deref()),
        ("folder", query.folder.as_deref()),
        ("sort", query.sort.map(sort_word)),
        ("order", query.order.map(order_word)),
        ("limit", limit.as_deref()),
    ];
    let set = fields.iter().filter_map(|(name, value)| value.map(|value| (name, value)));
    let search = Serializer::new(String::new()).extend_pairs(set).finish();
    if search.is_empty() { "/library".to_owned() } else { format!("/library?{search}") }
}

/// The address of the page after.
pub fn next_page(query: &FileQuery, cursor: &str) -> String {
    let first = library(query);
    let joint = if first.contains('?') { '&' } else { '?' };
    let cursor = Serializer::new(String::new()).append_pair("cursor", cursor).finish();
    format!("{first}{joint}{cursor}")
}

/// The address of the deletions that were held back.
pub const HELD_DELETIONS: &str = "/sync/deletions";

/// The address of a further page of them.
pub fn held_deletions_from(cursor: &str) -> String {
    let cursor = Serializer::new(String::new()).append_pair("cursor", cursor).finish();
    format!("{HELD_DELETIONS}?{cursor}")
}

/// The address of one entry.
pub fn file(id: i64) -> String {
    format!("/library/{id}")
}

/// The address of the runs before one.
pub fn history(before: &str) -> String {
    let search = Serializer::new(String::new()).append_pair("before", before).finish();
    format!("/history?{search}")
}

/// Before which run the history is asked for.
///
/// # Errors
/// `invalid_request`, when that is no run.
pub fn history_before(search: &str) -> Result<Option<i64>, ApiError> {
    let before = parse(search.trim_start_matches('?').as_bytes()).find(|(name, _)| name == "before");
    match before {
        None => Ok(None),
        Some((_, run)) => run.parse().map(Some).map_err(|_| {
            ApiError::invalid(format!("“{run}” is no place in the history: before is the number of a sync."))
        }),
    }
}

/// The address of one run.
pub fn run(id: &str) -> String {
    format!("/history/{id}")
}

/// The address of a run's errors.
pub fn run_errors(id: &str) -> String {
    format!("/history/{id}#errors")
}

/// Groups on one page of duplicates.
const GROUPS: i64 = 20;

/// The first page of a list of duplicates.
pub const fn duplicates_home(list: DuplicateList) -> &'static str {
    match list {
        DuplicateList::Groups => "/duplicates",
        DuplicateList::Likely => "/duplicates?list=likely",
    }
}

/// The address of a list of duplicates, from a cursor on.
pub fn duplicates(list: DuplicateList, cursor: Option<&str>) -> String {
    let home = duplicates_home(list);
    let joint = if home.contains('?') { '&' } else { '?' };
    cursor.map_or_else(
        || home.to_owned(),
        |cursor| format!("{home}{joint}{}", Serializer::new(String::new()).append_pair("cursor", cursor).finish()),
    )
}

/// Reads the query string of `/duplicates`.
///
/// # Errors
/// `invalid_request`, naming what is not known.
pub fn duplicates_query(search: &str) -> Result<DuplicateQuery, ApiError> {
    let mut list = DuplicateList::Groups;
    let mut cursor = None;
    for (name, value) in parse(search.trim_start_matches('?').as_bytes()).filter(|(_, value)| !value.is_empty()) {
        match (name.as_ref(), value.as_ref()) {
            ("list", "groups") => list = DuplicateList::Groups,
            ("list", "likely") => list = DuplicateList::Likely,
            ("cursor", _) => cursor = Some(value.into_owned()),
            _ => {
                return Err(ApiError::invalid(format!(
                    "This address asks for {name}={value}, which the page of duplicates does not know: start at its \
                     first page."
                )));
            }
        }
    }
    let (cursor, likely_cursor) = match list {
        DuplicateList::Groups => (cursor, None),
        DuplicateList::Likely => (None, cursor),
    };
    Ok(DuplicateQuery { limit: Some(GROUPS), only: Some(list), cursor, likely_cursor })
}

/// The word in the address.
pub const fn duplicates_word(filter: DuplicateFilter) -> &'static str {
    match filter {
        DuplicateFilter::Only => "only",
        DuplicateFilter::Hide => "hide",
    }
}

/// The word in the address.
pub const fn sort_word(sort: Sort) -> &'static str {
    match sort {
        Sort::Name => "name",
        Sort::Size => "size",
        Sort::Added => "added",
    }
}

/// The word in the address.
pub const fn order_word(order: Order) -> &'static str {
    match order {
        Order::Asc => "asc",
        Order::Desc => "desc",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_survives_its_address() {
        let query = FileQuery {
            query: Some("Amélie & co 100%".to_owned()),
            kind: Some(Kind::Torrent),
            duplicates: Some(DuplicateFilter::Only),
            status: Some("downloaded".to_owned()),
            folder: Some("Films & more/2019".to_owned()),
            sort: Some(Sort::Size),
            order: Some(Order::Asc),
            limit: Some(100),
            cursor: None,
        };
        let address = library(&query);
        let search = address.strip_prefix("/library").unwrap_or_default();
        assert_eq!(library_query(search), Ok(query));
    }

    #[test]
    fn a_page_of_duplicates_survives_its_address() {
        for list in [DuplicateList::Groups, DuplicateList::Likely] {
            for cursor in [None, Some("a=b&c")] {
                let address = duplicates(list, cursor);
                let query = duplicates_query(address.strip_prefix("/duplicates").unwrap_or_default()).unwrap();
                let (of_groups, of_likely) = (query.cursor.as_deref(), query.likely_cursor.as_deref());
                assert_eq!((query.only, of_groups.or(of_likely)), (Some(list), cursor), "{address}");
                assert!(cursor.is_none() || of_likely.is_some() == (list == DuplicateList::Likely), "{address}");
            }
        }
        assert!(duplicates_query("list=sideways").is_err_and(|error| error.error.contains("sideways")));
    }

    #[test]
    fn empty_fields_of_the_form_mean_any() {
        assert_eq!(library_query("query=&kind=&duplicates=&status=&limit="), Ok(FileQuery::default()));
    }

    #[test]
    fn a_field_that_is_not_known_is_named() {
        for (search, name) in [("kind=movie", "movie"), ("colour=red", "colour"), ("limit=many", "many")] {
            let refusal = library_query(search).err().map(|error| error.error).unwrap_or_default();
            assert!(refusal.contains(name), "{search}: {refusal}");
        }
    }

    #[test]
    fn a_place_in_the_history_survives_its_address() {
        let address = history("57");
        assert_eq!(history_before(address.strip_prefix("/history").unwrap_or_default()), Ok(Some(57)));
        assert_eq!(history_before(""), Ok(None));
        let refusal = history_before("?before=<b>").err().map(|error| error.error).unwrap_or_default();
        assert!(refusal.contains("“<b>”"), "{refusal}");
    }

    #[test]
    fn the_next_page_keeps_the_search() {
        let query = FileQuery { sort: Some(Sort::Name), ..FileQuery::default() };
        assert_eq!(next_page(&query, "a=b"), "/library?sort=name&cursor=a%3Db");
        assert_eq!(next_page(&FileQuery::default(), "x"), "/library?cursor=x");
    }
}
