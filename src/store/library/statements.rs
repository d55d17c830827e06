//! The statements of a batch that end in a list of values.

use super::{Batch, WriteEntry};
use crate::{
    domain::{InfoHash, Timestamp},
    store::sql,
};
use sqlx::{QueryBuilder, Sqlite};

pub(in crate::store) fn upsert_statement(batch: &Batch<'_>, entries: &[WriteEntry]) -> QueryBuilder<Sqlite> {
    let mut statement = QueryBuilder::new(
        "insert into files (user_id, real_debrid_id, kind, original_filename, search_name, file_size, mime_type, \
         sha1_hash, status, progress, download_url, source_link, added_at, added_raw, ended_at, fingerprint, \
         written_by_run, created_at, updated_at) ",
    );
    statement.push_values(entries, |mut row, write| {
        let entry = &write.entry;
        row.push_bind(batch.user)
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
            .push_bind(batch.run)
            .push_bind(batch.now.as_millis())
            .push_bind(batch.now.as_millis());
    });
    statement.push(sql::UPSERT_CONFLICT);
    statement
}

pub(in crate::store) fn fingerprints_statement(user: i64, ids: &[&str]) -> QueryBuilder<Sqlite> {
    let mut statement = QueryBuilder::new("select real_debrid_id, fingerprint from files where user_id = ");
    statement.push_bind(user).push(" and real_debrid_id in (");
    push_list(&mut statement, ids.iter().copied());
    statement
}

pub(in crate::store) fn missing_statement(user: i64, numbers: &[i64]) -> QueryBuilder<Sqlite> {
    let mut statement = QueryBuilder::new("select real_debrid_id, id, kind, sha1_hash from files where user_id = ");
    statement.push_bind(user).push(" and id in (");
    push_list(&mut statement, numbers.iter().copied());
    statement
}

pub(in crate::store) fn mark_duplicates_statement(user: i64, hashes: &[&str]) -> QueryBuilder<Sqlite> {
    let mut statement = QueryBuilder::new(sql::MARK_DUPLICATES);
    statement.push_bind(user).push(" and files.sha1_hash in (");
    push_list(&mut statement, hashes.iter().copied());
    statement
}

pub(in crate::store) fn count_marked_statement(user: i64, run: i64, hashes: &[&str]) -> QueryBuilder<Sqlite> {
    let mut statement = QueryBuilder::new(sql::COUNT_MARKED);
    statement.push_bind(run).push(" then 1 end) from files where user_id = ").push_bind(user);
    statement.push(" and sha1_hash in (");
    push_list(&mut statement, hashes.iter().copied());
    statement.push(" group by sha1_hash");
    statement
}

/// What outlives the entries with these numbers.
pub(in crate::store) fn records_statement(user: i64, ids: &[i64]) -> QueryBuilder<Sqlite> {
    let mut statement = QueryBuilder::new(sql::RECORDS);
    statement.push_bind(user).push(" and f.id in (");
    push_list(&mut statement, ids.iter().copied());
    statement
}

/// The torrents with one of these hashes that came after the number `last`.
pub(in crate::store) fn newcomers_statement(user: i64, last: i64, hashes: &[&str]) -> QueryBuilder<Sqlite> {
    let mut statement = QueryBuilder::new(sql::RECORDS);
    statement.push_bind(user).push(" and f.id > ").push_bind(last).push(" and f.sha1_hash in (");
    push_list(&mut statement, hashes.iter().copied());
    statement
}

/// Those of `hashes` of which any entry is marked.
pub(in crate::store) fn marked_hashes_statement(user: i64, hashes: &[&str]) -> QueryBuilder<Sqlite> {
    let mut statement =
        QueryBuilder::new("select distinct sha1_hash from files where duplicate_of is not null and user_id = ");
    statement.push_bind(user).push(" and sha1_hash in (");
    push_list(&mut statement, hashes.iter().copied());
    statement
}

/// The hashes that entries have now, before changed ones are written.
pub(in crate::store) fn hashes_statement(user: i64, ids: &[&str]) -> QueryBuilder<Sqlite> {
    let mut statement = QueryBuilder::new("select real_debrid_id, sha1_hash from files where user_id = ");
    statement.push_bind(user).push(" and real_debrid_id in (");
    push_list(&mut statement, ids.iter().copied());
    statement
}

/// The values of an `in (` list and its closing parenthesis.
pub(in crate::store) fn push_list<'a, T>(statement: &mut QueryBuilder<Sqlite>, values: impl Iterator<Item = T>)
where
    T: 'a + sqlx::Encode<'a, Sqlite> + sqlx::Type<Sqlite>,
{
    let mut list = statement.separated(", ");
    for value in values {
        list.push_bind(value);
    }
    list.push_unseparated(")");
}
