//! The statements of a batch that hold lists of values or rows.

use super::{Batch, FailedEntry, WriteEntry};
use crate::{
    domain::{InfoHash, Timestamp},
    store::{sql, statement::Statement},
};

/// Writes entries over what is stored of them. Where `all_new`, nothing is: a database has less to look up and to write down
/// then, and refuses the statement if that is not so.
pub(in crate::store) fn write_statement<'a>(
    batch: &Batch<'_>,
    entries: &'a [WriteEntry],
    all_new: bool,
) -> Statement<'a> {
    let mut statement = Statement::new(
        "insert into files (user_id, real_debrid_id, kind, original_filename, search_name, file_size, mime_type, \
         sha1_hash, status, progress, download_url, source_link, added_at, added_raw, ended_at, fingerprint, \
         written_by_run, created_at, updated_at) ",
    );
    statement.push_rows(entries, |row, write| {
        let entry = &write.entry;
        row.push_bind(batch.run.user)
            .push_bind(entry.real_debrid_id.as_str())
            .push_bind(entry.kind.as_str())
            .push_bind(entry.filename.as_str())
            .push_bind(write.search_name.as_str())
            .push_bind(entry.file_size)
            .push_bind(entry.mime_type.as_deref())
            .push_bind(entry.sha1_hash.as_ref().map(InfoHash::as_str))
            .push_bind(entry.status.as_str())
            .push_bind(entry.progress)
            .push_bind(entry.download_url.as_deref())
            .push_bind(entry.link.as_deref())
            .push_bind(entry.added_at.as_millis())
            .push_bind(entry.added_raw.as_str())
            .push_bind(entry.ended_at.map(Timestamp::as_millis))
            .push_bind(write.fingerprint)
            .push_bind(batch.run.id)
            .push_bind(batch.now.as_millis())
            .push_bind(batch.now.as_millis());
    });
    if !all_new {
        statement.push(sql::UPSERT_CONFLICT);
    }
    statement
}

pub(in crate::store) fn fingerprints_statement<'a>(user: i64, ids: &[&'a str]) -> Statement<'a> {
    let mut statement = Statement::new("select real_debrid_id, fingerprint from files where user_id = ");
    statement.push_bind(user).push(" and real_debrid_id ").among(ids);
    statement
}

pub(in crate::store) fn missing_statement(user: i64, numbers: &[i64]) -> Statement<'static> {
    let mut statement = Statement::new("select real_debrid_id, id, kind, sha1_hash from files where user_id = ");
    statement.push_bind(user).push(" and id ").among(numbers);
    statement
}

pub(in crate::store) fn mark_duplicates_statement<'a>(user: i64, hashes: &[&'a str]) -> Statement<'a> {
    let mut statement = Statement::new(sql::MARK_DUPLICATES);
    statement.push_bind(user).push(" and files.sha1_hash ").among(hashes);
    statement
}

pub(in crate::store) fn count_marked_statement<'a>(user: i64, run: i64, hashes: &[&'a str]) -> Statement<'a> {
    let mut statement = Statement::new(sql::COUNT_MARKED);
    statement.push_bind(run).push(" then 1 end) from files where +user_id = ").push_bind(user);
    statement.push(" and sha1_hash ").among(hashes);
    statement.push(" group by sha1_hash");
    statement
}

/// What outlives the entries with these numbers.
pub(in crate::store) fn records_statement(user: i64, ids: &[i64]) -> Statement<'static> {
    let mut statement = Statement::new(sql::RECORDS);
    statement.push("f.user_id = ").push_bind(user).push(" and f.id ").among(ids);
    statement
}

/// Deletes entries by their numbers. The plus keeps the database from going through all of the account.
pub(in crate::store) fn delete_statement(user: i64, ids: &[i64]) -> Statement<'static> {
    let mut statement = Statement::new("delete from files where +user_id = ");
    statement.push_bind(user).push(" and id ").among(ids);
    statement
}

