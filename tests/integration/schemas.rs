//! Both databases have the same schema: tables, columns, indexes and references; and read the same statements.

use crate::databases::{self, postgres_connection};
use dmm::store::{Store, sql};
use sqlx::{Executor, PgConnection, Postgres, SqlSafeStr, Type, postgres::PgTypeInfo};
use std::{collections::BTreeSet, fs, path::Path};

/// The same in both databases, each in a word of its own.
const TYPES: [(&str, &str); 6] = [
    ("INTEGER", "bigint"),
    ("BIGINT", "bigint"),
    ("TEXT", "text"),
    ("BOOLEAN", "boolean"),
    ("DOUBLE PRECISION", "double precision"),
    ("BLOB", "bytea"),
];

struct Schemas {
    _folder: tempfile::TempDir,
    ours: Store,
    theirs: PgConnection,
}

impl Schemas {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let ours = Store::open(&databases::sqlite(folder.path())).await.expect("SQLite opens");
        let url = databases::postgres().await;
        Store::open(&url).await.expect("PostgreSQL opens").close().await;
        Self { _folder: folder, ours, theirs: postgres_connection(&url).await }
    }

    /// What each says, a line for each thing.
    async fn say(&mut self, ours: &'static str, theirs: &'static str) -> [BTreeSet<String>; 2] {
        let ours: Vec<String> = sqlx::query_scalar(ours).fetch_all(self.ours.reader()).await.expect("lines");
        let theirs: Vec<String> = sqlx::query_scalar(theirs).fetch_all(&mut self.theirs).await.expect("lines");
        [ours, theirs].map(|lines| lines.into_iter().collect())
    }
}

fn assert_same([ours, theirs]: [BTreeSet<String>; 2], least: usize) {
    let only =
        |some: &BTreeSet<String>, others: &BTreeSet<String>| some.difference(others).cloned().collect::<Vec<_>>();
    let (only_ours, only_theirs) = (only(&ours, &theirs), only(&theirs, &ours));
    assert!(only_ours.is_empty() && only_theirs.is_empty(), "SQLite: {only_ours:#?}\nPostgreSQL: {only_theirs:#?}");
    assert!(ours.len() >= least, "only {}", ours.len());
}

#[tokio::test]
async fn both_schemas_have_the_same_tables_and_columns() {
    let [ours, theirs] = Schemas::new()
        .await
        .say(
            "select t.name || '.' || c.name || ' ' || c.type \
                || case when c.\"notnull\" or c.pk > 0 then ' not null' else '' end \
                || case when c.pk > 0 then ' key' else '' end \
             from sqlite_master t join pragma_table_info(t.name) c \
             where t.type = 'table' and t.name not like 'sqlite%' and t.name <> '_sqlx_migrations'",
            "select c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) \
                || case when a.attnotnull then ' not null' else '' end \
                || case when a.attnum = any((select i.indkey from pg_index i where i.indrelid = c.oid and i.indisprimary)::int2[]) \
                    then ' key' else '' end \
             from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped \
             where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname <> '_sqlx_migrations'",
        )
        .await;
    let in_their_words = |line: &String| {
        let (name, rest) = line.split_once(' ').expect("a type");
        let (ours, theirs) = TYPES.iter().find(|(ours, _)| rest.starts_with(ours)).expect("a type that is known");
        format!("{name} {theirs}{}", &rest[ours.len()..])
    };
    assert_same([ours.iter().map(in_their_words).collect(), theirs], 100);
}

