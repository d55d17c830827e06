//! Which entries took the place of others.
//!
//! A torrent that was deleted and added again at Real-Debrid between two syncs is a new entry before the old one is
//! known to be gone. It is told by its identity, and by having come since its list was last settled: of two entries that
//! have long been there side by side, one that goes is just gone. That is told by numbers and not by times or by runs,
//! so that neither a clock nor a run that ended half-way can spoil it.

use super::{
    Missing, Store, StoreError, VALUES_PER_LIST, library::statements, sql, statement::Statement, tombstones::Record,
};
use crate::domain::Kind;
use std::collections::{HashMap, HashSet, VecDeque};

/// Rows read at once while looking for newcomers.
const ROWS_PER_READ: i64 = 5_000;

/// For entries that are gone, which entries took their place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Successors(HashMap<i64, i64>);

impl Successors {
    /// The number of the entry that took the place of this one.
    pub(super) fn of(&self, gone: i64) -> Option<i64> {
        self.0.get(&gone).copied()
    }
}

type Known = (Kind, String);

impl Store {
    /// The entries that took the place of any that are gone, each that of one; first of those of which the user said
    /// something.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn successors(&self, user: i64, gone: &[Missing]) -> Result<Successors, StoreError> {
        let settled: Vec<(String, i64)> = Statement::new(sql::SETTLED).bind(user).fetch_all(self.reading(user)).await?;
        let since = |kind: Kind| settled.iter().find(|(of, _)| of == kind.as_str()).map(|(_, last)| *last);
        let Some(first) = Kind::ALL.into_iter().filter_map(since).min() else { return Ok(Successors::default()) };
        if !self.has_newcomers(user, first).await?.scalar(self.reading(user)).await? {
            return Ok(Successors::default());
        }
        let mut sought: HashMap<Known, Vec<(bool, i64)>> = HashMap::new();
        let ids: Vec<i64> = gone.iter().map(|entry| entry.id).collect();
        for part in ids.chunks(VALUES_PER_LIST) {
            let records: Vec<Record> = statements::records_statement(user, part).fetch_all(self.reading(user)).await?;
            for record in records {
                if let Some(identity) = record.identity().map(str::to_owned) {
                    let organised = !record.organisation().is_empty();
                    sought.entry((record.kind(), identity)).or_default().push((organised, record.id));
                }
            }
        }
        let gone: HashSet<i64> = ids.into_iter().collect();
        let mut newcomers: HashMap<Known, VecDeque<i64>> = HashMap::new();
        for kind in Kind::ALL {
            let Some(last) = since(kind).filter(|_| sought.keys().any(|(of, _)| *of == kind)) else { continue };
            for record in self.newcomers(user, kind, last, &sought).await? {
                let known = record.identity().map(|identity| (kind, identity.to_owned()));
                if let Some(known) = known
                    && sought.contains_key(&known)
                    && record.organisation().is_empty()
                    && !gone.contains(&record.id)
                {
                    newcomers.entry(known).or_default().push_back(record.id);
                }
            }
        }
        let mut successors = Successors::default();
        for (known, mut gone) in sought {
            gone.sort_unstable_by(|a, b| b.cmp(a));
            let Some(newcomers) = newcomers.get_mut(&known) else { continue };
            successors.0.extend(gone.into_iter().map_while(|(_, id)| Some((id, newcomers.pop_front()?))));
        }
        Ok(successors)
    }

    /// Asks whether anything came after number `last`.
    pub(super) async fn has_newcomers(&self, user: i64, last: i64) -> Result<Statement<'static>, StoreError> {
        let among_many = self.is_sparse_since(user, last).await?;
        let statement = if among_many { sql::HAS_NEWCOMERS_AMONG_MANY } else { sql::HAS_NEWCOMERS };
        Ok(Statement::new(statement).bind(user).bind(last))
    }

    /// Asks for a portion of the downloads that came after number `last`; among many they come by Real-Debrid's ids.
    pub(super) fn new_downloads(user: i64, last: i64, among_many: Option<&str>) -> Statement<'_> {
        match among_many {
            Some(after) => {
                Statement::new(sql::NEW_DOWNLOADS_AMONG_MANY).bind(user).bind(last).bind(ROWS_PER_READ).bind(after)
            }
            None => Statement::new(sql::NEW_DOWNLOADS).bind(user).bind(last).bind(ROWS_PER_READ),
        }
    }

    /// Entries that came after number `last`: torrents by their hashes; downloads one and all, since nothing finds them
    /// by their links.
    async fn newcomers(
        &self,
        user: i64,
        kind: Kind,
        mut last: i64,
        sought: &HashMap<Known, Vec<(bool, i64)>>,
    ) -> Result<Vec<Record>, StoreError> {
        let mut found: Vec<Record> = Vec::new();
        if kind == Kind::Torrent {
            let hashes: Vec<&str> =
                sought.keys().filter(|(of, _)| *of == kind).map(|(_, identity)| identity.as_str()).collect();
            for part in hashes.chunks(VALUES_PER_LIST) {
                let statement = statements::newcomers_statement(user, last, part);
                found.extend(statement.fetch_all::<Record>(self.reading(user)).await?);
            }
            found.sort_unstable_by_key(|record| record.id);
            return Ok(found);
        }
        let mut among_many = self.is_sparse_since(user, last).await?.then(String::new);
        loop {
            let portion = Self::new_downloads(user, last, among_many.as_deref());
            let rows: Vec<Record> = portion.fetch_all(self.reading(user)).await?;
            let Some(end) = rows.last() else { break };
            match &mut among_many {
                Some(after) => end.real_debrid_id().clone_into(after),
                None => last = end.id,
            }
            let is_sought = |record: &Record| {
                record.identity().is_some_and(|identity| sought.contains_key(&(kind, identity.to_owned())))
            };
            found.extend(rows.into_iter().filter(is_sought));
        }
        found.sort_unstable_by_key(|record| record.id);
        Ok(found)
    }
}
