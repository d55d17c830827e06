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

/// Folders of the first account: a small one among many.
const FOLDERS: &str = "\
    insert into file_organisation (file_id, user_id, folder, updated_at) \
    select id, 1, case when n <= 500 then 'Films' else 'Series/' || n % 100 end, 0 \
    from (select id, row_number() over (order by fingerprint * 7919 % 1000003) as n from files where user_id = 1) f \
    where n <= 50000";

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

/// The library in every order, as a whole and filtered, and how many of 700,000 entries a page of 50 and a number may read.
fn lists() -> Vec<(Statement<'static>, i64)> {
    let text = |text: &str| Some(text.to_owned());
    let (only, hide) = (Some(DuplicateFilter::Only), Some(DuplicateFilter::Hide));
    let kind = Some(Kind::Torrent);
    let plain = FileQuery::default;
    let mut lists = Vec::new();
    for (query, page, number) in [
        // Their number is kept by the database.
        (plain(), 51, 2),
        (FileQuery { kind, ..plain() }, 200, 2),
        (FileQuery { duplicates: hide, ..plain() }, 200, ALL),
        // What is marked is in an index that holds nothing else.
        (FileQuery { duplicates: only, ..plain() }, 2_000, MARKED),
        (FileQuery { status: text("downloading"), ..plain() }, 5_000, MARKED),
        // What is in a folder is read and sorted, and nothing else.
        (FileQuery { folder: text("Films"), ..plain() }, 2 * IN_FOLDER, 2 * IN_FOLDER),
        // For the number of its hits a search reads the names of the account.
        (FileQuery { query: text("5"), ..plain() }, 300, ALL),
        (FileQuery { query: text("5"), kind, ..plain() }, 600, ALL),
    ] {
        for sort in [Sort::Name, Sort::Size, Sort::Added] {
            for order in [Order::Asc, Order::Desc] {
                let query = FileQuery { sort: Some(sort), order: Some(order), ..query.clone() };
                let [first, next, _] = search::statements(1, &query);
                lists.extend([(first, page), (next, page)]);
            }
        }
        let [_, _, count] = search::statements(1, &query);
        lists.push((count, number));
    }
    // So it does for a page where there are few hits, in whichever order.
    lists.push((search::by_name(1, &FileQuery { query: text("harbour lights"), ..plain() }), ALL));
    lists
}

/// The entries of the first account, those of them that are marked, and those in a folder.
const ALL: i64 = 700_000;
const MARKED: i64 = 60_000;
const IN_FOLDER: i64 = 500;

/// How many rows a plan has read: those that its scans gave, and those that they passed over.
fn read(plan: &[String]) -> i64 {
    let after = |line: &str, word: &str| -> Option<i64> {
        let number = line.split_once(word)?.1;
        number.split(|it: char| !it.is_ascii_digit()).next()?.parse().ok()
    };
    let (mut rows, mut loops) = (0, 1);
    for line in plan {
        if let Some(number) = after(line, " loops=") {
            loops = number;
            let given = line.rsplit_once("actual").and_then(|(_, actual)| after(actual, "rows="));
            rows += given.filter(|_| line.contains("Scan")).unwrap_or_default() * loops;
        }
        rows += ["Rows Removed by Filter: ", "Rows Removed by Index Recheck: "]
            .iter()
            .filter_map(|word| after(line, word))
            .sum::<i64>()
            * loops;
    }
    rows
}

#[tokio::test]
async fn no_list_of_a_million_entries_reads_the_table_from_end_to_end() {
    let (url, store, _) = two_accounts().await;
    databases::change(&url, FILL).await;
    databases::change(&url, FOLDERS).await;
    databases::change(&url, "vacuum analyze").await;
    let fixed = fixed().into_iter().map(|(_, statement)| statement);
    let mut explained = 0;
    for statement in fixed.chain(plans::with_lists()) {
        let shown = format!("{statement:?}");
        let mut transaction = store.begin(1).await.unwrap();
        let plan: Vec<String> = statement.explained().scalars(&mut transaction).await.unwrap();
        let plan = plan.join("\n");
        assert!(!plan.contains("Seq Scan on files"), "{shown}:\n{plan}");
        explained += 1;
    }
    assert!(explained > 40, "{explained}");
    for (statement, most) in lists() {
        let shown = format!("{statement:?}");
        let plan: Vec<String> = statement.analyzed().scalars(store.reading(1)).await.unwrap();
        let read = read(&plan);
        assert!((1..=most).contains(&read), "{read} rows are read for {shown}:\n{plan:#?}");
        assert!(!plan.iter().any(|line| line.contains("Seq Scan on files")), "{shown}:\n{plan:#?}");
    }
    // A batch of entries that get other numbers is found one by one, by all of what they are known by.
    let found = [
        (statements::revive_statement(1, REVIVED.map(|id| (id, 0, 0))), ["user_id =", "real_debrid_id ="].as_slice()),
        (statements::succeed_statement(1, (0..500).map(|id| (id, id + 2_000_000, 0))), &["(id = "]),
    ];
    for (statement, conditions) in found {
        let mut transaction = store.begin(1).await.unwrap();
        let plan: Vec<String> = statement.explained().scalars(&mut transaction).await.unwrap();
        assert!(
            plan.iter().any(|line| line.contains("Index Cond") && conditions.iter().all(|it| line.contains(it))),
            "{plan:#?}"
        );
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
