//! What is stored of an account in as little memory as will do, so that a run can hold all of it: 24 bytes an entry.
//!
//! A run that looked up page after page by id would read the same index and the same rows in random order again and
//! again. Read once, in the order in which they lie, a hundred thousand entries take less than a tenth of a second.

use super::{Store, StoreError, database::Scope, sql, statement::Statement};
use crate::domain::Kind;
use sha2::{Digest, Sha256};

/// Entries read at once.
const PORTION: i64 = 5_000;
/// All rows of the table are read in the order in which they lie, unless the account has fewer than one in so many:
/// then its own are picked out by an index, which costs eight times as much for each of them.
const ONE_IN: i64 = 8;

/// Sixteen bytes for an id: Real-Debrid's 13 characters as they are, longer ones by hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdKey(u64, u64);

impl IdKey {
    /// The key of an id.
    pub fn of(id: &str) -> Self {
        let mut bytes = [0; 16];
        match bytes.get_mut(..id.len()) {
            Some(place) if id.len() < 16 => place.copy_from_slice(id.as_bytes()),
            _ => {
                bytes.copy_from_slice(&Sha256::digest(id)[..16]);
                // No short id ends in a non-zero byte, so the two sorts cannot meet.
                bytes[15] |= 1;
            }
        }
        // An odd factor loses nothing, and spreads keys evenly over all numbers, by which they can be found.
        let both = u128::from_le_bytes(bytes).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        #[expect(clippy::cast_possible_truncation, reason = "the other half is in the other number")]
        Self((both >> 64) as u64, both as u64)
    }

    /// Its first bits.
    fn beginning(self, bits: u32) -> usize {
        usize::try_from(self.0.checked_shr(64 - bits).unwrap_or(0)).unwrap_or(usize::MAX)
    }
}

/// The fingerprints of all entries of an account, as the database has them.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// By key.
    sorted: Vec<(IdKey, i64)>,
    /// Where the keys begin that begin with a number: some four keys for each, so that one look finds the neighbourhood.
    starts: Vec<u32>,
    /// Noted since, each key once.
    noted: Vec<(IdKey, i64)>,
}

impl Known {
    /// The fingerprint that an entry was stored with; none if it is not stored. What was noted counts from
    /// [`Known::settle`] on.
    pub fn fingerprint(&self, id: &str) -> Option<i64> {
        let place = self.place(IdKey::of(id))?;
        self.sorted.get(place).map(|(_, fingerprint)| *fingerprint)
    }

    /// Notes that an entry has been stored.
    pub fn note(&mut self, id: &str, fingerprint: i64) {
        if self.noted.len() == self.noted.capacity() {
            // By a quarter: doubling would cost as much memory again.
            self.noted.reserve_exact(self.noted.len() / 4 + 1_000);
        }
        self.noted.push((IdKey::of(id), fingerprint));
    }

    /// Makes what was noted count. Between two calls an entry must be noted once only.
    pub fn settle(&mut self) {
        let mut noted = std::mem::take(&mut self.noted);
        noted.retain(|(key, fingerprint)| match self.place(*key) {
            Some(place) => {
                self.sorted[place].1 = *fingerprint;
                false
            }
            None => true,
        });
        if !noted.is_empty() {
            let mut sorted = std::mem::take(&mut self.sorted);
            sorted.reserve_exact(noted.len());
            sorted.append(&mut noted);
            *self = Self::of(sorted);
        }
    }

    fn of(mut sorted: Vec<(IdKey, i64)>) -> Self {
        sorted.sort_unstable_by_key(|(key, _)| *key);
        let bits = (sorted.len() / 4 + 1).ilog2().clamp(1, 31);
        let mut starts = Vec::with_capacity((1 << bits) + 1);
        for (place, (key, _)) in (0_u32..).zip(&sorted) {
            while starts.len() <= key.beginning(bits) {
                starts.push(place);
            }
        }
        starts.resize((1 << bits) + 1, u32::try_from(sorted.len()).unwrap_or(u32::MAX));
        Self { sorted, starts, noted: Vec::new() }
    }

