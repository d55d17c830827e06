//! `/oauth/v2`: the device flow.

use super::{
    answer::Answer,
    knobs::Knobs,
    refusal,
    serve::{Asked, Shared},
};

/// Device codes that were given out.
#[derive(Debug, Default)]
pub(crate) struct Devices {}

pub(crate) fn answer(_shared: &Shared, _asked: &Asked, knobs: &Knobs) -> Answer {
    refusal::by_code(3, knobs)
}