/// The torrents with one of these hashes that came after the number `last`.
pub(in crate::store) fn newcomers_statement<'a>(user: i64, last: i64, hashes: &[&'a str]) -> Statement<'a> {
    let mut statement = Statement::new(sql::RECORDS);
    statement
        .push("+f.user_id = ")
        .push_bind(user)
        .push(" and +f.id > ")
        .push_bind(last)
        .push(" and f.sha1_hash ")
        .among(hashes);
    statement
}

/// Those of `hashes` of which any entry is marked.
pub(in crate::store) fn marked_hashes_statement<'a>(user: i64, hashes: &[&'a str]) -> Statement<'a> {
    let mut statement =
        Statement::new("select distinct sha1_hash from files where duplicate_of is not null and +user_id = ");
    statement.push_bind(user).push(" and sha1_hash ").among(hashes);
    statement
}

/// The hashes that entries have now, before changed ones are written.
pub(in crate::store) fn hashes_statement<'a>(user: i64, ids: &[&'a str]) -> Statement<'a> {
    let mut statement = Statement::new("select real_debrid_id, sha1_hash from files where user_id = ");
    statement.push_bind(user).push(" and real_debrid_id ").among(ids);
    statement
}

/// Those of these entries of which the user said something.
pub(in crate::store) fn organised_statement(user: i64, ids: &[i64]) -> Statement<'static> {
    let mut statement = Statement::new("select file_id from file_organisation where +user_id = ");
    statement.push_bind(user).push(" and file_id ").among(ids);
    statement
}

/// Takes the mark from the duplicates of these entries.
pub(in crate::store) fn unmark_statement(user: i64, ids: &[i64]) -> Statement<'static> {
    let mut statement = Statement::new("update files set duplicate_of = null where +user_id = ");
    statement.push_bind(user).push(" and duplicate_of ").among(ids);
    statement
}

/// Gives entries, by their numbers, other numbers and times at which they were first stored. Nothing may refer to them but
/// held deletions, which go along, and nothing have those numbers.
pub(in crate::store) fn succeed_statement(
    user: i64,
    records: impl IntoIterator<Item = (i64, i64, i64)>,
) -> Statement<'static> {
    let mut statement = Statement::new("with heir (id, number, since) as (");
    statement.push_rows(records, |row, (id, number, since)| {
        row.push_bind(id).push_bind(number).push_bind(since);
    });
    statement.push(
        ") update files set id = heir.number, created_at = heir.since, contents_read_at = null from heir \
         where files.id = heir.id and +files.user_id = ",
    );
    statement.push_bind(user);
    statement
}

/// The same of new entries by Real-Debrid's ids, each of which may stand there once.
pub(in crate::store) fn revive_statement<'a>(
    user: i64,
    records: impl IntoIterator<Item = (&'a str, i64, i64)>,
) -> Statement<'a> {
    let mut statement = Statement::new("with revived (id, number, since) as (");
    statement.push_rows(records, |row, (id, number, since)| {
        row.push_bind(id).push_bind(number).push_bind(since);
    });
    statement.push(
        ") update files set id = revived.number, created_at = revived.since from revived \
         where files.real_debrid_id = revived.id and files.user_id = ",
    );
    statement.push_bind(user);
    statement
}

/// Those of `hashes` that more than one entry has.
pub(in crate::store) fn shared_hashes_statement<'a>(user: i64, hashes: &[&'a str]) -> Statement<'a> {
    let mut statement = Statement::new("select sha1_hash from files where +user_id = ");
    statement.push_bind(user).push(" and sha1_hash ").among(hashes);
    statement.push(" group by sha1_hash having count(*) > 1");
    statement
}

/// Notes entries that a run could not read or store; one that is noted already stays as it is.
pub(in crate::store) fn note_errors_statement(run: i64, failed: &[FailedEntry]) -> Statement<'_> {
    let mut statement = Statement::new("insert into sync_run_errors (run_id, real_debrid_id, message) ");
    statement.push_rows(failed, |row, entry| {
        row.push_bind(run).push_bind(entry.real_debrid_id.as_deref()).push_bind(entry.message.as_str());
    });
    statement.push(" on conflict (run_id, real_debrid_id) do nothing");
    statement
}