    fn place(&self, key: IdKey) -> Option<usize> {
        let bits = self.starts.len().checked_ilog2()?;
        let beginning = key.beginning(bits);
        let (from, to) = (*self.starts.get(beginning)?, *self.starts.get(beginning + 1)?);
        let (from, to) = (usize::try_from(from).ok()?, usize::try_from(to).ok()?);
        let near = self.sorted.get(from..to)?;
        near.iter().position(|(other, _)| *other == key).map(|place| from + place)
    }
}

/// One stored entry, as far as a run has to know all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stored<'a> {
    pub(super) number: i64,
    pub(super) kind: Kind,
    pub(super) fingerprint: i64,
    pub(super) id: &'a str,
}

impl<'a> Stored<'a> {
    /// The first entry of a packed portion, and the rest of it.
    fn unpack(packed: &'a str) -> Option<(Self, &'a str)> {
        let mut fields = packed.splitn(5, ' ');
        let number = fields.next()?.parse().ok()?;
        let kind = if fields.next()? == Kind::Download.as_str() { Kind::Download } else { Kind::Torrent };
        let fingerprint = fields.next()?.parse().ok()?;
        let length = fields.next()?.parse().ok()?;
        let (id, rest) = fields.next()?.split_at_checked(length)?;
        Some((Self { number, kind, fingerprint, id }, rest))
    }
}

impl Store {
    /// The fingerprints of everything that is stored of an account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn known(&self, user: i64) -> Result<Known, StoreError> {
        let mut sorted = Vec::with_capacity(usize::try_from(self.count_files(user).await?).unwrap_or(0));
        self.each_stored(user, |entry| sorted.push((IdKey::of(entry.id), entry.fingerprint))).await?;
        Ok(Known::of(sorted))
    }

    /// Whether the account has so few of all entries that they are better picked out by an index.
    pub(super) async fn is_sparse(&self, user: i64) -> Result<bool, StoreError> {
        self.is_sparse_since(user, 0).await
    }

    /// The same of the entries behind a number.
    pub(super) async fn is_sparse_since(&self, user: i64, since: i64) -> Result<bool, StoreError> {
        let range = self.newest_number().await?.saturating_sub(since);
        Ok(range / ONE_IN > self.count_files(user).await?)
    }

    /// The number of the newest entry, whoever has it.
    pub(super) async fn newest_number(&self) -> Result<i64, StoreError> {
        Ok(Statement::new(sql::NEWEST_NUMBER).scalar(self.reading(Scope::Everyone)).await?)
    }

    /// Gives every stored entry of an account to `take`, in no particular order.
    ///
    /// A row of its own for each entry costs the driver several times what the database needs to find it, so entries
    /// come packed into one text for each portion.
    pub(super) async fn each_stored(&self, user: i64, mut take: impl FnMut(Stored<'_>)) -> Result<(), StoreError> {
        let (statement, mut after) = if self.is_sparse(user).await? {
            (sql::STORED_BY_ID, String::new())
        } else {
            (sql::STORED_BY_NUMBER, "0".to_owned())
        };
        loop {
            let portion =
                Statement::new(statement).bind(user).bind(&after).bind(PORTION).fetch_one(self.reading(user)).await?;
            let (Some(packed), Some(last)): (Option<String>, Option<String>) = portion else { return Ok(()) };
            let mut rest = packed.as_str();
            while !rest.is_empty() {
                let (entry, others) = Stored::unpack(rest).ok_or_else(|| {
                    StoreError::Other(sqlx::Error::Decode("a portion of entries cannot be unpacked".into()))
                })?;
                take(entry);
                rest = others;
            }
            after = last;
        }
    }
}

#[cfg(test)]
mod tests;
