//! The account itself, and the time of day.

use super::Call;
use crate::{
    domain::Timestamp,
    simulator::{answer::Answer, shown},
};
use time::{OffsetDateTime, UtcOffset, macros::format_description};

/// `GET /user`.
pub(super) fn show(call: &mut Call<'_>) -> Answer {
    call.json(200, &shown::user(&call.account.user, &call.knobs.shape))
}

/// `GET /disable_access_token`: the token is dead afterwards; the server knows which one was used.
pub(super) fn disabled(_: &mut Call<'_>) -> Answer {
    Answer::empty(204)
}

fn local(now: Timestamp, minutes: i16) -> Option<OffsetDateTime> {
    let offset = UtcOffset::from_whole_seconds(i32::from(minutes) * 60).ok()?;
    Some(OffsetDateTime::from_unix_timestamp(now.as_millis().div_euclid(1000)).ok()?.to_offset(offset))
}

/// `GET /time`: local time as bare text.
pub(super) fn time(call: &mut Call<'_>) -> Answer {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
    let moment = local(call.now, call.knobs.shape.utc_offset).and_then(|moment| moment.format(format).ok());
    Answer::text(moment.unwrap_or_default())
}

/// `GET /time/iso`: the same with PHP's offset, which has no colon.
pub(super) fn time_iso(call: &mut Call<'_>) -> Answer {
    let format =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second][offset_hour sign:mandatory][offset_minute]");
    let moment = local(call.now, call.knobs.shape.utc_offset).and_then(|moment| moment.format(format).ok());
    Answer::text(moment.unwrap_or_default())
}
