//! The question about single torrents, before they are deleted for not being on their list.
//!
//! Where only a few torrents are missing, Real-Debrid is asked for each of them by its id. That costs little, and it is a
//! second opinion from another part of Real-Debrid: a list that is wrong in a way no rule here knows then deletes
//! nothing. Downloads cannot be asked for by id.

use super::{SyncError, run::Run};
use crate::{domain::Kind, real_debrid, store::Missing};

/// More missing torrents than this are not asked for one by one: the guard against mass deletions stands before them.
const FEW: usize = 25;

/// What is gone for certain.
#[derive(Debug, Default)]
pub(super) struct Confirmed {
    /// May be deleted.
    pub(super) gone: Vec<Missing>,
    /// Whether torrents are kept that the list did not show, so that the list is no base for the next run.
    pub(super) keeps_torrents: bool,
    /// What was kept and why, in words.
    pub(super) note: Option<String>,
}

impl Run {
    /// Asks for the torrents among `missing` if they are few, and keeps those that are still there or of which nothing
    /// can be learnt.
    pub(super) async fn confirm(&mut self, missing: Vec<Missing>) -> Result<Confirmed, SyncError> {
        let torrents = missing.iter().filter(|entry| entry.kind() == Kind::Torrent).count();
        if torrents == 0 || torrents > FEW {
            return Ok(Confirmed { gone: missing, ..Confirmed::default() });
        }
        self.live.step("Asking Real-Debrid once more for what its list did not show");
        let (mut gone, mut still_there, mut unknown) = (Vec::with_capacity(missing.len()), 0, 0);
        let mut failure = None;
        for entry in missing {
            if entry.kind() == Kind::Download {
                gone.push(entry);
                continue;
            }
            if failure.is_some() {
                unknown += 1;
                continue;
            }
            self.gate().await?;
            match self.client.torrent_info(&entry.real_debrid_id).await {
                Ok(None) => gone.push(entry),
                Ok(Some(_)) => still_there += 1,
                Err(real_debrid::Error::Stopped) => return Err(SyncError::Stopped),
                Err(error) => {
                    tracing::warn!(run = self.id, torrent = entry.real_debrid_id, error = ?error, "not confirmed");
                    failure = Some(error);
                    unknown += 1;
                }
            }
            self.beat();
        }
        Ok(Confirmed { gone, keeps_torrents: still_there + unknown > 0, note: note(still_there, unknown) })
    }
}

fn note(still_there: usize, unknown: usize) -> Option<String> {
    let torrents = |count: usize| if count == 1 { "one torrent".to_owned() } else { format!("{count} torrents") };
    let it = |count: usize| if count == 1 { "it" } else { "them" };
    let kept = (still_there > 0).then(|| {
        format!(
            "Real-Debrid still has {} that its list did not show, so DMM kept {}",
            torrents(still_there),
            it(still_there)
        )
    });
    let unknown = (unknown > 0).then(|| {
        format!(
            "Real-Debrid could not be asked whether {} that its list did not show {} gone, so DMM kept {}",
            torrents(unknown),
            if unknown == 1 { "is" } else { "are" },
            it(unknown)
        )
    });
    let said: Vec<String> = kept.into_iter().chain(unknown).collect();
    (!said.is_empty()).then(|| format!("{}; the next sync checks again", said.join(". ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_said() {
        assert_eq!(note(0, 0), None);
        let both = note(1, 2).unwrap_or_default();
        assert!(both.contains("still has one torrent") && both.contains("whether 2 torrents"), "{both}");
        assert!(both.ends_with("checks again"), "{both}");
    }
}
