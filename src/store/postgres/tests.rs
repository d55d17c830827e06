//! What an account's door lets through, and how PostgreSQL finds it among a million entries.

use crate::{
    domain::{DuplicateFilter, FileQuery, Kind, Order, Sort, Timestamp},
    store::{
        Missing, Service, Store,
        database::Scope,
        databases,
        library::statements,
        plans, search, sql,
        statement::{Statement, Value},
    },
};

/// Entries of two accounts, seven in ten of them the first's: a few with one name, some with one hash, some marked.
const FILL: &str = "\
    insert into files (user_id, real_debrid_id, kind, original_filename, search_name, file_size, mime_type, sha1_hash, \
        status, progress, added_at, added_raw, fingerprint, duplicate_of, created_at, updated_at) \
    select case when n % 10 < 7 then 1 else 2 end, substr(md5(n::text), 1, 13), \
        case when n % 5 < 3 then 'torrent' else 'download' end, 'Name', 'name ' || md5((n / 2)::text), \
        (n * 7919::bigint) % 5000000000, 'video/x-matroska', \
        case when n % 5 < 3 then md5((n / 20)::text) || substr(md5(n::text), 1, 8) end, \
        case when n % 50 = 0 then 'downloading' else 'downloaded' end, 100, (n * 104729::bigint) % 1700000000000, '', n, \
        case when n % 20 = 12 then n - 10 end, 0, 0 \
    from generate_series(1, 1000000) n";

/// Entries of an account before many of another, and one that came after them.
const AROUND_MANY: &str = "\
    insert into files (user_id, real_debrid_id, kind, original_filename, search_name, file_size, status, progress, \
        source_link, added_at, added_raw, fingerprint, created_at, updated_at) \
    select case when n between 501 and 199999 then 2 else 1 end, n::text, 'download', 'Name', 'name', 1, 'downloaded', \
        100, 'link ' || n % 199999, 0, '', n, 0, 0 \
    from generate_series(1, 200000) n; \
    insert into settled_lists values (1, 'download', 500)";

/// As many ids as a batch may have.
const REVIVED: [&str; 500] = ["c4ca4238a0b92"; 500];

async fn two_accounts() -> (String, Store, [i64; 2]) {
    let url = databases::postgres().await;
    let store = Store::open(&url).await.unwrap();
    let now = Timestamp::from_millis(1);
    let mut accounts = [0; 2];
    for (account, number) in accounts.iter_mut().zip(1..) {
        *account = store.put_user(Service::Demo, number, "somebody", None, now).await.unwrap().id;
    }
    (url, store, accounts)
}

#[tokio::test]
async fn a_statement_without_a_condition_is_kept_apart_by_the_door_it_goes_through() {
    let (url, store, [ours, theirs]) = two_accounts().await;
    databases::change(
        &url,
        "insert into listings select id, 'torrent', 1, 1, true from users; \
         insert into listings select max(id), 'download', 1, 1, true from users",
    )
    .await;
    let count = || Statement::new("select count(*) from listings");
    assert_eq!(count().scalar::<i64>(store.reading(ours)).await.unwrap(), 1);
    assert_eq!(count().scalar::<i64>(store.reading(theirs)).await.unwrap(), 2);
    assert_eq!(count().scalar::<i64>(store.reading(Scope::Everyone)).await.unwrap(), 3);
    let mut moment = store.moment(ours).await.unwrap();
    assert_eq!(count().scalar::<i64>(&mut moment).await.unwrap(), 1);
    drop(moment);
    assert_eq!(Statement::new("delete from listings").execute(store.writing(ours)).await.unwrap(), 1);
    let mut transaction = store.begin(theirs).await.unwrap();
    assert_eq!(Statement::new("delete from listings").execute(&mut transaction).await.unwrap(), 2);
    transaction.commit().await.unwrap();
    assert_eq!(count().scalar::<i64>(store.reading(Scope::Everyone)).await.unwrap(), 0);
    assert!(Statement::new("delete from listings").execute(store.reading(ours)).await.is_err(), "a reader writes");
}

