//! `/downloads`.

use super::{Call, lists};
use crate::simulator::{answer::Answer, shown};

/// `GET /downloads`.
pub(super) fn list(call: &mut Call<'_>) -> Answer {
    let downloads = call.account.library.downloads();
    let show = |download: &_| shown::download_row(download, &call.knobs.shape);
    lists::page(call, downloads.len(), |index| downloads.get(index), show)
}

/// `DELETE /downloads/delete/{id}`.
pub(super) fn delete(call: &mut Call<'_>) -> Answer {
    match call.id().and_then(|id| call.account.library.remove_download(id)) {
        Some(_) => Answer::empty(204),
        None => call.refuse(7),
    }
}
