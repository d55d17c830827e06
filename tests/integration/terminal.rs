//! The commands that people and scripts use in a terminal, with the real program.

use crate::house::House;
use serde_json::{Value, json};
use std::process::{Command, Stdio};

/// What a program said, and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) output: String,
    pub(crate) error: String,
}

/// Runs a program with this environment and no other.
pub(crate) async fn dmm_alone(program: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Said {
    let mut command = Command::new(program);
    command.args(arguments).env_clear().envs(environment.iter().copied()).current_dir(std::env::temp_dir());
    said(command).await
}

/// Runs `dmm` over a house's database and simulator; `environment` goes before.
pub(crate) async fn dmm(house: &House, arguments: &[&str], environment: &[(&str, &str)]) -> Said {
    said(command(house, env!("CARGO_BIN_EXE_dmm"), arguments, environment)).await
}

/// The same, not started yet, or another program that starts it.
pub(crate) fn command(house: &House, program: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Command {
    let config = house.config().core;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env_clear()
        .env("DATABASE_URL", &config.database.database_url)
        .env("DMM_SECRET_KEY_FILE", &config.secret_key_file)
        .env("REAL_DEBRID_API_URL", &config.real_debrid_api_url)
        .env("REAL_DEBRID_RATE_LIMIT", "100000")
        .envs(environment.iter().copied())
        .current_dir(house.database().parent().expect("a folder"))
        .stdin(Stdio::null());
    command
}

async fn said(mut command: Command) -> Said {
    // The simulator lives on this thread and has to answer meanwhile.
    let output = tokio::task::spawn_blocking(move || command.output()).await.expect("it runs").expect("it starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Said { code: output.status.code(), output: text(output.stdout), error: text(output.stderr) }
}

/// A place for another database and key.
fn elsewhere(folder: &tempfile::TempDir) -> (String, String) {
    let at = |name: &str| folder.path().join(name).display().to_string();
    (format!("sqlite://{}", at("new.db")), at("new.key"))
}

#[tokio::test]
async fn a_sync_in_the_terminal_stores_the_library_and_leaves_no_session() {
    let mut house = House::with(120, 80).await;
    house.close().await;
    let folder = tempfile::tempdir().expect("a folder");
    let (database, key) = elsewhere(&folder);
    let token = house.simulator.token().to_owned();
    let place = [("DATABASE_URL", database.as_str()), ("DMM_SECRET_KEY_FILE", &key)];
    let with_token = [place[0], place[1], ("REAL_DEBRID_TOKEN", token.as_str())];
    let first = dmm(&house, &["sync"], &with_token).await;
    assert_eq!(first.code, Some(0), "{first:?}");
    assert!(first.output.starts_with("Synchronised in ") && first.output.contains("200 added of 200"), "{first:?}");
    let steps: Vec<_> = first.error.lines().collect();
    assert!(steps.iter().any(|line| line.contains("%  Storing your torrents")), "{first:?}");
    assert!(!first.error.contains(['\u{1b}', '\r']), "plain lines have no controls: {first:?}");
    // The token is sealed in the database now, and that one is used.
    let second = dmm(&house, &["sync"], &place).await;
    assert_eq!(second.code, Some(0), "{second:?}");
    assert!(second.output.contains("Nothing had changed: all 200 entries"), "{second:?}");
    let store = dmm::store::Store::open(&database).await.expect("the database opens");
    let count =
        async |sql: &'static str| -> i64 { sqlx::query_scalar(sql).fetch_one(store.reader()).await.expect("a count") };
    assert_eq!(count("select count(*) from files").await, 200);
    assert_eq!(count("select count(*) from sync_runs where state = 'completed'").await, 2);
    assert_eq!(count("select count(*) from oauth_tokens").await, 1);
    assert_eq!(count("select count(*) from sessions").await, 0, "a session was left behind");
    store.close().await;
    let bytes = std::fs::read(folder.path().join("new.db")).expect("the database");
    assert!(!bytes.windows(token.len()).any(|part| part == token.as_bytes()), "the token is stored in clear");
    assert!(!format!("{first:?}{second:?}").contains(&token), "the token was shown");
}

#[tokio::test]
async fn promise_1_the_library_is_equal_after_a_sync_in_the_terminal_and_json_is_the_run_as_rest_shows_it() {
    let mut house = House::with(6_000, 300).await;
    house.close().await;
    let said = dmm(&house, &["sync", "--json"], &[]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    let result: Value = serde_json::from_str(&said.output).expect("nothing but JSON on standard output");
    assert_eq!((&result["success"], &result["filesAdded"]), (&json!(true), &json!(6_300)), "{result:#}");
    house.restart().await;
    house.assert_equal().await;
    let run = house.get("/api/sync/runs").await.body["runs"][0].clone();
    let fields = result.as_object().expect("an object");
    let names: Vec<_> = fields.keys().map(String::as_str).collect();
    let of_the_contract =
        "success filesProcessed filesAdded filesUpdated filesDeleted duplicatesFound errors duration timestamp";
    assert_eq!(names.join(" "), of_the_contract);
    for (name, value) in fields {
        assert_eq!(value, &run[name], "{name}");
    }
    house.close().await;
    let again = dmm(&house, &["sync"], &[]).await;
    assert!(again.code == Some(0) && again.output.contains("Nothing had changed"), "{again:?}");
    let (mode, full) = ("select count(*) from sync_runs where mode = 'full'", &["sync", "--full"]);
    assert_eq!(house.count(mode).await, 1);
    assert_eq!(dmm(&house, full, &[]).await.code, Some(0));
    assert_eq!(house.count(mode).await, 2);
}

/// Runs `dmm sync` on a terminal; what appears there.
async fn on_a_terminal(house: &House, flags: &str, kind: &str) -> String {
    let line = format!("{} sync {flags}", env!("CARGO_BIN_EXE_dmm"));
    let arguments = ["-qec", &line, "/dev/null"];
    let said = said(command(house, "script", &arguments, &[("TERM", kind), ("SHELL", "/bin/sh")])).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    said.output
}

#[tokio::test]
async fn on_a_terminal_there_is_a_bar_and_on_one_that_cannot_draw_there_are_lines() {
    let mut house = House::with(400, 200).await;
    house.close().await;
    house.simulator.knobs(|knobs| knobs.latency = std::time::Duration::from_millis(80));
    let bar = on_a_terminal(&house, "--json > result.json", "xterm").await;
    assert!(bar.contains('━') && bar.contains(" %") && bar.contains("\u{1b}["), "{bar:?}");
    assert!(bar.contains("of 600 entries"), "{bar:?}");
    let result = std::fs::read(house.database().with_file_name("result.json")).expect("a result");
    assert_eq!(serde_json::from_slice::<Value>(&result).expect("JSON")["filesAdded"], 600);
    let summary = on_a_terminal(&house, "", "xterm").await;
    assert!(summary.contains("Synchronised in "), "{summary:?}");
    let lines = on_a_terminal(&house, "--full", "dumb").await;
    assert!(lines.contains("%  Storing your torrents") && !lines.contains('\u{1b}'), "{lines:?}");
}

#[tokio::test]
async fn without_a_token_the_terminal_says_which_is_missing() {
    let mut house = House::with(10, 0).await;
    house.close().await;
    house
        .damage(
            "insert into users (service, real_debrid_id, username, created_at, updated_at)
                  values ('real-debrid', 77, 'alice', 0, 0), ('demo', 1, 'demo', 0, 0);
                  insert into oauth_tokens (user_id, kind, sealed_access_token, created_at, updated_at)
                  select id, 'private', x'00', 0, 0 from users where username = 'alice' or service = 'demo'",
        )
        .await;
    let several = dmm(&house, &["sync"], &[]).await;
    assert_eq!((several.code, several.output.as_str()), (Some(1), ""));
    assert!(several.error.contains("(demo, alice)") && several.error.contains("REAL_DEBRID_TOKEN"), "{several:?}");
    house.damage("delete from oauth_tokens where user_id in (select id from users where username = 'alice')").await;
    let one = dmm(&house, &["sync"], &[("REAL_DEBRID_TOKEN", "")]).await;
    assert_eq!(one.code, Some(0), "a demo account counts for nothing here: {one:?}");
    let folder = tempfile::tempdir().expect("a folder");
    let (database, key) = elsewhere(&folder);
    let none = dmm(&house, &["sync"], &[("DATABASE_URL", &database), ("DMM_SECRET_KEY_FILE", &key)]).await;
    assert_eq!(none.code, Some(1));
    assert!(none.error.contains("real-debrid.com/apitoken") && none.error.contains("REAL_DEBRID_TOKEN"), "{none:?}");
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0, "a database that nobody meant was made");
    house.damage("delete from oauth_tokens").await;
    let gone = dmm(&house, &["sync"], &[]).await;
    assert_eq!((gone.code, gone.error), (Some(1), none.error));
}

#[tokio::test]
async fn promise_6_help_does_not_show_the_token() {
    let help = dmm_alone(env!("CARGO_BIN_EXE_dmm"), &["sync", "--help"], &[("REAL_DEBRID_TOKEN", "VERYSECRET")]).await;
    assert!(help.output.contains("REAL_DEBRID_TOKEN") && !help.output.contains("VERYSECRET"), "{help:?}");
}

#[tokio::test]
async fn completions_know_every_command_in_every_shell() {
    let program = env!("CARGO_BIN_EXE_dmm");
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = dmm_alone(program, &["completions", shell], &[]).await;
        assert_eq!((script.code, script.error.as_str()), (Some(0), ""));
        for word in ["serve", "sync", "export", "healthcheck", "confirm-deletions"] {
            assert!(script.output.contains(word), "{shell} does not know {word}");
        }
    }
    let candidates = format!(
        "eval \"$({program} completions bash)\"; COMP_WORDS=(dmm ex); COMP_CWORD=1; _dmm dmm ex dmm; echo \"${{COMPREPLY[*]}}\""
    );
    let completed = dmm_alone("bash", &["-c", &candidates], &[]).await;
    assert_eq!((completed.output.trim(), completed.error.as_str()), ("export", ""));
    let unread = format!("set -o pipefail; {program} completions bash | true");
    assert_eq!(dmm_alone("bash", &["-c", &unread], &[]).await.code, Some(0));
    assert_eq!(dmm_alone(program, &["completions", "dos"], &[]).await.code, Some(2));
}

#[tokio::test]
async fn a_healthcheck_of_a_server_at_work_succeeds() {
    let house = House::with(1, 0).await;
    let address = house.base.trim_start_matches("http://").to_owned();
    for environment in [("DMM_LISTEN", address.clone()), ("DMM_LISTEN", address.replace("127.0.0.1", "0.0.0.0"))] {
        let said = dmm(&house, &["healthcheck"], &[(environment.0, &environment.1)]).await;
        assert_eq!((said.code, said.output.as_str(), said.error.as_str()), (Some(0), "", ""));
    }
}
