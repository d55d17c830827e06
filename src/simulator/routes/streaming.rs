//! `/streaming`: what the site's player would be told. No checksum is in it either.

use super::{Call, hosts};
use crate::simulator::{answer::Answer, library::Download, percent};
use serde_json::{Value, json};

/// The download that `{id}` stands for, or a refusal.
fn played<'a>(call: &'a Call<'_>) -> Result<&'a Download, Answer> {
    let download = call.id().and_then(|id| call.account.library.download(id)).ok_or_else(|| call.refuse(7))?;
    // Documented as 503: no metadata can be found.
    if download.is_streamable() { Ok(download) } else { Err(call.refuse(25)) }
}

/// `GET /streaming/transcode/{id}`.
pub(super) fn transcode(call: &mut Call<'_>) -> Answer {
    let body = match played(call) {
        Ok(download) => {
            let server = download.server();
            let address = |end: &str| {
                format!("https://{server}.stream.real-debrid.com/t/{}/eng1/none/aac/full.{end}", download.id)
            };
            json!({
                "apple": { "full": address("m3u8") },
                "dash": { "full": address("mpd") },
                "liveMP4": { "full": address("mp4") },
                "h264WebM": { "full": address("webm") },
            })
        }
        Err(refusal) => return refusal,
    };
    call.json(200, &body)
}

/// `GET /streaming/mediaInfos/{id}`.
pub(super) fn media_infos(call: &mut Call<'_>) -> Answer {
    match played(call) {
        Ok(download) => call.json(200, &infos(download)),
        Err(refusal) => refusal,
    }
}

fn infos(download: &Download) -> Value {
    let is_audio = download.mime_type.as_deref().is_some_and(|mime| mime.starts_with("audio/"));
    let (season, episode) = numbers(&download.filename).unzip();
    let kind = match season {
        _ if is_audio => "audio",
        Some(_) => "show",
        None => "movie",
    };
    let sound = json!({
        "eng1": {
            "stream": "0:1", "lang": "English", "lang_iso": "eng", "codec": "aac", "sampling": 48_000, "channels": 2,
        }
    });
    // Maps, which PHP prints as `[]` when there is nothing in them.
    let picture = if is_audio {
        json!([])
    } else {
        json!({
            "und1": {
                "stream": "0:0", "lang": "Unknown", "lang_iso": "und", "codec": "h264", "colorspace": "yuv420p",
                "width": 1920, "height": 1080,
            }
        })
    };
    json!({
        "filename": download.filename,
        "hoster": hosts::by_domain(&download.host).map(hosts::Hoster::id),
        "link": download.link,
        "type": kind,
        "season": season,
        "episode": episode,
        "year": null,
        "duration": 5_212.140_408,
        "bitrate": 2_128_020,
        "size": download.filesize,
        "details": { "video": picture, "audio": sound, "subtitles": [] },
        "poster_path": "/static/images/poster.png",
        "backdrop_path": format!("https://fcdn.real-debrid.com/images/{}.png", percent::encode(kind)),
        "audio_image": "/static/images/audio.png",
        "baseUrl": format!("https://{}.stream.real-debrid.com/t/{}", download.server(), download.id),
        "availableFormats": { "apple": "m3u8", "dash": "mpd", "liveMP4": "mp4", "h264WebM": "webm" },
        "availableQualities": { "Original": "full" },
        "host": download.host,
    })
}

/// Season and episode of a name with `S01E02` in it, as text, as the page has it.
fn numbers(name: &str) -> Option<(String, String)> {
    let digits = |at: usize| name.get(at..at + 2).filter(|two| two.bytes().all(|byte| byte.is_ascii_digit()));
    name.match_indices('S').find_map(|(at, _)| {
        let (season, episode) = (digits(at + 1)?, digits(at + 4)?);
        (name.as_bytes().get(at + 3) == Some(&b'E')).then(|| (season.to_owned(), episode.to_owned()))
    })
}
