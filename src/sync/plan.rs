//! The planner: what has to be written so that the stored entries equal what Real-Debrid lists.
//!
//! Pure: same input, same output; no clock, no I/O.

use crate::{
    domain::Entry,
    store::{WriteEntry, search_name},
};
use sha2::{Digest, Sha256};

/// What a page comes to.
#[derive(Debug, Default, PartialEq)]
pub struct Plan {
    /// New and changed entries, in the order of the list.
    pub writes: Vec<WriteEntry>,
    /// Hashes of entries that are as stored.
    pub unchanged_hashes: Vec<String>,
    /// How many are as stored.
    pub unchanged: i64,
}

/// Compares entries with what is stored of them: `stored` gives the fingerprint of an id. Every entry must be there once.
pub fn plan(entries: Vec<Entry>, stored: impl Fn(&str) -> Option<i64>) -> Plan {
    let mut plan = Plan::default();
    for entry in entries {
        let fingerprint = fingerprint(&entry);
        let known = stored(&entry.real_debrid_id);
        if known == Some(fingerprint) {
            plan.unchanged += 1;
            plan.unchanged_hashes.extend(entry.sha1_hash.map(String::from));
        } else {
            let search_name = search_name(&entry.filename);
            plan.writes.push(WriteEntry { entry, search_name, fingerprint, is_new: known.is_none() });
        }
    }
    plan
}

/// 64 bits of SHA-256 over everything of an entry that counts as a change.
///
/// Left out: the host of a generated URL, which Real-Debrid rewrites by itself, and speed and seeders, which are
/// weather. A chance collision hides one change with probability 2⁻⁶⁴ until the entry changes again.
pub fn fingerprint(entry: &Entry) -> i64 {
    let mut hasher = Sha256::new();
    let mut text = |value: &str| {
        hasher.update((value.len() as u64).to_le_bytes());
        hasher.update(value);
    };
    text(entry.kind.as_str());
    text(&entry.filename);
    text(entry.mime_type.as_deref().unwrap_or_default());
    text(entry.sha1_hash.as_ref().map_or("", |hash| hash.as_str()));
    text(&entry.status);
    text(&entry.added_raw);
    text(entry.link.as_deref().unwrap_or_default());
    text(entry.download_url.as_deref().map_or("", path_of));
    hasher.update(entry.file_size.to_le_bytes());
    hasher.update(entry.progress.to_bits().to_le_bytes());
    hasher.update(entry.ended_at.map_or(i64::MIN, crate::domain::Timestamp::as_millis).to_le_bytes());
    let digest = hasher.finalize();
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    i64::from_le_bytes(first)
}

