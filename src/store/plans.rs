//! No statement of a list, of duplicates or of a sync reads a whole table.

use super::{Store, contents, held, library::statements, search, sql, statement::Statement, tombstones};
use crate::domain::{DuplicateFilter, FileQuery, Kind, Order, Sort};
use sqlx::{AssertSqlSafe, Row, Sqlite};

/// Statements that read accounts, their leases, waiting sign-ins or migrations, of which there are few, or an index that holds only what is wanted.
const SMALL: [&str; 15] = [
    "IS_LIVED_IN",
    "MIGRATIONS_APPLIED",
    "ACCOUNTS",
    "ACCOUNTS_WITH_TOKEN",
    "SOME_TOKENS",
    "BEGIN_DEVICE_SIGN_IN",
    "SEALED_DEVICE_CODES",
    "SEALED_TOKENS",
    "RUNS_ALIVE",
    "SCHEDULES",
    "CONTENTS_ACCOUNTS",
    "RUNS_UNDER_WAY",
    "CONTENTS_UNDER_WAY",
    "REPLICAS",
    "CONTENTS_UNREAD_IN_ALL",
];

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
        // `portion` is what a search has found, `moments` a series of numbers, `clock` and `database_clock` one row that is made up.
        let harmless = ["SCAN CONSTANT ROW", "SCAN portion", "SCAN moments", "SCAN clock", "SCAN database_clock"];
        let scans = plan.iter().any(|step| step.starts_with("SCAN") && !harmless.contains(&step.as_str()));
        assert!(!scans || SMALL.contains(name), "{name}: {plan:#?}");
    }
}

/// Statements that find entries, or what hangs on them, by a list of values or rows.
pub(super) fn with_lists() -> Vec<Statement<'static>> {
    let (values, ids) = (["a", "b"].as_slice(), [1, 2].as_slice());
    let mut statements = vec![
        statements::fingerprints_statement(1, values),
        statements::missing_statement(1, ids),
        statements::mark_duplicates_statement(1, values),
        statements::count_marked_statement(1, 1, values),
        statements::marked_hashes_statement(1, values),
        statements::shared_hashes_statement(1, values),
        statements::hashes_statement(1, values),
        statements::newcomers_statement(1, 1, values),
        statements::records_statement(1, ids),
        statements::delete_statement(1, ids),
        statements::organised_statement(1, ids),
        statements::unmark_statement(1, ids),
        statements::succeed_statement(1, [(1, 2_000_001, 1), (2, 2_000_002, 1)]),
        statements::revive_statement(1, [("a", 2_000_003, 1), ("b", 2_000_004, 1)]),
        held::hold_statement(1, 1, ids),
        tombstones::candidates_statement(1, 1, "real_debrid_id", values),
        tombstones::candidates_statement(1, 1, "identity", values),
        tombstones::delete_statement(1, ids),
    ];
    statements.extend(contents::forget_statements(ids));
    statements
}

#[tokio::test]
async fn no_statement_with_a_list_of_values_scans_a_table() {
    let (_folder, store) = open().await;
    for statement in with_lists() {
        let plan = plan(&store, &statement.clone().text::<Sqlite>()).await;
        // Nor all of an account. `heir` and `revived` are the rows that come with the statement.
        let given = |step: &str| step == "SCAN heir" || step == "SCAN revived" || step.ends_with("CONSTANT ROWS");
        let whole = |step: &String| (step.starts_with("SCAN") && !given(step)) || step.ends_with("(user_id=?)");
        assert!(!plan.iter().any(whole), "{}: {plan:#?}", statement.text::<Sqlite>());
    }
}

