//! The guard against deletions too many to be believed.

/// A run that would delete more than this many files …
pub const MANY: i64 = 50;
/// … and more than one in this many of the library is held back: 5 means 20 %.
pub const SHARE: i64 = 5;

/// Whether deleting `missing` of `stored` entries needs the user's word.
pub fn holds_back(missing: i64, stored: i64) -> bool {
    missing > MANY && missing.saturating_mul(SHARE) > stored
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_bounds_must_be_passed() {
        assert!(!holds_back(50, 50), "fifty may always go");
        assert!(holds_back(51, 100));
        assert!(!holds_back(200, 1_000), "a fifth may go");
        assert!(holds_back(201, 1_000));
    }
}
