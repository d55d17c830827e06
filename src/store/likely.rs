//! Likely duplicates: entries that are not marked, have one name and nearly the same size.
//!
//! They are not stored anywhere but found when asked for, so they cost a sync nothing. Equal names are neighbours in the
//! index of names, which is gone through in portions: no statement reads more than one, whatever the size of the library,
//! and no more than a page is kept in memory. The order is that of the names, for there is no cheaper one; a torrent and
//! the download that was made from it come after all others, in a second passage.

mod cluster;

use super::{
    Store, StoreError, cursor,
    duplicates::{EntryRow, limit_in_force},
    sql,
    statement::Statement,
};
use crate::domain::{ApiError, LikelyGroup, LikelyGroups};
use cluster::Cluster;
use serde::{Deserialize, Serialize};

/// Entries of the index of names that one statement goes through.
const PORTION: i64 = 2_000;
/// Entries with one name that are read at once.
const NAMESAKES_AT_ONCE: usize = 500;
/// Beyond all entries whose size is not known.
const ANY_KNOWN_SIZE: i64 = 0;

/// What a passage looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Passage {
    /// What is there twice.
    #[serde(rename = "t")]
    Twice,
    /// A torrent and its download.
    #[serde(rename = "c")]
    Companions,
}

impl Passage {
    const ALL: [Self; 2] = [Self::Twice, Self::Companions];

    fn names(self) -> &'static str {
        match self {
            Self::Twice => sql::LIKELY_NAMES,
            Self::Companions => sql::COMPANION_NAMES,
        }
    }
}

/// The last group of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    /// The passage it was found in.
    p: Passage,
    /// Its name.
    n: String,
    /// Its largest size.
    s: i64,
}

impl Place {
    fn before(p: Passage) -> Self {
        Self { p, n: String::new(), s: i64::MAX }
    }
}

/// What has been found, up to so many.
struct Finds {
    wanted: usize,
    groups: Vec<(Place, LikelyGroup)>,
}

impl Finds {
    fn are_enough(&self) -> bool {
        self.groups.len() >= self.wanted
    }

    fn note(&mut self, passage: Passage, name: &str, cluster: Cluster) {
        if cluster.is_group() && cluster.is_companions() == (passage == Passage::Companions) && !self.are_enough() {
            let place = Place { p: passage, n: name.to_owned(), s: cluster.largest };
            self.groups.push((place, cluster.into_group()));
        }
    }
}

impl Store {
    /// One page of likely duplicates.
    ///
    /// # Errors
    /// `invalid_request` when a parameter is out of range, or when the database fails.
    pub async fn likely_duplicates(
        &self,
        user: i64,
        limit: Option<i64>,
        cursor: Option<&str>,
    ) -> Result<LikelyGroups, ApiError> {
        let limit = usize::try_from(limit_in_force(limit)?).unwrap_or(usize::MAX);
        let start = match cursor {
            Some(text) => {
                cursor::decode(text, "likelyCursor", "nextLikelyCursor on unchanged", |place: &Place| place.s > 0)?
            }
            None => Place::before(Passage::Twice),
        };
        let mut finds = Finds { wanted: limit + 1, groups: Vec::new() };
        for passage in Passage::ALL.into_iter().skip_while(|passage| *passage != start.p) {
            let from = if passage == start.p { start.clone() } else { Place::before(passage) };
            self.pass(user, from, &mut finds).await?;
        }
        let more = finds.groups.len() > limit;
        finds.groups.truncate(limit);
        let next_likely_cursor = finds.groups.last().filter(|_| more).map(|(place, _)| cursor::encode(place));
        Ok(LikelyGroups { likely: finds.groups.into_iter().map(|(_, group)| group).collect(), next_likely_cursor })
    }

    /// Goes through the names behind a place until enough is found.
    async fn pass(&self, user: i64, from: Place, finds: &mut Finds) -> Result<(), StoreError> {
        let Place { p: passage, n: mut after, s } = from;
        if !after.is_empty() {
            self.compare(user, passage, &after, s, finds).await?;
        }
        while !finds.are_enough() {
            let end: Option<String> = Statement::new(sql::END_OF_PORTION)
                .bind(user)
                .bind(&after)
                .bind(PORTION)
                .scalar(self.reading(user))
                .await?;
            let Some(end) = end else { break };
            let names: Vec<String> =
                Statement::new(passage.names()).bind(user).bind(&after).bind(&end).scalars(self.reading(user)).await?;
            for name in names {
                if finds.are_enough() {
                    break;
                }
                self.compare(user, passage, &name, ANY_KNOWN_SIZE, finds).await?;
            }
            after = end;
        }
        Ok(())
    }

    /// Compares the sizes of the entries with a name, beyond a size.
    async fn compare(
        &self,
        user: i64,
        passage: Passage,
        name: &str,
        beyond: i64,
        finds: &mut Finds,
    ) -> Result<(), StoreError> {
        let mut cluster = Cluster::default();
        let mut beyond = (beyond, i64::MAX);
        loop {
            let rows: Vec<EntryRow> = Statement::new(sql::NAMESAKES)
                .bind(user)
                .bind(name)
                .bind(beyond.0)
                .bind(beyond.1)
                .bind(i64::try_from(NAMESAKES_AT_ONCE).unwrap_or(i64::MAX))
                .fetch_all(self.reading(user))
                .await?;
            let is_last = rows.len() < NAMESAKES_AT_ONCE;
            for row in rows {
                beyond = row.place();
                if !cluster.fits(&row) {
                    finds.note(passage, name, std::mem::take(&mut cluster));
                }
                cluster.take(row);
            }
            if is_last || finds.are_enough() {
                break;
            }
        }
        finds.note(passage, name, cluster);
        Ok(())
    }
}
