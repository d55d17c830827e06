//! Whether a listing can be believed.
//!
//! Nothing is deleted unless a listing is complete and consistent: every page had the same total, the unique ids equal
//! that total, and at the end the total and the first id were still the same. Counting rows alone is not enough: five
//! deletions while reading leave five ghosts and five losses with the right count.

use crate::store::IdKey;
use std::collections::HashSet;

/// Ids for which room is made because a total says so, which may be wrong.
const MOST_RESERVED: usize = 1_000_000;

/// What was seen of one list while reading it once.
#[derive(Debug, Default)]
pub struct Census {
    total: Option<i64>,
    pages: u32,
    first_id: Option<String>,
    torn: bool,
    nameless: i64,
    seen: HashSet<IdKey>,
}

impl Census {
    /// Notes a page with the total that came with it. Call [`Census::see`] for each of its rows.
    pub fn page(&mut self, total: Option<i64>, first_id: Option<&str>) {
        if self.pages == 0 {
            self.total = total;
            self.first_id = first_id.map(str::to_owned);
            // Room for all at once: growing by doubling would hold half as much again for a moment.
            let announced = total.and_then(|total| usize::try_from(total).ok()).unwrap_or(0);
            self.seen.reserve(announced.min(MOST_RESERVED));
        }
        if total.is_none() || total != self.total {
            self.torn = true;
        }
        self.pages += 1;
    }

    /// Notes a row; false when it was seen before.
    pub fn see(&mut self, id: &str) -> bool {
        self.seen.insert(IdKey::of(id))
    }

    /// Notes a row that has no readable id, so that the listing cannot be complete.
    pub fn see_nameless(&mut self) {
        self.torn = true;
        self.nameless += 1;
    }

    /// Whether a row was seen.
    pub fn has(&self, id: &str) -> bool {
        self.seen.contains(&IdKey::of(id))
    }

    /// Unique ids so far.
    pub fn unique(&self) -> i64 {
        i64::try_from(self.seen.len()).unwrap_or(i64::MAX)
    }

    /// The total of the first page.
    pub fn total(&self) -> Option<i64> {
        self.total
    }

    /// Whether just as many unique rows as announced were read.
    pub fn is_full(&self) -> bool {
        self.total == Some(self.unique())
    }

    /// How many rows are missing to what was announced.
    pub fn lacks(&self) -> i64 {
        (self.total.unwrap_or(0) - self.unique() - self.nameless).max(0)
    }

    /// Whether the list came in one answer, which is a snapshot in itself.
    pub fn is_atomic(&self) -> bool {
        self.pages == 1
    }

    /// Whether the listing is complete as far as its own pages tell.
    pub fn is_whole(&self) -> bool {
        !self.torn && self.total == Some(self.unique())
    }

    /// Whether a last look at the head of the list agrees with the first.
    pub fn agrees_with(&self, total: Option<i64>, first_id: Option<&str>) -> bool {
        total.is_some() && total == self.total && first_id == self.first_id.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn census(pages: &[(Option<i64>, &[&str])]) -> Census {
        let mut census = Census::default();
        for (total, ids) in pages {
            census.page(*total, ids.first().copied());
            for id in *ids {
                census.see(id);
            }
        }
        census
    }

    #[test]
    fn a_listing_whose_total_moves_is_torn() {
        assert!(!census(&[(Some(4), &["A", "B"]), (Some(3), &["C"])]).is_whole());
        assert!(!census(&[(Some(4), &["A", "B"]), (Some(5), &["C", "D"])]).is_whole(), "as many as first announced");
    }

    #[test]
    fn a_listing_without_a_total_is_never_whole() {
        assert!(!census(&[(None, &["A", "B"])]).is_whole());
    }

    #[test]
    fn a_row_read_twice_does_not_make_up_for_one_missed() {
        assert!(!census(&[(Some(4), &["A", "B"]), (Some(4), &["B", "C"])]).is_whole());
    }

    #[test]
    fn a_listing_cut_short_is_not_whole() {
        assert!(!census(&[(Some(4), &["A", "B", "C"])]).is_whole());
    }

    #[test]
    fn the_last_look_must_find_the_same_head() {
        let census = census(&[(Some(2), &["A", "B"])]);
        assert!(census.is_whole());
        assert!(census.agrees_with(Some(2), Some("A")));
        assert!(!census.agrees_with(Some(2), Some("X")));
        assert!(!census.agrees_with(Some(3), Some("A")));
        assert!(!census.agrees_with(None, Some("A")));
    }
}
