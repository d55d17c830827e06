//! How `dmm sync` ends when it does not simply complete: with the right exit code, one sentence and nothing lost.

use crate::{
    house::{House, rest, within},
    terminal::{command, dmm},
};
use dmm::simulator::{Fault, Knobs, Options, Rule};
use serde_json::Value;
use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, Command, ExitStatus, Stdio},
    time::Duration,
};

/// A house whose run takes some forty requests and a while, with the server closed.
async fn slow_house() -> House {
    let mut knobs = Knobs { latency: Duration::from_millis(60), ..Knobs::unlimited() };
    knobs.paging.max_limit = 100;
    let mut house = House::with_options(Options { torrents: 3_000, downloads: 900, knobs, ..Options::default() }).await;
    house.close().await;
    house
}

/// `dmm sync --json` under way.
pub(crate) struct Sync {
    child: Child,
    lines: tokio::sync::mpsc::UnboundedReceiver<String>,
}

impl Drop for Sync {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Sync {
    pub(crate) fn start(house: &House, flags: &[&str]) -> Self {
        let arguments: Vec<_> = ["sync", "--json"].iter().chain(flags).copied().collect();
        let mut command = command(house, env!("CARGO_BIN_EXE_dmm"), &arguments, &[]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("dmm starts");
        let error = BufReader::new(child.stderr.take().expect("its progress"));
        let (say, lines) = tokio::sync::mpsc::unbounded_channel();
        std::thread::spawn(move || error.lines().map_while(Result::ok).for_each(|line| drop(say.send(line))));
        Self { child, lines }
    }

    /// Waits for a line of its progress.
    pub(crate) async fn says(&mut self, wanted: &str) {
        let mut said = Vec::new();
        let found = within(Duration::from_secs(30), async {
            while let Some(line) = self.lines.recv().await {
                said.push(line);
                if said.last().is_some_and(|line| line.contains(wanted)) {
                    return true;
                }
            }
            false
        })
        .await;
        assert_eq!(found, Some(true), "it never said “{wanted}”: {said:#?}");
    }

    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.child.id().to_string()]).status().expect("kill");
        assert!(sent.success());
    }

    pub(crate) async fn ends(&mut self) -> (ExitStatus, String) {
        let status = within(Duration::from_secs(30), async {
            loop {
                if let Some(status) = self.child.try_wait().expect("a status") {
                    return status;
                }
                rest(Duration::from_millis(10)).await;
            }
        })
        .await
        .expect("it ends");
        let mut output = String::new();
        self.child.stdout.take().expect("its output").read_to_string(&mut output).expect("its output");
        (status, output)
    }
}

#[tokio::test]
async fn ctrl_c_cancels_the_run_keeps_what_is_stored_and_exits_with_130() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let mut house = slow_house().await;
        let mut sync = Sync::start(&house, &[]);
        sync.says("torrents, page 4 of 30").await;
        sync.signal(signal);
        sync.says("kept").await;
        let (status, output) = sync.ends().await;
        assert_eq!(status.code(), Some(code));
        let result: Value = serde_json::from_str(&output).expect("a result");
        assert_eq!(result["success"], false, "{result:#}");
        assert_eq!(house.count("select count(*) from sync_runs where state = 'cancelled'").await, 1);
        let stored = house.count("select count(*) from files").await;
        assert!((200..3_900).contains(&stored) && result["filesAdded"] == stored, "{stored} stored, {result:#}");
        house.restart().await;
        assert_eq!(house.status().await["status"], "idle", "a cancelled run went on");
    }
}

#[tokio::test]
async fn promise_4_a_killed_run_goes_on_and_a_paused_one_waits_for_its_user() {
    let mut house = slow_house().await;
    let mut sync = Sync::start(&house, &[]);
    sync.says("torrents, page 5 of 30").await;
    sync.signal("-KILL");
    sync.ends().await;
    house.damage("update sync_runs set state = 'paused'").await;
    let refused = dmm(&house, &["sync"], &[]).await;
    assert_eq!((refused.code, refused.output.as_str()), (Some(1), ""));
    assert!(refused.error.contains("is paused: start the server"), "{refused:?}");
    assert_eq!(house.count("select count(*) from sync_runs where state = 'paused'").await, 1);
    house.damage("update sync_runs set state = 'running'").await;
    house.simulator.knobs(|knobs| knobs.latency = Duration::ZERO);
    let said = dmm(&house, &["sync", "--json"], &[]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.error.contains("it goes on where it stopped"), "{said:?}");
    let result: Value = serde_json::from_str(&said.output).expect("a result");
    assert_eq!(result["filesAdded"], 3_900, "something was counted twice: {result:#}");
    assert_eq!(house.count("select count(*) from sync_runs").await, 1, "another run was started");
    house.restart().await;
    house.assert_equal().await;
}

#[tokio::test]
async fn a_full_sync_follows_an_interrupted_one_that_was_not_full() {
    let mut house = House::with(50, 0).await;
    house.sync(serde_json::json!({})).await;
    house.close().await;
    // As if it had been killed before it did anything.
    house
        .damage(
            "insert into sync_runs (user_id, mode, state, configuration, started_at)
                  select user_id, 'incremental', 'running', configuration, started_at from sync_runs",
        )
        .await;
    assert_eq!(dmm(&house, &["sync", "--full"], &[]).await.code, Some(0));
    let modes = "select count(*) from sync_runs where state = 'completed' and (id, mode) in
                 ((1, 'full'), (2, 'incremental'), (3, 'full'))";
    assert_eq!(house.count(modes).await, 3);
}

