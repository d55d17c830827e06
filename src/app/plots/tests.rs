use super::*;
use crate::domain::{Amount, Kind, LibrarySize, Media, RunChanges, Share, Timestamp};

const HOUR: i64 = 3_600_000;

fn size(hour: i64, files: i64, bytes: Option<i64>) -> LibrarySize {
    let duplicates = bytes.map(|bytes| Amount { files: files / 10, bytes: bytes / 10 });
    LibrarySize { at: Timestamp::from_millis(hour * HOUR), files, bytes, duplicates }
}

fn changes(run: i64, added: i64, updated: i64, deleted: i64) -> RunChanges {
    let ended = Timestamp::from_millis(run * 24 * HOUR);
    RunChanges { run: run.to_string(), ended, total: 1_000, added, updated, deleted }
}

fn share(kind: Kind, status: &str, media: Media, files: i64, duplicates: i64) -> Share {
    let amount = |files: i64| Amount { files, bytes: files << 30 };
    Share { kind, status: status.to_owned(), media, all: amount(files), duplicates: amount(duplicates) }
}

fn statistics() -> Statistics {
    Statistics {
        as_of: Some(Timestamp::from_millis(0)),
        library: vec![
            share(Kind::Torrent, "downloaded", Media::Video, 60, 6),
            share(Kind::Torrent, "magnet_error", Media::Unknown, 20, 0),
            share(Kind::Download, "downloaded", Media::Video, 20, 0),
            share(Kind::Torrent, "<script>", Media::Audio, 1, 0),
        ],
        growth: vec![size(0, 90, Some(90 << 30)), size(30, 95, Some(95 << 30)), size(99, 101, Some(101 << 30))],
        changes: vec![changes(1, 1_000, 0, 0), changes(2, 4, 1, 0), changes(3, 1, 0, 9)],
    }
}

fn chart(charts: &[Chart], id: &str) -> Chart {
    charts.iter().find(|chart| chart.id == id).cloned().unwrap()
}

fn wide(charts: &[Chart], id: &str) -> String {
    chart(charts, id).drawings.unwrap().wide
}

/// The values of an attribute of the marks of a class.
fn values(svg: &str, class: &str, attribute: &str) -> Vec<i64> {
    let marks = svg.split('<').filter(|mark| mark.contains(&format!("class=\"{class}\"")));
    let value = |mark: &str| {
        let (_, rest) = mark.split_once(&format!(" {attribute}=\""))?;
        rest.split('"').next()?.parse().ok()
    };
    marks.filter_map(value).collect()
}

#[test]
fn a_drawing_has_no_style_no_colour_and_no_script_of_its_own() {
    let charts = charts(&statistics());
    assert_eq!(charts.len(), 6);
    for chart in &charts {
        let drawings = chart.drawings.as_ref().unwrap();
        for svg in [&drawings.wide, &drawings.narrow] {
            for forbidden in ["style=", "<style", "<script", "\"#0", "font-family", " onload"] {
                assert!(!svg.contains(forbidden), "{}: {forbidden} in {svg}", chart.id);
            }
            assert!(svg.starts_with("<svg viewBox=\"0 0 ") && svg.trim_end().ends_with("</svg>"), "{svg}");
            assert!(svg.contains(&format!("aria-labelledby=\"{}-title\"", chart.id)), "{svg}");
            assert!(svg.contains("role=\"img\""), "{svg}");
        }
        assert!(!chart.words.is_empty() && !chart.table.rows.is_empty(), "{}", chart.id);
    }
    let statuses = wide(&charts, "plot-statuses");
    assert!(statuses.contains("&lt;script&gt;"), "a status of Real-Debrid is written as it came: {statuses}");
}

#[test]
fn every_id_and_every_pattern_belongs_to_one_drawing() {
    let charts = charts(&statistics());
    let all: String = charts.iter().filter_map(|it| it.drawings.clone()).map(|it| it.wide + &it.narrow).collect();
    let mut ids: Vec<&str> = all.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "an id is there twice");
    let used: Vec<&str> = all.split("url(#").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    assert!(!used.is_empty() && used.iter().all(|id| ids.contains(id)), "a pattern is missing: {used:?} in {ids:?}");
}