#[tokio::test]
async fn one_writer_of_an_account_waits_for_the_other_and_no_other_account_does() {
    let (_url, store, [ours, theirs]) = two_accounts().await;
    let first = store.begin(ours).await.unwrap();
    let second = tokio::spawn({
        let store = store.clone();
        async move { store.begin(ours).await.unwrap().commit().await.unwrap() }
    });
    store.begin(theirs).await.unwrap().commit().await.unwrap();
    store.begin(theirs).await.unwrap().commit().await.unwrap();
    assert!(!second.is_finished(), "two write an account at once");
    first.commit().await.unwrap();
    second.await.unwrap();
}

/// A frozen server has the lock of an account for some seconds, and every page of that account wants to write.
#[tokio::test]
async fn those_who_wait_for_an_account_take_no_connection_from_the_writers_of_others() {
    let (url, store, [ours, theirs]) = two_accounts().await;
    let frozen = Store::open(&url).await.unwrap();
    let held = frozen.begin(ours).await.unwrap();
    let waiting: Vec<_> = (0..20)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.begin(ours).await })
        })
        .collect();
    for _ in 0..50 {
        store.begin(theirs).await.unwrap().commit().await.unwrap();
    }
    assert!(waiting.iter().all(|task| !task.is_finished()), "the other account waited until they had given up");
    held.commit().await.unwrap();
    for task in waiting {
        task.await.unwrap().unwrap().commit().await.unwrap();
    }
}

/// As when a browser goes away while a page asks, or a run is stopped by its watchdog.
#[tokio::test]
async fn what_is_dropped_while_a_transaction_begins_holds_nothing_and_spoils_no_connection() {
    let (url, store, [ours, theirs]) = two_accounts().await;
    let first = store.begin(ours).await.unwrap();
    for _ in 0..20 {
        let second = tokio::time::timeout(std::time::Duration::from_millis(20), store.begin(ours)).await;
        assert!(second.is_err(), "two write an account at once");
        let page = std::pin::pin!(Statement::new("select 1::bigint").scalar::<i64>(store.reading(theirs)));
        assert!(futures::poll!(page).is_pending());
    }
    first.commit().await.unwrap();
    for _ in 0..20 {
        let put = Statement::new("insert into listings values ($1, 'torrent', 1, 1, true) on conflict do nothing");
        put.bind(theirs).execute(store.writing(theirs)).await.unwrap();
        store.begin(ours).await.unwrap().commit().await.unwrap();
        assert_eq!(Statement::new("select 1::bigint").scalar::<i64>(store.reading(ours)).await.unwrap(), 1);
    }
    let left_open = "select count(*) from pg_stat_activity where datname = current_database() \
        and state like 'idle in transaction%'";
    assert_eq!(databases::number(&url, left_open).await, 0);
}

/// A server may have limits of its own, and administrators cancel what takes long.
#[tokio::test]
async fn a_transaction_that_cannot_begin_costs_its_connection_and_not_the_next_user() {
    let (_url, store, [ours, _]) = two_accounts().await;
    let crate::store::database::Database::Postgres(database) = &store.0 else { panic!("it is PostgreSQL") };
    for _ in 0..30 {
        let refused = database.reader.begin_with("begin; select 1 / 0").await;
        assert!(refused.is_err());
        assert_eq!(Statement::new("select 1::bigint").scalar::<i64>(store.reading(ours)).await.unwrap(), 1);
    }
}