/// However many entries have one hash, each finds the original at the beginning of an index: were they sorted for each, a
/// thousand times as many would take a million times as long.
#[tokio::test]
async fn the_original_of_a_hash_is_the_first_of_an_index() {
    let (_folder, store) = open().await;
    let statement = statements::mark_duplicates_statement(1, &["a", "b"]).text::<Sqlite>();
    let plan = plan(&store, &statement).await;
    let first = |step: &&String| step.ends_with("INDEX files_hash (sha1_hash=? AND user_id=?)");
    let sorted = |step: &&String| step.contains("TEMP B-TREE") && !step.contains("LAST TERM");
    assert_eq!((plan.iter().filter(first).count(), plan.iter().filter(sorted).count()), (2, 0), "{plan:#?}");
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
                for statement in search::statements(1, &query).map(Statement::text::<Sqlite>) {
                    let plan = plan(&store, &statement).await;
                    let ordered = plan.iter().all(|step| !step.contains("TEMP B-TREE") && !step.starts_with("SCAN"));
                    assert!(ordered, "{statement}: {plan:#?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn torrents_on_their_way_are_found_in_an_index_that_holds_nothing_else() {
    let (_folder, store) = open().await;
    let active = plan(&store, sql::ACTIVE_FINGERPRINTS).await;
    assert_eq!(active, ["SEARCH files USING COVERING INDEX files_active (user_id=?)"]);
}

#[tokio::test]
async fn contents_are_counted_and_found_in_indexes_that_hold_nothing_else() {
    let (_folder, store) = open().await;
    let counted = plan(&store, sql::CONTENTS_PROGRESS).await;
    for index in ["files_contents_unread", "files_contents_read"] {
        let covering = format!("USING COVERING INDEX {index} ");
        assert!(counted.iter().any(|step| step.contains(&covering)), "{index}: {counted:#?}");
    }
    let in_all = plan(&store, sql::CONTENTS_UNREAD_IN_ALL).await;
    assert_eq!(in_all, ["SCAN files USING COVERING INDEX files_contents_unread"]);
    for (statement, indexes) in [
        (sql::CONTENTS_UNREAD, ["files_contents_unread"].as_slice()),
        (sql::CONTENTS_STALE, &["files_contents_read"]),
        (sql::CONTENTS_ACCOUNTS, &["files_contents_unread", "files_contents_read"]),
    ] {
        let plan = plan(&store, statement).await;
        assert!(plan.iter().all(|step| !step.contains("TEMP B-TREE") && !step.contains("SCAN f")), "{plan:#?}");
        for index in indexes {
            assert!(plan.iter().any(|step| step.contains(&format!("INDEX {index} "))), "{index}: {plan:#?}");
        }
    }
}

/// What is marked is a small part of a library, and only that is read.
#[tokio::test]
async fn duplicates_are_counted_and_grouped_in_an_index_that_holds_nothing_else() {
    let (_folder, store) = open().await;
    for statement in [sql::COUNT_MARKED_FILES, sql::DUPLICATE_TOTALS, sql::DUPLICATE_GROUPS] {
        let plan = plan(&store, statement).await;
        let found = |step: &String| step.contains("USING COVERING INDEX files_duplicates (user_id=?");
        assert!(plan.iter().any(found), "{statement}: {plan:#?}");
        assert!(plan.iter().all(|step| !step.contains("TEMP B-TREE FOR GROUP BY")), "{statement}: {plan:#?}");
    }
}

#[tokio::test]
async fn the_entries_of_a_group_are_found_by_their_original() {
    let (_folder, store) = open().await;
    let marked = plan(&store, sql::GROUP_MARKED).await;
    assert!(marked[0].contains("duplicate_of=?)"), "{marked:#?}");
    let original = plan(&store, sql::GROUP_ORIGINAL).await;
    assert!(original[0].contains("INTEGER PRIMARY KEY (rowid=?)"), "{original:#?}");
}

/// Equal names are neighbours: a portion of the index of names is read in its order, and no entry that has a name alone.
#[tokio::test]
async fn likely_duplicates_are_found_by_the_index_of_names() {
    let (_folder, store) = open().await;
    let portion = plan(&store, sql::END_OF_PORTION).await;
    let range = "USING COVERING INDEX files_name (user_id=? AND search_name>?)";
    assert!(portion.iter().any(|step| step.contains(range)), "{portion:#?}");
    assert!(portion.iter().all(|step| !step.contains("TEMP B-TREE")), "{portion:#?}");
    for statement in [sql::LIKELY_NAMES, sql::COMPANION_NAMES] {
        let plan = plan(&store, statement).await;
        for step in [
            "USING COVERING INDEX files_name (user_id=? AND search_name>? AND search_name<?)",
            "SEARCH f USING INDEX files_name (user_id=? AND search_name=?)",
        ] {
            assert!(plan.iter().any(|it| it.contains(step)), "{step}: {plan:#?}");
        }
    }
    let namesakes = plan(&store, sql::NAMESAKES).await;
    assert!(namesakes[0].contains("INDEX files_name (user_id=? AND search_name=?)"), "{namesakes:#?}");
}

/// What is in a folder is found by the folder, and only that is sorted: not all of the library is gone through.
#[tokio::test]
async fn what_is_in_a_folder_is_found_by_an_index() {
    let (_folder, store) = open().await;
    for sort in [Sort::Name, Sort::Size, Sort::Added] {
        let folder = Some("Films/2019".to_owned());
        let query = FileQuery { sort: Some(sort), folder, ..FileQuery::default() };
        for statement in search::statements(1, &query).map(Statement::text::<Sqlite>) {
            let plan = plan(&store, &statement).await;
            let found = |step: &&String| step.contains("USING COVERING INDEX file_organisation_folder");
            assert_eq!(plan.iter().filter(found).count(), 2, "{statement}: {plan:#?}");
            assert!(plan.iter().any(|step| step.contains("INTEGER PRIMARY KEY (rowid=?)")), "{statement}: {plan:#?}");
            assert!(plan.iter().all(|step| !step.starts_with("SCAN")), "{statement}: {plan:#?}");
        }
    }
}

/// A page of the history, the plots and the forgetting of old runs cost the same, however many runs there were.
#[tokio::test]
async fn the_history_is_read_by_indexes_that_hold_nothing_else() {
    let (_folder, store) = open().await;
    for (statement, indexes) in [
        (sql::RUNS_BEFORE, ["INDEX sync_runs_user (user_id=? AND id<?)"].as_slice()),
        (sql::CHANGES, &["INDEX sync_runs_eventful (user_id=?)"]),
        (sql::PURGE_RUNS, &["COVERING INDEX sync_runs_uneventful (user_id=?)", "sync_runs_user (user_id=? AND id=?"]),
        (
            sql::GROWTH,
            &["INDEX sync_runs_completed (user_id=? AND ended_at<?)", "SEARCH r USING INTEGER PRIMARY KEY (rowid=?)"],
        ),
        (sql::FIRST_AND_LAST_SYNC, &["INDEX sync_runs_completed (user_id=?)"]),
    ] {
        let plan = plan(&store, statement).await;
        for index in indexes {
            assert!(plan.iter().any(|step| step.contains(index)), "{index}: {plan:#?}");
        }
        let sorts = plan.iter().filter(|step| step.contains("TEMP B-TREE")).count();
        // What grew is few moments, told apart and put in order.
        assert!(sorts == 0 || statement == sql::GROWTH, "{plan:#?}");
    }
}
