//! Who is signed in.

use super::Timestamp;
use serde::{Deserialize, Serialize};

/// The Real-Debrid account that is the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// DMM's own number of the account.
    pub id: i64,
    /// Real-Debrid's user name.
    pub username: String,
    /// The end of the premium subscription; none for a free account.
    pub premium_until: Option<Timestamp>,
}
