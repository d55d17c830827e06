//! No statement of a list, of duplicates or of a sync reads a whole table.

use super::{Store, library::statements, search, sql};
use crate::domain::{DuplicateFilter, FileQuery, Kind, Order, Sort};
use sqlx::{AssertSqlSafe, Row};

/// Statements that read accounts or migrations, of which there are few, or an index that holds only what is wanted.
const SMALL: [&str; 4] = ["MIGRATIONS_APPLIED", "ANY_TOKEN", "RUNS_ALIVE", "ACCOUNTS_DUE"];

async fn plan(store: &Store, statement: &str) -> Vec<String> {
    sqlx::query(AssertSqlSafe(format!("explain query plan {statement}")))
        .fetch_all(store.reader())
        .await
        .unwrap_or_else(|error| panic!("{statement}: {error}"))
        .iter()
        .map(|row| row.get("detail"))
        .collect()
}

async fn open() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&format!("sqlite://{}", folder.path().join("dmm.db").display())).await.unwrap();
    (folder, store)
}

#[tokio::test]
async fn no_fixed_statement_scans_a_table() {
    let (_folder, store) = open().await;
    for (name, statement) in sql::ALL {
        let plan = plan(&store, statement).await;
        // `portion` is what a search has found.
        let harmless = ["SCAN CONSTANT ROW", "SCAN portion"];
        let scans = plan.iter().any(|step| step.starts_with("SCAN") && !harmless.contains(&step.as_str()));
        assert!(!scans || SMALL.contains(name), "{name}: {plan:#?}");
    }
}

#[tokio::test]
async fn no_statement_with_a_list_of_values_scans_a_table() {
    let (_folder, store) = open().await;
    let values = ["a", "b"];
    for statement in [
        statements::fingerprints_statement(1, &values),
        statements::missing_statement(1, &[1, 2]),
        statements::mark_duplicates_statement(1, &values),
        statements::count_marked_statement(1, 1, &values),
    ] {
        let plan = plan(&store, statement.sql().as_str()).await;
        assert!(plan.iter().all(|step| !step.starts_with("SCAN")), "{}: {plan:#?}", statement.sql().as_str());
    }
}

#[tokio::test]
async fn every_list_is_found_and_ordered_by_an_index() {
    let (_folder, store) = open().await;
    for sort in [Sort::Name, Sort::Size, Sort::Added] {
        for order in [Order::Asc, Order::Desc] {
            let mut query = FileQuery { sort: Some(sort), order: Some(order), ..FileQuery::default() };
            for filtered in [false, true] {
                if filtered {
                    query.query = Some("harbour lights".to_owned());
                    query.kind = Some(Kind::Torrent);
                    query.duplicates = Some(DuplicateFilter::Only);
                    query.status = Some("downloaded".to_owned());
                }
                for statement in search::statements(1, &query) {
                    let plan = plan(&store, &statement).await;
                    let ordered = plan.iter().all(|step| !step.contains("TEMP B-TREE") && !step.starts_with("SCAN"));
                    assert!(ordered, "{statement}: {plan:#?}");
                }
            }
        }
    }
}
