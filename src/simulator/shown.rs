//! What the API shows of an entry: the wire form, with the knobs for everything that is uncertain about it.

use super::{
    knobs::BodyShape,
    library::{Download, Torrent},
};
use crate::{domain::Timestamp, real_debrid::wire};
use serde::Serialize;
use serde_json::{Map, Value};

/// A row as documented, or one that had to be changed by field name.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Row<T> {
    Plain(T),
    Patched(Value),
}

impl<T: Serialize> Row<T> {
    fn patched(row: T, patch: impl FnOnce(&mut Map<String, Value>)) -> Self {
        match serde_json::to_value(&row) {
            Ok(Value::Object(mut fields)) => {
                patch(&mut fields);
                Self::Patched(Value::Object(fields))
            }
            _ => Self::Plain(row),
        }
    }

    /// With the fields that nobody has seen yet: those of every row, then those of this one.
    fn with_extra(row: T, extra: Option<&Map<String, Value>>, shape: &BodyShape) -> Self {
        if extra.is_none() && shape.extra_fields.is_empty() {
            return Self::Plain(row);
        }
        Self::patched(row, |fields| {
            fields.extend(shape.extra_fields.clone());
            fields.extend(extra.cloned().unwrap_or_default());
        })
    }
}

/// The word that is shown for `status`.
fn status_word(status: &str, shape: &BodyShape) -> String {
    match &shape.renamed_status {
        Some((from, to)) if from == status => to.clone(),
        _ => status.to_owned(),
    }
}

/// Real-Debrid knows whole seconds only.
pub(crate) fn whole_seconds(time: Timestamp) -> Timestamp {
    Timestamp::from_millis(time.as_millis().div_euclid(1000) * 1000)
}

fn date(time: Timestamp, is_local: bool, shape: &BodyShape) -> String {
    let offset = if is_local { i64::from(shape.utc_offset) * 60_000 } else { 0 };
    whole_seconds(time).plus_millis(offset).to_string()
}

fn torrent(torrent: &Torrent, bytes: i64, shape: &BodyShape) -> wire::Torrent {
    let is = |statuses: &[&str]| statuses.contains(&torrent.status.as_ref());
    wire::Torrent {
        id: torrent.id.to_string(),
        filename: torrent.filename(),
        hash: torrent.hash.to_string(),
        bytes,
        host: "real-debrid.com".to_owned(),
        split: 2000,
        progress: if shape.float_progress { torrent.progress } else { torrent.progress.floor() },
        status: status_word(&torrent.status, shape),
        added: date(torrent.added, shape.added_is_local, shape),
        links: torrent.links_as(shape.links.as_ref().unwrap_or(&torrent.links)),
        ended: torrent.ended.filter(|_| is(&["downloaded"])).map(|ended| date(ended, shape.added_is_local, shape)),
        speed: is(&["downloading", "compressing", "uploading"]).then_some(torrent.speed),
        seeders: is(&["downloading", "magnet_conversion"]).then_some(torrent.seeders),
    }
}

/// A row of `/torrents`.
pub(crate) fn torrent_row(row: &Torrent, shape: &BodyShape) -> Row<wire::Torrent> {
    let bytes = if shape.list_shows_original_bytes { row.original_bytes() } else { row.bytes() };
    Row::with_extra(torrent(row, bytes, shape), row.extra.as_deref(), shape)
}

/// The body of `/torrents/info`.
pub(crate) fn torrent_info(info: &Torrent, shape: &BodyShape) -> Row<wire::TorrentInfo> {
    let known = info.file_count() > 0;
    let shown = wire::TorrentInfo {
        torrent: torrent(info, info.bytes(), shape),
        original_filename: known.then(|| info.name.clone()),
        original_bytes: known.then(|| info.original_bytes()),
        files: (known || !shape.unknown_files_absent).then(|| info.file_list()),
    };
    Row::with_extra(shown, info.extra.as_deref(), shape)
}

/// A row of `/downloads`.
pub(crate) fn download_row(row: &Download, shape: &BodyShape) -> Row<wire::Download> {
    let modern = !shape.old_downloads;
    let shown = wire::Download {
        id: row.id.to_string(),
        filename: row.filename.clone(),
        mime_type: row.mime_type.as_deref().map(str::to_owned),
        filesize: row.filesize,
        link: row.link.clone(),
        host: row.host.clone().into_owned(),
        host_icon: modern.then(|| host_icon(&row.host)),
        chunks: 32,
        download: row.address(&row.server()),
        streamable: modern.then(|| i64::from(row.is_streamable())),
        generated: date(row.generated, shape.generated_is_local, shape),
        quality: row.quality.as_deref().map(str::to_owned),
    };
    if shape.mime_type_absent && shown.mime_type.is_none() {
        return Row::patched(shown, |fields| {
            fields.remove("mimeType");
            fields.extend(shape.extra_fields.clone());
            fields.extend(row.extra.as_deref().cloned().unwrap_or_default());
        });
    }
    Row::with_extra(shown, row.extra.as_deref(), shape)
}

/// The body of `/user`.
pub(crate) fn user<'a>(user: &'a wire::User, shape: &BodyShape) -> Row<&'a wire::User> {
    Row::with_extra(user, None, shape)
}

pub(crate) fn host_icon(host: &str) -> String {
    let name = host.split('.').next().unwrap_or_default().replace('-', "");
    format!("https://fcdn.real-debrid.com/0830/images/hosters/{name}.png")
}
