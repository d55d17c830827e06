//! Where the requests that are left to an account are read off, whenever its status is shown or changes.
//!
//! Read at these moments and not told by the pacer: a request alone is no event, and an idle page gets none because a
//! minute passes.

use crate::{
    clock::Clock,
    domain::RequestPace,
    real_debrid::{Minute, Pacer},
};
use std::sync::Arc;

/// A meter of one account; the one by default says nothing.
#[derive(Debug, Clone, Default)]
pub struct Meter(Option<(Arc<Pacer>, Clock)>);

impl Meter {
    /// Of the account that keeps this pace.
    pub fn new(pacer: Arc<Pacer>, clock: Clock) -> Self {
        Self(Some((pacer, clock)))
    }

    /// Writes down how the minute stands.
    pub(super) fn read(&self, pace: &mut RequestPace) {
        if let Some((pacer, clock)) = &self.0 {
            let Minute { limit, left, full_in } = pacer.minute();
            let millis = i64::try_from(full_in.as_millis()).unwrap_or(i64::MAX);
            pace.limit = limit;
            pace.left = left;
            pace.full_at = (millis > 0).then(|| clock.now().plus_millis(millis));
        }
    }
}