#[tokio::test]
async fn both_schemas_have_the_same_indexes() {
    let said = Schemas::new()
        .await
        .say(
            "select t.name || ' ' || case when i.origin = 'c' then i.name else '' end || ' (' \
                || (select group_concat(coalesce(c.name, '…') || case when c.\"desc\" then ' desc' else '' end, ', ') \
                    from pragma_index_xinfo(i.name) c where c.key) || ')' \
                || case when i.\"unique\" then ' unique' else '' end || case when i.partial then ' partial' else '' end \
             from sqlite_master t join pragma_index_list(t.name) i \
             where t.type = 'table' and t.name <> '_sqlx_migrations' and i.origin <> 'pk'",
            "select t.relname || ' ' || case when k.oid is null then n.relname else '' end || ' (' \
                || (select string_agg(coalesce(a.attname, '…') || case when i.indoption[c.place - 1] & 1 = 1 then ' desc' else '' end, \
                        ', ' order by c.place) \
                    from unnest(i.indkey::int2[]) with ordinality c(number, place) \
                    left join pg_attribute a on a.attrelid = t.oid and a.attnum = c.number and c.number > 0) || ')' \
                || case when i.indisunique then ' unique' else '' end || case when i.indpred is null then '' else ' partial' end \
             from pg_index i join pg_class t on t.oid = i.indrelid join pg_class n on n.oid = i.indexrelid \
             left join pg_constraint k on k.conindid = i.indexrelid and k.contype = 'u' \
             where t.relnamespace = 'public'::regnamespace and t.relname <> '_sqlx_migrations' and not i.indisprimary",
        )
        .await;
    assert_same(said, 25);
}

#[tokio::test]
async fn both_schemas_have_the_same_references() {
    let said = Schemas::new()
        .await
        .say(
            "select t.name || '.' || f.\"from\" || ' ' || f.\"table\" || ' ' || f.on_delete || ' ' || f.on_update \
             from sqlite_master t join pragma_foreign_key_list(t.name) f where t.type = 'table'",
            "select t.relname || '.' || a.attname || ' ' || r.relname || ' ' || w.delete || ' ' || w.update \
             from pg_constraint k join pg_class t on t.oid = k.conrelid join pg_class r on r.oid = k.confrelid \
             join pg_attribute a on a.attrelid = t.oid and a.attnum = k.conkey[1], \
             lateral (select case k.confdeltype when 'c' then 'CASCADE' when 'n' then 'SET NULL' when 'a' then 'NO ACTION' end, \
                case k.confupdtype when 'c' then 'CASCADE' when 'a' then 'NO ACTION' end) w(delete, update) \
             where k.contype = 'f'",
        )
        .await;
    assert_same(said, 15);
}

/// The types of values, where a statement says them over a bare list: DMM sends them, and PostgreSQL takes them for texts
/// otherwise.
fn types_of(statement: &str) -> Vec<PgTypeInfo> {
    let number = <i64 as Type<Postgres>>::type_info;
    let text = <String as Type<Postgres>>::type_info;
    let bytes = <Vec<u8> as Type<Postgres>>::type_info;
    match statement {
        "BEGIN_DEVICE_SIGN_IN" => {
            vec![bytes(), bytes(), text(), text(), text(), number(), number(), number(), number()]
        }
        "NOTE_CONTENTS_FAILURE" => vec![number(), number(), number(), number(), number(), text()],
        _ => Vec::new(),
    }
}

/// Statements that are not in the list of all: beginnings and parts, which are put together with their lists where they are
/// used, and what only one of the databases is ever asked.
const APART: [&str; 14] = [
    "ANNOUNCE",
    "COUNT_FROM",
    "COUNT_MARKED",
    "COUNT_ON",
    "EMPTY_LOG",
    "FILE_COLUMNS",
    "HOLD_DELETIONS",
    "IS_READ_ONLY",
    "LAST_NUMBER",
    "MARK_DUPLICATES",
    "NEWEST_RUNS",
    "RECORDS",
    "TOMBSTONES",
    "UPSERT_CONFLICT",
];

#[test]
fn every_statement_is_in_the_list_of_all_or_named_here() {
    let store = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store");
    let mut files = vec![store.join("sql.rs")];
    files.extend(fs::read_dir(store.join("sql")).expect("a folder").map(|file| file.expect("a file").path()));
    let mut named = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(file).expect("it is read");
        let found = text.lines().filter_map(|line| line.split_once(" const ")?.1.split_once(": &str ="));
        named.extend(found.map(|(name, _)| name.to_owned()));
    }
    let prepared = sql::ALL.iter().map(|(name, _)| *name).chain(APART);
    assert_eq!(named, prepared.map(str::to_owned).collect());
}

#[tokio::test]
async fn every_statement_is_one_in_postgresql_too() {
    let mut connection = Schemas::new().await.theirs;
    for (name, statement) in sql::ALL {
        let types = types_of(name);
        if let Err(error) = (&mut connection).prepare_with(statement.into_sql_str(), &types).await {
            panic!("{name}: {error}");
        }
    }
}
