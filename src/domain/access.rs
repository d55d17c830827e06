//! By what an account is reached: sessions of browsers, and API tokens for scripts.

use super::{ApiError, Timestamp};
use serde::{Deserialize, Serialize};

/// A browser that is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SessionInfo {
    /// Its number.
    pub id: i64,
    /// The browser or program, as far as it says what it is.
    pub client: String,
    /// When it signed in.
    pub created_at: Timestamp,
    /// When it was last used, to the hour.
    pub last_seen_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// A token for scripts, without itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ApiToken {
    /// Its number.
    pub id: i64,
    /// What the user calls it.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used, to the hour; none when it never was.
    pub last_used_at: Option<Timestamp>,
}

/// The longest name of a token, in characters.
pub const LONGEST_TOKEN_NAME: usize = 100;
/// The most tokens that an account has at the same time.
pub const MOST_TOKENS: i64 = 100;

/// The name of a token as it is stored.
///
/// # Errors
/// `invalid_request` when it is empty, too long or not one line.
pub fn token_name(typed: &str) -> Result<&str, ApiError> {
    let name = typed.trim();
    if name.is_empty() || name.chars().count() > LONGEST_TOKEN_NAME || name.chars().any(char::is_control) {
        return Err(ApiError::invalid(format!(
            "name must be one line of 1–{LONGEST_TOKEN_NAME} characters: say what the token is for."
        )));
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_a_name_of_one_line() {
        assert_eq!(token_name("  backup script ").unwrap(), "backup script");
        for bad in ["", "  ", "two\nlines", &"n".repeat(101)] {
            assert!(token_name(bad).unwrap_err().error.contains("1–100 characters"));
        }
        assert!(token_name(&"ü".repeat(100)).is_ok());
    }
}
