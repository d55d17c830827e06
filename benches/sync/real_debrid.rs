//! The other side: the simulator in a process of its own, without limits.

use crate::Result;
use dmm::simulator::{Id, Knobs, Options, Simulator};
use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

/// Opens the account.
pub(crate) const TOKEN: &str = "bench-token";

/// The process; it ends with this value.
pub(crate) struct RealDebrid {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
    pub(crate) api_url: String,
    pub(crate) account: i64,
}

impl RealDebrid {
    /// Starts it and waits until it listens.
    pub(crate) fn start(torrents: usize, downloads: usize) -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["real-debrid", &torrents.to_string(), &downloads.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let orders = child.stdin.take().ok_or("no standard input")?;
        let answers = BufReader::new(child.stdout.take().ok_or("no standard output")?);
        let mut this = Self { child, orders, answers, api_url: String::new(), account: 0 };
        let line = this.answer()?;
        let (api_url, account) = line.split_once(' ').ok_or("the simulator did not start")?;
        api_url.clone_into(&mut this.api_url);
        this.account = account.parse()?;
        Ok(this)
    }

    /// Changes one entry in a hundred: half of them in place, a quarter comes, a quarter goes.
    pub(crate) fn change_one_in_a_hundred(&mut self) -> Result<()> {
        writeln!(self.orders, "change")?;
        self.answer().map(drop)
    }

    fn answer(&mut self) -> Result<String> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        Ok(line.trim().to_owned())
    }
}

impl Drop for RealDebrid {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Serves until its standard input ends; every line there is the order to change the library.
pub(crate) async fn serve(torrents: usize, downloads: usize) -> Result<()> {
    let mut knobs = Knobs::unlimited();
    // Compressing a page takes the simulator several times as long as making it, and both would wait for it.
    knobs.shape.gzip = false;
    knobs.shape.etag = false;
    let options = Options { torrents, downloads, token: TOKEN.to_owned(), knobs, ..Options::default() };
    let simulator = Simulator::start(options).await?;
    println!("{} {}", simulator.api_url(), simulator.edit_account(TOKEN, |account| account.user.id));
    let orders = tokio::task::spawn_blocking(move || {
        for (round, _) in (1..).zip(std::io::stdin().lines()) {
            change(&simulator, round);
            println!("changed");
        }
    });
    Ok(orders.await?)
}

fn change(simulator: &Simulator, round: usize) {
    simulator.edit(|library| {
        let torrents: Vec<Id> = library.torrents().iter().skip(round).step_by(100).map(|torrent| torrent.id).collect();
        for (place, id) in torrents.into_iter().enumerate() {
            if place % 2 == 0 {
                library.change_torrent(id, |torrent| torrent.status = "dead".into());
            } else if place % 4 == 1 {
                library.remove_torrent(id);
            } else {
                library.add_random_torrent();
            }
        }
        let downloads: Vec<Id> =
            library.downloads().iter().skip(round).step_by(100).map(|download| download.id).collect();
        for (place, id) in downloads.into_iter().enumerate() {
            if place % 2 == 0 {
                library.change_download(id, |download| download.filesize += 1);
            } else if place % 4 == 1 {
                library.remove_download(id);
            } else {
                library.add_random_download();
            }
        }
    });
}
