//! What a torrent file says: its infohash, name and files.
//!
//! The v1 infohash is the SHA-1 of the `info` dictionary as it stands in the file, so the file is walked rather than
//! decoded and encoded again. A file without v1 content (`pieces`) is refused, as it has no such hash.

use super::library::Hash;
use crate::real_debrid::wire::TorrentFile;
use sha1::{Digest as _, Sha1};
use std::str;

/// Deeper than any torrent, and shallow enough for the stack.
const DEEPEST: usize = 32;

/// A torrent file, read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Metainfo {
    pub(crate) hash: Hash,
    pub(crate) name: String,
    pub(crate) files: Vec<TorrentFile>,
}

/// A value, and the bytes it was made of.
#[derive(Debug)]
enum Value<'a> {
    Number(i64),
    Bytes(&'a [u8]),
    List(Vec<Value<'a>>),
    Dictionary(Vec<(&'a [u8], Value<'a>, &'a [u8])>),
}

impl<'a> Value<'a> {
    fn get(&self, key: &str) -> Option<&Value<'a>> {
        self.entry(key).map(|(value, _)| value)
    }

    /// The value at `key`, and its bytes.
    fn entry(&self, key: &str) -> Option<(&Value<'a>, &'a [u8])> {
        let Self::Dictionary(entries) = self else {
            return None;
        };
        entries.iter().find(|(name, ..)| *name == key.as_bytes()).map(|(_, value, raw)| (value, *raw))
    }

    /// Whole text; what is not UTF-8 is replaced.
    fn text(&self) -> Option<String> {
        match self {
            Self::Bytes(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
            _ => None,
        }
    }

    fn size(&self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(*number).filter(|number| *number >= 0),
            _ => None,
        }
    }

    fn list(&self) -> Option<&[Value<'a>]> {
        match self {
            Self::List(values) => Some(values),
            _ => None,
        }
    }
}

/// Reads `file`; None when it is no torrent file.
pub(crate) fn read(file: &[u8]) -> Option<Metainfo> {
    let (torrent, rest) = value(file, 0)?;
    if !rest.is_empty() {
        return None;
    }
    let (info, raw) = torrent.entry("info")?;
    info.get("pieces")?;
    let name = info.get("name.utf-8").or_else(|| info.get("name"))?.text().filter(|name| !name.is_empty())?;
    let described = match info.get("files") {
        None => vec![(format!("/{name}"), info.get("length")?.size()?)],
        Some(files) => files.list()?.iter().map(listed).collect::<Option<_>>()?,
    };
    let files = (1..).zip(described).map(|(id, (path, bytes))| TorrentFile { id, path, bytes, selected: 0 }).collect();
    Some(Metainfo { hash: Hash::from(<[u8; 20]>::from(Sha1::digest(raw))), name, files })
}

/// Path and size of a file in a list.
fn listed(file: &Value<'_>) -> Option<(String, i64)> {
    let parts = file.get("path.utf-8").or_else(|| file.get("path"))?.list()?;
    let path = parts.iter().map(|part| Some(format!("/{}", part.text()?))).collect::<Option<String>>()?;
    Some((path, file.get("length")?.size()?)).filter(|(path, _)| path.len() > 1)
}

/// The value at the beginning of `bytes`, and what follows it.
fn value(bytes: &[u8], depth: usize) -> Option<(Value<'_>, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    match first {
        _ if depth > DEEPEST => None,
        b'i' => {
            let (digits, rest) = until(rest, b'e')?;
            Some((Value::Number(digits.parse().ok()?), rest))
        }
        b'l' => {
            let (mut values, mut rest) = (Vec::new(), rest);
            while rest.first()? != &b'e' {
                let (element, next) = value(rest, depth + 1)?;
                values.push(element);
                rest = next;
            }
            Some((Value::List(values), rest.get(1..)?))
        }
        b'd' => {
            let (mut entries, mut rest) = (Vec::new(), rest);
            while rest.first()? != &b'e' {
                let (key, after_key) = string(rest)?;
                let (element, next) = value(after_key, depth + 1)?;
                entries.push((key, element, after_key.get(..after_key.len() - next.len())?));
                rest = next;
            }
            Some((Value::Dictionary(entries), rest.get(1..)?))
        }
        _ => string(bytes).map(|(text, rest)| (Value::Bytes(text), rest)),
    }
}

fn string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = until(bytes, b':')?;
    rest.split_at_checked(length.parse().ok()?)
}

fn until(bytes: &[u8], end: u8) -> Option<(&str, &[u8])> {
    let at = bytes.iter().position(|byte| *byte == end)?;
    Some((str::from_utf8(bytes.get(..at)?).ok()?, bytes.get(at + 1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &[u8] =
        b"d8:announce3:abc4:infod6:lengthi12e4:name5:a.mkv12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaaee";
    const TWO: &[u8] = b"d4:infod5:filesld6:lengthi5e4:pathl3:sub5:a.txteed6:lengthi7e4:pathl5:b.mkveee4:name3:dir\
        12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaaee";

    #[test]
    fn the_infohash_is_the_sha1_of_the_info_dictionary_as_it_stands() {
        let torrent = read(ONE).unwrap();
        // sha1sum of the bytes from `d6:length` to the first of the two `e` at the end.
        assert_eq!(torrent.hash.to_string(), "233c4e6f87f4ead7fb86f66489f0655938639f0d");
        assert_eq!((torrent.name.as_str(), torrent.files.len(), torrent.files[0].bytes), ("a.mkv", 1, 12));
        assert_eq!(torrent.files[0].path, "/a.mkv");
    }

    #[test]
    fn a_torrent_of_several_files_has_their_paths_in_order() {
        let torrent = read(TWO).unwrap();
        let files: Vec<_> = torrent.files.iter().map(|file| (file.id, file.path.as_str(), file.bytes)).collect();
        assert_eq!(files, [(1, "/sub/a.txt", 5), (2, "/b.mkv", 7)]);
        assert_eq!(torrent.name, "dir");
    }

    #[test]
    fn whatever_is_no_torrent_file_is_refused() {
        let deep = "l".repeat(100_000);
        for file in [&b""[..], b"d4:infoi1ee", b"<html>", b"d4:info", b"99:a", b"i5", deep.as_bytes(), &ONE[..40]] {
            assert_eq!(read(file), None, "{:?}", String::from_utf8_lossy(&file[..file.len().min(20)]));
        }
        let version_two_only = b"d4:infod9:file treede4:name1:aee";
        assert_eq!(read(version_two_only), None);
    }
}
