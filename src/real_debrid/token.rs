//! Where the token of a question comes from: the same for ever, or renewed before it expires and when it is refused.

use super::Error;
use secrecy::SecretString;
use std::{future::Future, pin::Pin};

/// What a token source answers with, some time.
pub type Tokened<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// Gives every question its token.
pub trait TokenSource: Send + Sync {
    /// A token that should be good now.
    fn token(&self) -> Tokened<'_, SecretString>;

    /// A token in place of one that Real-Debrid has just refused; none where there is no other to be had.
    fn renewed<'a>(&'a self, refused: &'a SecretString) -> Tokened<'a, Option<SecretString>>;
}

/// A private token: always the same, and gone when it is refused.
impl TokenSource for SecretString {
    fn token(&self) -> Tokened<'_, SecretString> {
        Box::pin(std::future::ready(Ok(self.clone())))
    }

    fn renewed<'a>(&'a self, _: &'a SecretString) -> Tokened<'a, Option<SecretString>> {
        Box::pin(std::future::ready(Ok(None)))
    }
}