#[test]
fn bars_are_as_long_as_what_they_stand_for() {
    let charts = charts(&statistics());
    let types = wide(&charts, "plot-types");
    // The key's square first, then video, unknown, audio: 60, 20 and 1 of 80 in 496 units.
    assert_eq!(values(&types, "plot-solid", "width"), [12, 372, 124, 6]);
    assert_eq!(values(&types, "plot-striped", "width"), [12, 124], "downloads stand behind the torrents");
    assert_eq!(values(&types, "plot-striped", "x"), [values(&types, "plot-striped", "x")[0], 372]);
    let statuses = chart(&charts, "plot-statuses");
    assert_eq!(statuses.words, "80 of 101 files are downloaded.");
    let duplicates = chart(&charts, "plot-duplicates");
    assert_eq!(duplicates.words, "6 duplicates hold 6.0 GiB of 101.0 GiB, which is 5.9 %.");
    assert_eq!(values(&duplicates.drawings.unwrap().wide, "plot-striped", "width"), [29, 29]);
}

#[test]
fn a_run_is_one_bar_in_each_lane_and_the_first_is_left_out_for_the_others_to_be_seen() {
    let charts = charts(&statistics());
    let lanes = wide(&charts, "plot-changes");
    assert_eq!(values(&lanes, "plot-solid", "height"), [34, 8]);
    assert_eq!(values(&lanes, "plot-striped", "height"), [34]);
    assert_eq!(values(&lanes, "plot-dotted", "height"), [34]);
    let changes = chart(&charts, "plot-changes");
    assert!(changes.words.contains("The first, which filled the library, is left out."), "{}", changes.words);
    assert_eq!(changes.table.rows.len(), 3, "the table leaves nothing out");
    let only = lanes::chart(&[super::tests::changes(1, 1_000, 0, 0)]);
    assert_eq!((only.drawings, only.words.contains("it added 1,000")), (None, true));
}

#[test]
fn a_phone_gets_as_many_of_the_newest_runs_as_can_be_told_apart() {
    let many: Vec<RunChanges> = (1..=40).map(|run| changes(run, run, 0, 0)).collect();
    let drawings = lanes::chart(&many).drawings.unwrap();
    let (wide, narrow) = (values(&drawings.wide, "plot-solid", "x"), values(&drawings.narrow, "plot-solid", "x"));
    assert_eq!((wide.len(), narrow.len()), (40, 28));
    assert!(narrow.windows(2).all(|pair| pair[1] - pair[0] >= 11), "bars run into each other: {narrow:?}");
    assert_eq!(values(&drawings.narrow, "plot-solid", "height").last(), Some(&34), "the newest is missing");
}

#[test]
fn a_line_keeps_its_height_until_the_next_sync() {
    assert_eq!(lines::steps(&[(0, 1.0), (5, 3.0)]), [(0.0, 1.0), (5.0, 1.0), (5.0, 3.0)]);
    // From zero, unless nothing could be seen to move then.
    assert_eq!(lines::span([0.0, 10.0].into_iter()), (0.0, 12.0));
    let (low, high) = lines::span([100.0, 101.0].into_iter());
    assert!((99.0..100.0).contains(&low) && (101.0..102.0).contains(&high), "{low} {high}");
    let space = wide(&charts(&statistics()), "plot-space");
    assert!(space.contains("plot-dashes") && space.contains("duplicates 10.1 GiB"), "{space}");
}

#[test]
fn where_there_is_nothing_to_draw_a_sentence_says_so() {
    assert!(charts(&Statistics::default()).is_empty());
    let one = Statistics { growth: vec![size(0, 5, None)], ..Statistics::default() };
    for chart in charts(&one) {
        assert_eq!(chart.drawings, None, "{}", chart.id);
        assert!(chart.words.ends_with('.'), "{}: {}", chart.id, chart.words);
    }
    assert!(growth::files(&one.growth).words.starts_with("5 files on 1 Jan 1970."));
}