/// Everything behind the host.
fn path_of(url: &str) -> &str {
    let behind_scheme = url.find("://").map_or(0, |scheme| scheme + 3);
    url[behind_scheme..].find('/').map_or("", |slash| &url[behind_scheme + slash..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Kind, Timestamp};
    use proptest::prelude::*;
    use std::collections::{BTreeMap, HashMap};

    fn entry(id: &str) -> Entry {
        Entry {
            real_debrid_id: id.to_owned(),
            kind: Kind::Torrent,
            filename: "Harbour.Lights.2019.1080p".to_owned(),
            file_size: 7,
            mime_type: None,
            sha1_hash: "c39fe3eefbdb62da9c27eb6398ff4a7d2e26e7ab".parse().ok(),
            status: "downloaded".to_owned(),
            progress: 100.0,
            download_url: Some("https://22-4.download.real-debrid.com/d/AB/x.mkv".to_owned()),
            link: None,
            added_at: Timestamp::from_millis(1),
            added_raw: "2025-02-18T18:30:19.000Z".to_owned(),
            ended_at: None,
        }
    }

    fn nothing(_: &str) -> Option<i64> {
        None
    }

    fn stored(plan: &Plan) -> impl Fn(&str) -> Option<i64> + use<> {
        let stored: HashMap<String, i64> =
            plan.writes.iter().map(|write| (write.entry.real_debrid_id.clone(), write.fingerprint)).collect();
        move |id| stored.get(id).copied()
    }

    #[test]
    fn what_was_applied_needs_no_second_write() {
        let first = plan(vec![entry("A"), entry("B")], nothing);
        assert_eq!((first.writes.len(), first.unchanged), (2, 0));
        assert!(first.writes.iter().all(|write| write.is_new));
        let second = plan(vec![entry("A"), entry("B")], stored(&first));
        assert_eq!((second.writes.len(), second.unchanged, second.unchanged_hashes.len()), (0, 2, 2));
    }

    #[test]
    fn every_field_that_counts_makes_an_update() {
        let known = stored(&plan(vec![entry("A")], nothing));
        let changes: [fn(&mut Entry); 8] = [
            |entry| entry.filename.push('x'),
            |entry| entry.file_size = 8,
            |entry| entry.mime_type = Some("video/x-matroska".to_owned()),
            |entry| entry.sha1_hash = None,
            |entry| entry.status = "dead".to_owned(),
            |entry| entry.progress = 42.5,
            |entry| entry.download_url = Some("https://22-4.download.real-debrid.com/d/CD/x.mkv".to_owned()),
            |entry| entry.ended_at = Some(Timestamp::from_millis(2)),
        ];
        for (number, change) in changes.into_iter().enumerate() {
            let mut entry = entry("A");
            change(&mut entry);
            let plan = plan(vec![entry], &known);
            assert_eq!(plan.writes.len(), 1, "change {number} went unnoticed");
            assert!(!plan.writes[0].is_new);
        }
    }

    #[test]
    fn a_moved_download_host_is_no_change() {
        let known = stored(&plan(vec![entry("A")], nothing));
        let mut moved = entry("A");
        moved.download_url = Some("https://nyk7-4.download.real-debrid.com/d/AB/x.mkv".to_owned());
        assert_eq!(plan(vec![moved], &known).unchanged, 1);
    }

    /// Any entry of a small world, in which the same ids and contents meet often.
    fn any_entry() -> impl Strategy<Value = Entry> {
        let kind = prop_oneof![Just(Kind::Torrent), Just(Kind::Download)];
        (0..12_u8, kind, "[a-cA-C]{0,2}", 0..3_i64, prop_oneof![Just("downloaded"), Just("dead")], 0..3_i64).prop_map(
            |(id, kind, filename, file_size, status, ended)| Entry {
                real_debrid_id: format!("ID{id}"),
                kind,
                filename,
                file_size,
                status: status.to_owned(),
                ended_at: (ended > 0).then(|| Timestamp::from_millis(ended)),
                ..entry("")
            },
        )
    }

    /// A list as Real-Debrid has it: every id once.
    fn any_list() -> impl Strategy<Value = BTreeMap<String, Entry>> {
        prop::collection::vec(any_entry(), 0..20)
            .prop_map(|entries| entries.into_iter().map(|entry| (entry.real_debrid_id.clone(), entry)).collect())
    }

    fn known(fingerprints: &HashMap<String, i64>) -> impl Fn(&str) -> Option<i64> {
        |id| fingerprints.get(id).copied()
    }

    fn fingerprints(entries: &BTreeMap<String, Entry>) -> HashMap<String, i64> {
        entries.iter().map(|(id, entry)| (id.clone(), fingerprint(entry))).collect()
    }

    proptest! {
        #[test]
        fn applying_a_plan_to_what_is_stored_gives_what_is_listed(stored in any_list(), listed in any_list()) {
            let plan = plan(listed.values().cloned().collect(), known(&fingerprints(&stored)));
            prop_assert_eq!(plan.unchanged + i64::try_from(plan.writes.len()).unwrap(), i64::try_from(listed.len()).unwrap());
            let mut applied = stored.clone();
            for write in &plan.writes {
                prop_assert_eq!(write.is_new, !stored.contains_key(&write.entry.real_debrid_id));
                applied.insert(write.entry.real_debrid_id.clone(), write.entry.clone());
            }
            applied.retain(|id, _| listed.contains_key(id));
            prop_assert_eq!(applied, listed);
        }

        #[test]
        fn the_same_input_gives_the_same_plan(stored in any_list(), listed in any_list()) {
            let (entries, stored): (Vec<_>, _) = (listed.values().cloned().collect(), fingerprints(&stored));
            prop_assert_eq!(plan(entries.clone(), known(&stored)), plan(entries, known(&stored)));
        }

        #[test]
        fn a_second_plan_has_nothing_left_to_do(listed in any_list()) {
            let entries: Vec<_> = listed.values().cloned().collect();
            let first = plan(entries.clone(), nothing);
            prop_assert_eq!(plan(entries, stored(&first)).writes.len(), 0);
        }
    }
}
