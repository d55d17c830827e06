//! Names that Real-Debrid gives: ids, link tokens and infohashes, kept small because a library may hold a million.

use crate::{domain::info_hash::InfoHash, simulator::dice::Dice};
use std::{fmt, str::FromStr};

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// 13 characters of `[A-Z2-7]`: the id of a torrent or download, or the part of a link that identifies a file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id([u8; 13]);

impl Id {
    pub(crate) fn random(dice: &mut Dice) -> Self {
        Self(std::array::from_fn(|_| BASE32[dice.index(BASE32.len())]))
    }

    /// The 13 characters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// The text is not 13 characters of `[A-Z2-7]`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not an id of 13 characters A–Z and 2–7")]
pub struct NotAnId(String);

impl FromStr for Id {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        <[u8; 13]>::try_from(text.as_bytes())
            .ok()
            .filter(|characters| characters.iter().all(|character| BASE32.contains(character)))
            .map(Self)
            .ok_or_else(|| NotAnId(text.to_owned()))
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A v1 infohash in 20 bytes; always shown in lower case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; 20]);

impl Hash {
    pub(crate) fn random(dice: &mut Dice) -> Self {
        let mut bytes = [0; 20];
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&dice.next().to_le_bytes()[..chunk.len()]);
        }
        Self(bytes)
    }

    /// What everything in the torrent is derived from: the same hash always has the same files.
    pub(crate) fn seed(self) -> u64 {
        self.0.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
    }
}

impl From<[u8; 20]> for Hash {
    fn from(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }
}

impl From<&InfoHash> for Hash {
    fn from(hash: &InfoHash) -> Self {
        let digits = hash.as_str();
        Self(std::array::from_fn(|byte| {
            digits.get(2 * byte..2 * byte + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()).unwrap_or(0)
        }))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let text: [u8; 40] = std::array::from_fn(|place| {
            let byte = self.0[place / 2];
            DIGITS[usize::from(if place.is_multiple_of(2) { byte >> 4 } else { byte & 15 })]
        });
        f.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_shown_as_it_was_read_in_lower_case() {
        let hash: InfoHash = "C39FE3EEFBDB62DA9C27EB6398FF4A7D2E26E7AB".parse().unwrap();
        assert_eq!(Hash::from(&hash).to_string(), "c39fe3eefbdb62da9c27eb6398ff4a7d2e26e7ab");
    }

    #[test]
    fn a_random_id_reads_back_and_another_alphabet_does_not() {
        let id = Id::random(&mut Dice::new(7));
        assert_eq!(id.as_str().parse(), Ok(id));
        for text in ["", "ABCDEFGHIJKL1", "ABCDEFGHIJKLm", "ABCDEFGHIJKLMN"] {
            assert!(text.parse::<Id>().is_err(), "{text} was accepted");
        }
    }
}
