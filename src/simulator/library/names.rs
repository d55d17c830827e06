//! Release names as people have them: films, seasons, albums, software, books; in many scripts and lengths.

use super::{content::Shape, words};
use crate::simulator::dice::Dice;
use unicode_normalization::UnicodeNormalization as _;

/// A release before it has an infohash.
#[derive(Debug, Clone)]
pub(crate) struct Release {
    pub(crate) name: String,
    pub(crate) shape: Shape,
    pub(crate) main: u16,
    pub(crate) extras: u8,
    pub(crate) main_bytes: i64,
}

const MB: i64 = 1_000_000;

/// What is asked of a release beyond being believable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    Any,
    /// A name of more than 255 bytes.
    LongName,
    /// More than 2^40 bytes.
    Huge,
    /// A few kilobytes.
    Tiny,
    /// Accents as separate code points.
    Decomposed,
    /// More than one main file.
    SeveralFiles,
}

pub(crate) fn release(dice: &mut Dice, wish: Wish) -> Release {
    match wish {
        Wish::Any => match dice.below(100) {
            0..38 => film(dice, &mut title),
            38..50 => episode(dice),
            50..68 => season(dice),
            68..82 => album(dice),
            82..92 => book(dice),
            _ => software(dice),
        },
        Wish::LongName => {
            let mut release = film(dice, &mut title);
            while release.name.len() <= 255 {
                release.name = format!("{} — {}", title(dice), release.name);
            }
            release
        }
        Wish::Huge => {
            let name = format!("{} — The Complete Collection (1961-2024) 2160p REMUX", title(dice));
            let main_bytes = dice.amount(1_200_000 * MB, 3_400_000 * MB);
            Release { name, shape: Shape::Season, main: 48, extras: 1, main_bytes }
        }
        Wish::Tiny => {
            let name = format!("{} - {}.txt", dice.pick(words::NAMES), title(dice));
            Release { name, shape: Shape::SingleFile, main: 1, extras: 0, main_bytes: dice.amount(900, 40_000) }
        }
        Wish::Decomposed => {
            let release = film(dice, &mut |dice| dice.pick(words::ACCENTED).to_owned());
            Release { name: release.name.nfd().collect(), ..release }
        }
        Wish::SeveralFiles => season(dice),
    }
}

/// Three of four titles are in the Latin alphabet without accents.
fn title(dice: &mut Dice) -> String {
    match dice.below(40) {
        0..5 => dice.pick(words::ACCENTED).to_owned(),
        5..7 => dice.pick(words::EASTERN).to_owned(),
        7..9 => dice.pick(words::CJK).to_owned(),
        9 => dice.pick(words::RIGHT_TO_LEFT).to_owned(),
        10 => dice.pick(words::EMOJI).to_owned(),
        11..20 => format!("The {} {}", dice.pick(words::LATIN_FIRST), dice.pick(words::LATIN_SECOND)),
        _ => format!("{} {}", dice.pick(words::LATIN_FIRST), dice.pick(words::LATIN_SECOND)),
    }
}

/// `title` with dots, as releases have it, or with spaces, as half of the world writes it.
fn spaced(dice: &mut Dice, text: &str) -> String {
    if dice.chance(700) { text.replace(' ', ".") } else { text.to_owned() }
}

fn quality(dice: &mut Dice) -> (&'static str, i64, i64) {
    words::QUALITIES[dice.index(words::QUALITIES.len())]
}

fn film(dice: &mut Dice, title: &mut dyn FnMut(&mut Dice) -> String) -> Release {
    let (quality, least, most) = quality(dice);
    let year = dice.between(1948, 2026);
    let plain = format!("{} {year} {quality}-{}", title(dice), dice.pick(words::GROUPS));
    let name = spaced(dice, &plain);
    let main_bytes = dice.amount(least * MB, most * MB);
    if dice.chance(450) {
        Release { name: name + ".mkv", shape: Shape::SingleFile, main: 1, extras: 0, main_bytes }
    } else {
        let extras = u8::try_from(dice.below(4)).unwrap_or(0);
        Release { name, shape: Shape::Film, main: 1, extras, main_bytes }
    }
}

fn episode(dice: &mut Dice) -> Release {
    let (quality, least, most) = quality(dice);
    let (season, episode) = (dice.between(1, 12), dice.between(1, 24));
    let plain = format!("{} S{season:02}E{episode:02} {quality}-{}.mkv", title(dice), dice.pick(words::GROUPS));
    let name = spaced(dice, &plain);
    Release { name, shape: Shape::SingleFile, main: 1, extras: 0, main_bytes: dice.amount(least * MB, most * MB) / 2 }
}

fn season(dice: &mut Dice) -> Release {
    let (quality, least, most) = quality(dice);
    let plain = format!("{} S{:02} {quality}-{}", title(dice), dice.between(1, 12), dice.pick(words::GROUPS));
    let name = spaced(dice, &plain);
    let main = u16::try_from(dice.between(4, 24)).unwrap_or(4);
    let extras = u8::try_from(dice.below(5)).unwrap_or(0);
    let main_bytes = dice.amount(least * MB, most * MB) / 2 * i64::from(main);
    Release { name, shape: Shape::Season, main, extras, main_bytes }
}

fn album(dice: &mut Dice) -> Release {
    let format = dice.pick(&["[FLAC]", "[24-96]", "(WEB FLAC)", "[16Bit-44.1kHz]"]);
    let name = format!("{} - {} ({}) {format}", dice.pick(words::NAMES), title(dice), dice.between(1959, 2026));
    let main = u16::try_from(dice.between(6, 18)).unwrap_or(6);
    Release { name, shape: Shape::Album, main, extras: 1, main_bytes: i64::from(main) * dice.amount(18 * MB, 90 * MB) }
}

fn book(dice: &mut Dice) -> Release {
    let author = dice.pick(words::NAMES);
    if dice.chance(700) {
        let extension = dice.pick(&["epub", "pdf", "azw3", "cbz", "m4b"]);
        let name = format!("{author} - {}.{extension}", title(dice));
        Release { name, shape: Shape::SingleFile, main: 1, extras: 0, main_bytes: dice.amount(180_000, 260 * MB) }
    } else {
        let name = format!("{author} - {} (Books 1-7)", title(dice));
        Release { name, shape: Shape::Books, main: 7, extras: 1, main_bytes: dice.amount(3 * MB, 90 * MB) }
    }
}

fn software(dice: &mut Dice) -> Release {
    let program = dice.pick(words::PROGRAMS);
    let version = format!("{}.{}.{}", dice.between(1, 24), dice.below(10), dice.below(40));
    let main_bytes = dice.amount(3 * MB, 9_000 * MB);
    if dice.chance(500) {
        let name = format!("{}-{version}-x86_64.iso", program.replace(' ', "-").to_lowercase());
        Release { name, shape: Shape::SingleFile, main: 1, extras: 0, main_bytes }
    } else {
        let name = format!("{program} v{version} (x64) Multilingual");
        Release { name, shape: Shape::Software, main: 3, extras: 2, main_bytes }
    }
}