/// Fixed statements of lists, duplicates and syncs, with values.
fn fixed() -> Vec<(&'static str, Statement<'static>)> {
    let of = |text: &'static str, values: Vec<Value<'static>>| {
        (text, values.into_iter().fold(Statement::new(text), Statement::bind))
    };
    let number = |value: i64| Value::from(value);
    let text = |value: &'static str| Value::from(value);
    vec![
        of(sql::COUNT_FILES, vec![number(1)]),
        of(sql::HAS_FILES, vec![number(1)]),
        of(sql::FILE, vec![number(1), number(500)]),
        of(sql::EXPORT, vec![number(1), number(500_000), number(1_000)]),
        of(sql::COUNT_MARKED_FILES, vec![number(1)]),
        of(sql::DUPLICATE_TOTALS, vec![number(1)]),
        of(sql::DUPLICATE_GROUPS, vec![number(1), number(i64::MAX), number(i64::MAX), number(51)]),
        of(sql::GROUP_ORIGINAL, vec![number(1), number(2)]),
        of(sql::GROUP_MARKED, vec![number(1), number(2), number(50)]),
        of(sql::END_OF_PORTION, vec![number(1), text("name 5"), number(2_000)]),
        of(sql::LIKELY_NAMES, vec![number(1), text("name 5"), text("name 51")]),
        of(sql::COMPANION_NAMES, vec![number(1), text("name 5"), text("name 51")]),
        of(sql::NAMESAKES, vec![number(1), text("name 5"), number(0), number(0), number(500)]),
        of(sql::STORED_BY_NUMBER, vec![number(1), text("500000"), number(5_000)]),
        of(sql::STORED_BY_ID, vec![number(2), text("5"), number(5_000)]),
        of(sql::SHARES_BY_NUMBER, vec![number(1), text("500000"), number(20_000)]),
        of(sql::SHARES_BY_ID, vec![number(2), text("5"), number(20_000)]),
        of(sql::ACTIVE_FINGERPRINTS, vec![number(1)]),
        of(sql::CONTENTS_PROGRESS, vec![number(1)]),
        of(sql::CONTENTS_UNREAD, vec![number(1), number(1), number(1), number(50)]),
        of(sql::CONTENTS_STALE, vec![number(1), number(1), number(1), number(50), number(1)]),
        of(sql::HAS_NEWCOMERS, vec![number(1), number(999_000)]),
        of(sql::NEW_DOWNLOADS, vec![number(1), number(999_000), number(5_000)]),
        of(sql::HAS_NEWCOMERS_AMONG_MANY, vec![number(2), number(999_000)]),
        of(sql::NEW_DOWNLOADS_AMONG_MANY, vec![number(2), number(999_000), number(5_000), text("5")]),
        of(sql::PUT_SETTLED, vec![number(1), text("torrent"), number(5)]),
    ]
}

/// The library in every order, as a whole and filtered.
fn lists() -> Vec<Statement<'static>> {
    let mut lists = Vec::new();
    for sort in [Sort::Name, Sort::Size, Sort::Added] {
        for order in [Order::Asc, Order::Desc] {
            let all = FileQuery { sort: Some(sort), order: Some(order), ..FileQuery::default() };
            let query = Some("harbour lights".to_owned());
            lists.extend(search::statements(1, &FileQuery { query: query.clone(), ..all.clone() }));
            lists.extend(search::statements(1, &FileQuery { folder: Some("Films".to_owned()), ..all.clone() }));
            let duplicates = Some(DuplicateFilter::Only);
            lists.extend(search::statements(1, &FileQuery { duplicates, ..all.clone() }));
            let kind = Some(Kind::Torrent);
            let status = Some("downloaded".to_owned());
            lists.extend(search::statements(1, &FileQuery { query, kind, status, ..all.clone() }));
            lists.extend(search::statements(1, &all));
        }
    }
    lists
}

