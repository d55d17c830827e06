//! When a run will end, from what it has done so far.
//!
//! Pages arrive in lumps: right before one, the rows per second look far too low. So the two costs are kept apart, time
//! per page fetched and time per row stored, and each is multiplied by what is left of it.

use std::time::Duration;

/// The pace of one run. Time spent paused must not be told to it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pace {
    fetching: Duration,
    pages: u32,
    storing: Duration,
    rows: i64,
}

impl Pace {
    /// Notes that pages were fetched.
    pub fn fetched(&mut self, pages: u32, took: Duration) {
        self.pages += pages;
        self.fetching += took;
    }

    /// Notes that rows were compared and stored.
    pub fn stored(&mut self, rows: i64, took: Duration) {
        self.rows += rows;
        self.storing += took;
    }

    /// Time until `pages` more are fetched and `rows` more are stored; none before there is anything to go by.
    pub fn remaining(&self, pages: u32, rows: i64) -> Option<Duration> {
        if self.pages == 0 || self.rows <= 0 {
            return None;
        }
        let per_page = self.fetching.as_secs_f64() / f64::from(self.pages);
        #[expect(clippy::cast_precision_loss, reason = "a library has far fewer than 2^52 entries")]
        let left_to_store = self.storing.as_secs_f64() * (rows.max(0) as f64 / self.rows as f64);
        Duration::try_from_secs_f64(per_page * f64::from(pages) + left_to_store).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c5_after_a_fifth_of_a_steady_run_the_end_is_known_within_a_quarter() {
        // Twenty pages of 5,000: a page takes 900 ms to fetch and its rows 100 ms to store.
        let (pages, rows, fetch, store) = (20_u32, 5_000_i64, 900_u64, 100_u64);
        let whole = u64::from(pages) * (fetch + store);
        let mut pace = Pace::default();
        let mut elapsed = 0;
        for done in 1..=pages {
            pace.fetched(1, Duration::from_millis(fetch));
            elapsed += fetch;
            for part in 1..=10_i64 {
                pace.stored(rows / 10, Duration::from_millis(store / 10));
                elapsed += store / 10;
                let left_rows = i64::from(pages - done) * rows + rows - part * rows / 10;
                let left = pace.remaining(pages - done, left_rows).map_or(0, |left| left.as_millis());
                let estimate = u128::from(elapsed) + left;
                if elapsed * 5 >= whole {
                    let error = estimate.abs_diff(u128::from(whole));
                    assert!(error * 4 <= u128::from(whole), "page {done}.{part}: {estimate} ms instead of {whole} ms");
                }
            }
        }
    }

    #[test]
    fn nothing_is_estimated_before_the_first_rows() {
        let mut pace = Pace::default();
        pace.fetched(1, Duration::from_secs(1));
        assert_eq!(pace.remaining(3, 100), None);
    }

    proptest::proptest! {
        #[test]
        fn an_estimate_is_never_longer_than_all_pages_and_rows_at_the_slowest_pace_seen(
            steps in proptest::collection::vec((0..5_000_u64, 0..2_000_u64, 1..5_000_i64), 1..40),
            pages_left in 0..500_u32,
            rows_left in -10..1_000_000_i64,
        ) {
            let mut pace = Pace::default();
            for (fetch, store, rows) in &steps {
                pace.fetched(1, Duration::from_millis(*fetch));
                pace.stored(*rows, Duration::from_millis(*store));
            }
            let slowest_page = steps.iter().map(|(fetch, ..)| *fetch).max().unwrap_or(0);
            let most = u128::from(slowest_page) * u128::from(pages_left)
                + 2_000 * u128::try_from(rows_left.max(0)).unwrap_or(0) + 1;
            let left = pace.remaining(pages_left, rows_left).map(|left| left.as_millis());
            proptest::prop_assert!(left.is_some_and(|left| left <= most), "{left:?} of {most}");
            proptest::prop_assert_eq!(pace.remaining(0, 0), Some(Duration::ZERO));
        }
    }
}
