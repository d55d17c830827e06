//! Refusals: number, text and HTTP status as they are seen together.

use super::{answer::Answer, knobs::Knobs};
use crate::real_debrid::wire::ErrorBody;

/// The refusal with `code`; a code nobody has seen gets 400 and a text of its own.
pub(crate) fn by_code(code: i64, knobs: &Knobs) -> Answer {
    let refusals = &knobs.refusals;
    let (status, error) = match code {
        -1 => (500, "internal_error"),
        1 => (400, "missing_parameter"),
        2 => (400, "bad_parameter_value"),
        3 => (refusals.unknown_path, "unknown_method"),
        4 => (refusals.wrong_verb, "method_not_allowed"),
        5 => (429, "slow_down"),
        6 => (503, "ressource_unreachable"),
        7 => (404, "unknown_ressource"),
        8 => (401, "bad_token"),
        9 => (403, "permission_denied"),
        10 => (403, "twofactor_auth_needed"),
        11 => (403, "twofactor_auth_pending"),
        12 => (403, "invalid_login"),
        13 => (403, "invalid_password"),
        14 => (403, "account_locked"),
        15 => (403, "account_not_activated"),
        16 => (503, "hoster_unsupported"),
        17 => (503, "hoster_maintenance"),
        18 => (503, "hoster_limit_reached"),
        19 => (503, "hoster_unavailable"),
        20 => (503, "hoster_not_free"),
        21 => (refusals.slots, "too_many_active_downloads"),
        22 => (403, "ip_not_allowed"),
        23 => (refusals.traffic, "traffic_exhausted"),
        24 => (503, "unavailable_file"),
        25 => (503, "service_unavailable"),
        26 => (400, "upload_too_big"),
        27 => (400, "upload_error"),
        28 => (400, "file_not_allowed"),
        29 => (400, "torrent_too_big"),
        30 => (400, "torrent_file_invalid"),
        31 => (202, "action_already_done"),
        32 => (400, "image_resolution_error"),
        33 => (400, "torrent_already_active"),
        34 => (429, "too_many_requests"),
        35 => (refusals.infringing, "infringing_file"),
        36 => (refusals.fair_use, "fair_usage_limit"),
        37 => (403, "disabled_endpoint"),
        _ => (400, "unknown_error"),
    };
    with(status, Some(code), Some(error.to_owned()), knobs)
}

pub(crate) fn with(status: u16, code: Option<i64>, error: Option<String>, knobs: &Knobs) -> Answer {
    let error_details = knobs.shape.error_details.clone();
    Answer::json(status, &ErrorBody { error, error_code: code, error_details }, knobs.shape.layout)
}
