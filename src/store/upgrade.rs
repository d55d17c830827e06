//! A database of an earlier version becomes one of this version.

use super::{Store, search_name, sqlite::MIGRATIONS};
use sqlx::{ConnectOptions, Connection, SqliteConnection, migrate::Migrator, sqlite::SqliteConnectOptions};
use std::str::FromStr;
use unicode_normalization::UnicodeNormalization;

/// As it was before 0003.
fn name_as_it_was(name: &str) -> String {
    name.nfkc().flat_map(char::to_lowercase).collect()
}

async fn database_of_version(url: &str, version: i64) -> SqliteConnection {
    let options = SqliteConnectOptions::from_str(url).unwrap().create_if_missing(true).foreign_keys(true);
    let mut connection = options.connect().await.unwrap();
    let earlier = MIGRATIONS.iter().filter(|migration| migration.version <= version).cloned().collect();
    Migrator::with_migrations(earlier).run(&mut connection).await.unwrap();
    sqlx::raw_sql(
        "insert into users (id, service, real_debrid_id, username, created_at, updated_at) \
         values (1, 'demo', 1, 'somebody', 0, 0)",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    connection
}

#[tokio::test]
async fn b8_names_that_are_stored_already_are_folded_as_new_ones_are() {
    let mut names: Vec<String> = [
        "Harbour.Lights.2020.1080p-GRP.mkv",
        "[Group]_Some+Name,{v2} (2001)",
        "Ｆｕｌｌ．Width＿ＥＴＥ́  (１９９９)",
        "a\u{a0}b\u{2003}c\td\ne",
        "…leading and trailing…",
        "100% 'quoted' \"name\" \\ /",
        "紙の家.S01E01.[1080p]",
        "بيت من ورق.2019",
        "🦔.hedgehog.🦔",
        "...",
        "-",
        " _-_ ",
        "([{}])",
        ".hidden",
        "İstanbul-ΣΑΣ ẞ",
        "plain",
    ]
    .map(str::to_owned)
    .into();
    for run in [1, 2, 3, 5, 31, 32, 33, 255, 1_000, 4_096] {
        names.push(format!("a{}b", "-".repeat(run)));
        names.push(format!("{0}a{0}", " .".repeat(run / 2)));
    }
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("dmm.db").display());
    let mut connection = database_of_version(&url, 2).await;
    for (number, name) in names.iter().enumerate() {
        sqlx::query(
            "insert into files (user_id, real_debrid_id, kind, original_filename, search_name, file_size, status, \
             progress, added_at, added_raw, fingerprint, created_at, updated_at) \
             values (1, $1, 'download', $2, $3, 1, 'downloaded', 100, 0, '', 0, 0, 0)",
        )
        .bind(number.to_string())
        .bind(name)
        .bind(name_as_it_was(name))
        .execute(&mut connection)
        .await
        .unwrap();
    }
    connection.close().await.unwrap();
    let store = Store::open(&url).await.unwrap();
    let stored: Vec<(String, String)> = sqlx::query_as("select original_filename, search_name from files order by id")
        .fetch_all(store.reader())
        .await
        .unwrap();
    assert_eq!(stored.len(), names.len());
    for (name, folded) in stored {
        assert_eq!(folded, search_name(&name), "{name:?}");
    }
}