#[tokio::test]
async fn no_list_of_a_million_entries_reads_the_table_from_end_to_end() {
    let (url, store, _) = two_accounts().await;
    databases::change(&url, FILL).await;
    databases::change(&url, "vacuum analyze files").await;
    let fixed = fixed().into_iter().map(|(_, statement)| statement);
    let mut explained = 0;
    for statement in fixed.chain(plans::with_lists()).chain(lists()) {
        let shown = format!("{statement:?}");
        let mut transaction = store.begin(1).await.unwrap();
        let plan: Vec<String> = statement.explained().scalars(&mut transaction).await.unwrap();
        let plan = plan.join("\n");
        assert!(!plan.contains("Seq Scan on files"), "{shown}:\n{plan}");
        explained += 1;
    }
    assert!(explained > 100, "{explained}");
    // A batch of entries that get other numbers is found one by one, by all of what they are known by.
    let found = [
        (statements::revive_statement(1, REVIVED.map(|id| (id, 0, 0))), "real_debrid_id ="),
        (statements::succeed_statement(1, (0..500).map(|id| (id, id + 2_000_000, 0))), "(id = "),
    ];
    for (statement, condition) in found {
        let mut transaction = store.begin(1).await.unwrap();
        let plan: Vec<String> = statement.explained().scalars(&mut transaction).await.unwrap();
        assert!(plan.iter().any(|line| line.contains("Index Cond") && line.contains(condition)), "{plan:#?}");
        assert!(!plan.iter().any(|line| line.contains("Hash Join") || line.contains("Merge Join")), "{plan:#?}");
    }
    // The portions of a library come in the order of numbers, without all that follows being sorted for each.
    let portion = fixed_plan(&store, sql::STORED_BY_NUMBER).await;
    assert!(portion.contains("Index Scan using files_pkey") && !portion.contains("Sort"), "{portion}");
    let all = store.files(1, &FileQuery { limit: Some(5), ..FileQuery::default() }).await.unwrap();
    assert_eq!((all.total, all.files.len()), (700_000, 5));
    store.close().await;
    databases::forget(&url).await;
}

#[tokio::test]
async fn what_is_new_to_an_account_is_found_without_reading_what_is_new_to_others() {
    let (url, store, [ours, theirs]) = two_accounts().await;
    databases::change(&url, AROUND_MANY).await;
    databases::change(&url, "vacuum analyze files").await;
    let passed_over = async |statement: Statement<'static>, scope: Scope| {
        let plan: Vec<String> = statement.analyzed().scalars(store.reading(scope)).await.unwrap();
        let number =
            |line: &String| line.trim().strip_prefix("Rows Removed by Filter: ").map(|it| it.parse::<i64>().unwrap());
        plan.iter().filter_map(number).sum::<i64>()
    };
    let newest = || Statement::new(sql::NEWEST_NUMBER);
    assert_eq!(store.newest_number().await.unwrap(), 200_000);
    assert_eq!(passed_over(newest(), Scope::Everyone).await, 0);
    let newcomers = store.has_newcomers(ours, 500).await.unwrap();
    assert!(passed_over(newcomers, ours.into()).await <= 501);
    let downloads = Store::new_downloads(ours, 500, Some(""));
    assert!(passed_over(downloads, ours.into()).await <= 501);
    let newcomers = store.has_newcomers(theirs, 199_990).await.unwrap();
    assert!(passed_over(newcomers, theirs.into()).await <= 10);
    let gone: Vec<Missing> = statements::missing_statement(ours, &[1]).fetch_all(store.reading(ours)).await.unwrap();
    assert_eq!(store.successors(ours, &gone).await.unwrap().of(1), Some(200_000));
    // Without what came last the others stand before it, as they do for whoever asks as an account.
    databases::change(&url, "delete from files where id = 200000").await;
    assert!(passed_over(newest(), ours.into()).await > 100_000, "this proves nothing");
    let settled = fixed_plan(&store, sql::PUT_SETTLED).await;
    assert!(!settled.contains("files"), "{settled}");
    store.close().await;
    databases::forget(&url).await;
}

async fn fixed_plan(store: &Store, text: &str) -> String {
    let statement = fixed().into_iter().find(|(of, _)| *of == text).unwrap().1;
    let plan: Vec<String> = statement.explained().scalars(store.reading(1)).await.unwrap();
    plan.join("\n")
}