#[tokio::test]
async fn another_accounts_interrupted_run_is_left_to_its_server() {
    let mut house = House::with(50, 0).await;
    house.close().await;
    house
        .damage(
            "insert into users (service, real_debrid_id, username, created_at, updated_at)
                  values ('demo', 77, 'demo', 0, 0);
                  insert into sync_runs (user_id, mode, state, configuration, started_at)
                  values (2, 'full', 'running', '{}', 0)",
        )
        .await;
    assert_eq!(dmm(&house, &["sync"], &[]).await.code, Some(0));
    assert_eq!(house.count("select count(*) from sync_runs where user_id = 2 and state = 'running'").await, 1);
}

#[tokio::test]
async fn a_failure_exits_with_1_a_sentence_and_a_result_that_names_it() {
    let house = slow_house().await;
    house.simulator.script(Rule::on("/torrents").query("page", 3).answer(Fault::Code(9)));
    let said = dmm(&house, &["sync", "--json"], &[]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    let result: Value = serde_json::from_str(&said.output).expect("a result");
    let error = result["errors"][0].as_str().expect("an error");
    assert_eq!(result["success"], false, "{result:#}");
    assert!(error.contains("does not permit this (403, code 9)"), "{error}");
    // On the page one signs in again, here one gives a token.
    let sentence = error.replace("sign in again on the Connection page", "give a new token by REAL_DEBRID_TOKEN");
    assert!(sentence != error && said.error.ends_with(&format!("dmm: {sentence}\n")), "{said:?}");
    assert_eq!(house.count("select count(*) from files").await, 200, "what had come before is not stored");
    house.simulator.script(Rule::on("/user").answer(Fault::Code(9)));
    let plain = dmm(&house, &["sync"], &[]).await;
    assert_eq!((plain.code, plain.output.as_str()), (Some(1), ""));
}

#[tokio::test]
async fn entries_that_could_not_be_stored_are_named_and_the_sync_completes() {
    let mut house = House::with(40, 0).await;
    house.simulator.edit(|library| {
        let ids: Vec<_> = library.torrents().iter().take(12).map(|torrent| torrent.id).collect();
        for id in ids {
            library.torrent_mut(id).expect("it").name = "refused".to_owned();
        }
    });
    house
        .damage(
            "create trigger refusal before insert on files when new.original_filename like 'refused%'
             begin select raise(abort, 'refused by the test'); end",
        )
        .await;
    house.close().await;
    let said = dmm(&house, &["sync"], &[]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.output.contains("28 added, 12 could not be stored of 40 entries"), "{said:?}");
    assert!(said.error.contains("12 entries could not be stored:") && said.error.contains("and 2 more"), "{said:?}");
}

#[tokio::test]
async fn a_refused_token_and_a_bad_flag_change_nothing() {
    let mut house = House::with(10, 0).await;
    house.close().await;
    let refused = dmm(&house, &["sync", "--json", "--token", "WRONG"], &[]).await;
    assert_eq!((refused.code, refused.output.as_str()), (Some(1), ""));
    assert!(refused.error.contains("refused the token") && !refused.error.contains("WRONG"), "{refused:?}");
    assert_eq!(house.count("select count(*) from sync_runs").await, 0);
    let bad = dmm(&house, &["sync", "--confirm-deletions", "0"], &[]).await;
    assert!(bad.code == Some(2) && bad.error.contains("--confirm-deletions"), "{bad:?}");
}

#[tokio::test]
async fn a_database_that_a_server_has_is_refused_with_the_remedy() {
    let house = House::with(10, 0).await;
    let refused = dmm(&house, &["sync"], &[]).await;
    assert_eq!((refused.code, refused.output.as_str()), (Some(1), ""));
    assert!(
        refused.error.contains("in use by a DMM server") && refused.error.contains("start the sync there"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn promise_3_held_deletions_are_told_with_their_number_and_carried_out_on_that_word() {
    let mut house = House::with(300, 0).await;
    house.close().await;
    assert_eq!(dmm(&house, &["sync"], &[]).await.code, Some(0));
    house.simulator.edit(|library| library.remove_newest(200));
    let held = dmm(&house, &["sync"], &[]).await;
    assert_eq!(held.code, Some(0), "{held:?}");
    assert!(held.error.contains("200 entries are gone") && held.error.contains("--confirm-deletions 200"), "{held:?}");
    let files = "select count(*) from files";
    assert_eq!(house.count(files).await, 300);
    let too_few = dmm(&house, &["sync", "--confirm-deletions", "199"], &[]).await;
    assert!(too_few.code == Some(0) && too_few.error.contains("--confirm-deletions 200"), "{too_few:?}");
    assert_eq!(house.count(files).await, 300);
    let done = dmm(&house, &["sync", "--confirm-deletions", "200"], &[]).await;
    assert!(done.code == Some(0) && !done.error.contains("--confirm-deletions"), "{done:?}");
    assert!(done.output.contains("200 deleted"), "{done:?}");
    assert_eq!(house.count(files).await, 100);
}
