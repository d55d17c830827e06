//! The SHA-1 that identifies a torrent.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A v1 infohash: SHA-1, 40 lower-case hexadecimal digits. It names a torrent, not one entry: several entries of an
/// account may share one, and then they are duplicates.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "ssr", schema(value_type = String, pattern = "^[0-9a-f]{40}$", examples("c39fe3eefbdb62da9c27eb6398ff4a7d2e26e7ab")))]
pub struct InfoHash(String);

/// The text is not 40 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a SHA-1 of 40 hexadecimal digits")]
pub struct NotAnInfoHash(String);

impl InfoHash {
    /// The 40 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for InfoHash {
    type Err = NotAnInfoHash;

    /// Accepts upper case, since some clients add torrents that way, and stores lower case.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.trim();
        if digits.len() == 40 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            Ok(Self(digits.to_ascii_lowercase()))
        } else {
            Err(NotAnInfoHash(text.to_owned()))
        }
    }
}

impl TryFrom<String> for InfoHash {
    type Error = NotAnInfoHash;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<InfoHash> for String {
    fn from(hash: InfoHash) -> Self {
        hash.0
    }
}

impl fmt::Display for InfoHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upper_case_is_stored_lower_case() {
        let hash: Result<InfoHash, _> = "C39FE3EEFBDB62DA9C27EB6398FF4A7D2E26E7AB".parse();
        assert_eq!(hash.map(String::from), Ok("c39fe3eefbdb62da9c27eb6398ff4a7d2e26e7ab".to_owned()));
    }

    #[test]
    fn anything_but_forty_digits_is_refused() {
        for text in
            ["", "c39f", "g39fe3eefbdb62da9c27eb6398ff4a7d2e26e7ab", "c39fe3eefbdb62da9c27eb6398ff4a7d2e26e7ab0"]
        {
            assert!(text.parse::<InfoHash>().is_err(), "{text} was accepted");
        }
    }
}
