//! Paging, the part that loses data: `page`, `offset`, `limit`, `X-Total-Count`, and the ways in which they may lie.
//!
//! Nothing is remembered from page to page: a list that changes meanwhile shifts, as it does at Real-Debrid.

use super::Call;
use crate::simulator::{
    answer::Answer,
    knobs::{OverLimit, Paging, PastEnd, Total},
};
use serde::{Serialize, Serializer};

/// The page of `rows` that `call` asks for; `at` gives a row by its place in the list.
pub(super) fn page<'a, T: 'a, R: Serialize>(
    call: &Call<'_>,
    length: usize,
    at: impl Fn(usize) -> Option<&'a T>,
    show: impl Fn(&T) -> R,
) -> Answer {
    let paging = &call.knobs.paging;
    let length = if paging.empty { 0 } else { length };
    let (limit, offset) = match (number(call, "limit"), number(call, "page"), number(call, "offset")) {
        (Ok(limit), Ok(page), Ok(offset)) => {
            // The text allows a limit of 0 and does not say what it means; here it means nothing was asked for.
            let limit = limit.filter(|limit| *limit > 0).unwrap_or(paging.default_limit);
            let limit = match paging.over_limit {
                OverLimit::Refuse if limit > paging.max_limit => return call.refuse(2),
                OverLimit::Accept => limit,
                OverLimit::Clamp | OverLimit::Refuse => limit.min(paging.max_limit),
            };
            let offset = match page {
                Some(page) => (page.max(1) - 1).saturating_mul(limit),
                None => offset.unwrap_or(0),
            };
            (limit, offset)
        }
        _ => return call.refuse(2),
    };
    if paging.offset_answers_204 && call.query("offset").is_some() {
        return without_rows(paging, length, call);
    }
    let start = if offset > 0 { offset.saturating_sub(paging.overlap) } else { 0 };
    let end = offset.saturating_add(limit).saturating_add(paging.surplus).saturating_sub(paging.missing).min(length);
    if offset >= length || start >= end {
        return without_rows(paging, length, call);
    }
    let answer = call.json(200, &Page { start, end, at, show });
    Answer { total: total(paging, length), ..answer }
}

fn without_rows(paging: &Paging, length: usize, call: &Call<'_>) -> Answer {
    match paging.past_end {
        PastEnd::NoContent => {
            Answer { total: total(paging, length).filter(|_| paging.total_with_204), ..Answer::empty(204) }
        }
        PastEnd::EmptyArray => Answer { total: total(paging, length), ..call.json::<[(); 0]>(200, &[]) },
        PastEnd::NotFound => call.refuse(7),
    }
}

fn total(paging: &Paging, length: usize) -> Option<String> {
    match &paging.total {
        Total::Right => Some(length.to_string()),
        Total::Missing => None,
        Total::Text(text) => Some(text.clone()),
        Total::Off(by) => Some((i64::try_from(length).unwrap_or(i64::MAX).saturating_add(*by)).to_string()),
    }
}

/// A number of the query; Err when it is none. An empty one was not given.
fn number(call: &Call<'_>, name: &str) -> Result<Option<usize>, std::num::ParseIntError> {
    call.query(name).filter(|text| !text.is_empty()).map(str::parse).transpose()
}

/// Rows that are made one at a time while they are written.
struct Page<A, S> {
    start: usize,
    end: usize,
    at: A,
    show: S,
}

impl<'a, T: 'a, R: Serialize, A: Fn(usize) -> Option<&'a T>, S: Fn(&T) -> R> Serialize for Page<A, S> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        serializer.collect_seq((self.start..self.end).filter_map(|index| (self.at)(index)).map(|row| (self.show)(row)))
    }
}
