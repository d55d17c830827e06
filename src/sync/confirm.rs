//! The question about single torrents, before they are deleted for not being on their list.
//!
//! Real-Debrid is asked for them by id: where only a few are missing for each, else for a sample, spread over all of them. That
//! costs little, and it is a second opinion from another part of Real-Debrid: a list that is wrong in a way no rule here
//! knows then deletes nothing, not even by the user's word, who knows no more than that list. Downloads cannot be asked
//! for by id.

use super::{SyncError, run::Run};
use crate::{domain::Kind, real_debrid, store::Missing};

/// So many are asked for at most.
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
    /// Asks for the torrents among `missing`, and keeps those that are still there or of which nothing can be learnt. Of many
    /// a sample is asked for, and one of it that is not gone for certain keeps all of them.
    pub(super) async fn confirm(&mut self, missing: Vec<Missing>) -> Result<Confirmed, SyncError> {
        let (torrents, mut gone): (Vec<_>, Vec<_>) =
            missing.into_iter().partition(|entry| entry.kind() == Kind::Torrent);
        if torrents.is_empty() {
            return Ok(Confirmed { gone, ..Confirmed::default() });
        }
        self.live.step("Asking Real-Debrid once more for what its list did not show");
        if torrents.len() > FEW {
            let sample = torrents.iter().step_by(torrents.len() / FEW).take(FEW);
            for entry in sample {
                let doubt = match self.is_gone(entry).await? {
                    Some(true) => continue,
                    Some(false) => "still has torrents that its list did not show",
                    None => "could not be asked whether the torrents that its list did not show are gone",
                };
                let note = format!(
                    "Real-Debrid {doubt}, so DMM kept all {} of them; the next sync checks again",
                    torrents.len()
                );
                return Ok(Confirmed { gone, keeps_torrents: true, note: Some(note) });
            }
            gone.extend(torrents);
            return Ok(Confirmed { gone, ..Confirmed::default() });
        }
        let (mut still_there, mut unknown) = (0, 0);
        for entry in torrents {
            // After one that failed no other is asked for.
            match if unknown > 0 { None } else { self.is_gone(&entry).await? } {
                Some(true) => gone.push(entry),
                Some(false) => still_there += 1,
                None => unknown += 1,
            }
        }
        Ok(Confirmed { gone, keeps_torrents: still_there + unknown > 0, note: note(still_there, unknown) })
    }

    /// Whether Real-Debrid has no such torrent any more; none when that cannot be learnt.
    async fn is_gone(&mut self, entry: &Missing) -> Result<Option<bool>, SyncError> {
        self.gate().await?;
        let answer = match self.client.torrent_info(&entry.real_debrid_id).await {
            Ok(None) => Some(true),
            Ok(Some(_)) => Some(false),
            Err(real_debrid::Error::Stopped) => return Err(SyncError::Stopped),
            Err(error) => {
                tracing::warn!(run = self.leased.id, torrent = entry.real_debrid_id, error = ?error, "not confirmed");
                None
            }
        };
        self.beat();
        Ok(answer)
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
