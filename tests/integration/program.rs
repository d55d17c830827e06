//! The real program as a child process, over a house's database and simulator.

use crate::house::{House, rest, within};
use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::oneshot;

/// `dmm serve` as a process of its own; it does not outlive the test.
pub(crate) struct Program(Child);

/// What a program has logged so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    pub(crate) fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// `dmm serve` over the house's database and simulator, not started yet.
fn serve(house: &House) -> Command {
    let config = house.config().core;
    let mut command = Command::new(env!("CARGO_BIN_EXE_dmm"));
    command
        .arg("serve")
        .env_clear()
        .env("DMM_LISTEN", "127.0.0.1:0")
        .env("DATABASE_URL", &config.database.database_url)
        .env("DMM_SECRET_KEY_FILE", &config.secret_key_file)
        .env("REAL_DEBRID_API_URL", &config.real_debrid_api_url)
        .env("REAL_DEBRID_OAUTH_URL", &config.real_debrid_oauth_url)
        .env("REAL_DEBRID_RATE_LIMIT", "100000")
        .env("NO_COLOR", "1")
        .current_dir(house.database().parent().expect("a folder"))
        .stderr(Stdio::piped());
    command
}

impl Program {
    /// Starts it and turns the house's requests to it.
    pub(crate) async fn start(house: &mut House) -> Self {
        Self::start_logged(house, &[]).await.0
    }

    /// Starts it with settings of the log and turns the house's requests to it; gives the lines that it logs, too.
    pub(crate) async fn start_logged(house: &mut House, settings: &[(&str, &str)]) -> (Self, Log) {
        let (program, log, base) = Self::listening(serve(house).envs(settings.iter().copied())).await;
        house.base = base;
        (program, log)
    }

    /// Starts one more with the house's key and Real-Debrid, over the database with this address and with settings of its
    /// own; gives its log and where it listens. The house's requests go where they went.
    pub(crate) async fn beside(house: &House, database_url: &str, settings: &[(&str, &str)]) -> (Self, Log, String) {
        let mut command = serve(house);
        Self::listening(command.env("DATABASE_URL", database_url).envs(settings.iter().copied())).await
    }

    async fn listening(command: &mut Command) -> (Self, Log, String) {
        let mut program = Self(command.spawn().expect("dmm starts"));
        let lines = Log::default();
        let written = lines.clone();
        let log = BufReader::new(program.0.stderr.take().expect("its log"));
        let (say, said) = oneshot::channel();
        // Reads to the end, since a full pipe would hold the program up.
        std::thread::spawn(move || {
            let mut say = Some(say);
            for line in log.lines().map_while(Result::ok) {
                if let Some((_, base)) = line.split_once("listening on ")
                    && let Some(say) = say.take()
                {
                    // In JSON more follows.
                    let base = base.split('"').next().unwrap_or(base);
                    let _ = say.send(base.trim().to_owned());
                }
                written.0.lock().unwrap_or_else(PoisonError::into_inner).push(line);
            }
        });
        match within(Duration::from_secs(30), said).await.expect("dmm listens in time") {
            Ok(base) => (program, lines, base),
            Err(ended) => panic!("dmm does not listen ({ended}): {:#?}", lines.lines()),
        }
    }

    /// Starts one over the database with this address and does not wait until it listens.
    pub(crate) fn starting(house: &House, database_url: &str) -> Self {
        Self(serve(house).env("DATABASE_URL", database_url).spawn().expect("dmm starts"))
    }

    /// What one says that is expected to end by itself, and whether it was content.
    pub(crate) async fn last_words(house: &House) -> (bool, String) {
        let mut program = Self(serve(house).spawn().expect("dmm starts"));
        let mut log = program.0.stderr.take().expect("its log");
        let ends = within(Duration::from_secs(20), program.ends()).await;
        assert!(ends.is_some(), "it does not end by itself");
        let mut words = String::new();
        log.read_to_string(&mut words).expect("its log");
        (ends.is_some_and(|status| status.success()), words)
    }

    pub(crate) fn kill(mut self) {
        self.0.kill().expect("it dies");
        self.0.wait().expect("it is dead");
    }

    /// Asks it to end, as a service manager does, and waits 5 s.
    pub(crate) async fn terminate(mut self) -> Option<ExitStatus> {
        self.signal("-TERM");
        within(Duration::from_secs(5), self.ends()).await
    }

    /// Waits until it ends by itself, for 20 s.
    pub(crate) async fn ended(mut self) -> Option<ExitStatus> {
        within(Duration::from_secs(20), self.ends()).await
    }

    /// Holds it in the middle of whatever it does, as a machine that sleeps, until [`Program::thaw`].
    pub(crate) fn freeze(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on without knowing that time has passed.
    pub(crate) fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.0.id().to_string()]).status().expect("kill");
        assert!(sent.success(), "{signal} does not reach it");
    }

    async fn ends(&mut self) -> ExitStatus {
        loop {
            if let Some(status) = self.0.try_wait().expect("an exit status") {
                return status;
            }
            rest(Duration::from_millis(20)).await;
        }
    }

    /// A line of the kernel's account of the process, in kilobytes or as a number.
    pub(crate) fn figure(&self, name: &str) -> i64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).expect("it runs on Linux");
        let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("the line");
        line.trim_start_matches(':').split_whitespace().next().and_then(|number| number.parse().ok()).expect("a number")
    }

    /// A variable that it was started with, by itself if not by us.
    pub(crate) fn variable(&self, name: &str) -> Option<String> {
        let all = std::fs::read_to_string(format!("/proc/{}/environ", self.0.id())).expect("it runs on Linux");
        all.split('\0').find_map(|line| line.strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
    }

    /// Open files and sockets.
    pub(crate) fn handles(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.0.id())).expect("it runs on Linux").count()
    }
}
