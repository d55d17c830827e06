//! The command line of `dmm simulate`.

mod faults;
mod habits;
mod life;
mod span;

use super::{Knobs, Options, Simulator};
use faults::FaultArgs;
use habits::{BodyArgs, LimitArgs};
use life::LifeArgs;
use std::net::SocketAddr;

/// What to simulate, and in what weather.
#[derive(Debug, Clone, clap::Args)]
pub struct SimulateArgs {
    /// Torrents in the library
    #[arg(long, default_value_t = 40)]
    torrents: usize,
    /// Downloads in the library
    #[arg(long, default_value_t = 20)]
    downloads: usize,
    /// Decides what they are: the same seed gives the same library
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:3900")]
    listen: SocketAddr,
    /// Token that opens the account
    #[arg(long, default_value = "demo-token")]
    token: String,
    /// User name of the account
    #[arg(long, default_value = "demo")]
    username: String,
    #[command(flatten)]
    faults: FaultArgs,
    #[command(flatten)]
    limits: LimitArgs,
    #[command(flatten)]
    bodies: BodyArgs,
    #[command(flatten)]
    life: LifeArgs,
}

impl SimulateArgs {
    /// Starts what is described.
    ///
    /// # Errors
    ///
    /// When the address cannot be bound.
    pub async fn start(self) -> std::io::Result<Simulator> {
        let rules: Vec<_> = self.faults.rules().collect();
        let lapsed = self.life.lapsed;
        let simulator = Simulator::start(self.into()).await?;
        for rule in rules {
            simulator.script(rule);
        }
        if lapsed {
            simulator.edit_account(simulator.token(), super::Account::lapse);
        }
        Ok(simulator)
    }
}

impl From<SimulateArgs> for Options {
    fn from(args: SimulateArgs) -> Self {
        let mut knobs = Knobs::default();
        args.limits.turn(&mut knobs);
        args.faults.turn(&mut knobs);
        args.bodies.turn(&mut knobs);
        args.life.turn(&mut knobs);
        Self {
            torrents: args.torrents,
            downloads: args.downloads,
            seed: args.seed,
            listen: args.listen,
            token: args.token,
            username: args.username,
            knobs,
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Fault, Links, Spell, knobs::Rate},
        *,
    };
    use clap::Parser;
    use std::time::Duration;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        args: SimulateArgs,
    }

    fn options(line: &[&str]) -> Options {
        Command::try_parse_from([&["simulate"], line].concat()).unwrap().args.into()
    }

    #[test]
    fn the_flags_turn_the_knobs_they_name() {
        let options = options(&[
            "--torrents=7",
            "--fail-every=3",
            "--failure=reset",
            "--retry-after=9",
            "--rate-limit=60",
            "--latency=20",
            "--links=archive",
            "--new-field=mood=new",
            "--downloads-live=3",
        ]);
        assert_eq!(options.torrents, 7);
        assert_eq!(options.knobs.fail_every, Some((3, Fault::Reset)));
        assert_eq!(options.knobs.rate.retry_after.as_deref(), Some("9"));
        assert_eq!((options.knobs.rate.per_minute, options.knobs.rate.lists_per_minute), (Some(60), Some(75)));
        assert_eq!(options.knobs.latency, Duration::from_millis(20));
        assert_eq!(options.knobs.shape.links, Some(Links::Archive));
        assert_eq!(options.knobs.shape.extra_fields["mood"], "new");
        assert_eq!(options.knobs.downloads_age_out_after, Some(Duration::from_hours(72)));
    }

    #[test]
    fn without_flags_every_knob_but_the_step_is_as_it_always_is() {
        let knobs = Knobs { step_every: Some(Duration::from_secs(5)), ..Knobs::default() };
        assert_eq!(options(&[]).knobs, knobs);
    }

    #[test]
    fn a_rate_limit_of_nothing_lifts_every_limit() {
        assert_eq!(options(&["--rate-limit=0"]).knobs.rate, Rate::unlimited());
    }

    #[test]
    fn outages_and_empty_lists_begin_and_end_by_the_second() {
        let options = options(&["--outage=30-60", "--outage=90-95", "--failure=unavailable", "--empty-lists=5-6"]);
        let second = Duration::from_secs;
        let spell = |from, to, fault| Spell::new(second(from), second(to), fault);
        let empty = |path| spell(5, 6, Fault::EmptyList).on(path);
        let outages = [spell(30, 60, Fault::Html(503)), spell(90, 95, Fault::Html(503))];
        assert_eq!(options.knobs.spells, [vec![empty("/torrents"), empty("/downloads")], outages.to_vec()].concat());
    }

    #[tokio::test]
    async fn requests_fail_by_number_and_a_subscription_can_have_lapsed() {
        let line = ["simulate", "--listen=127.0.0.1:0", "--fail-at=2-3", "--fail-at=5", "--failure=locked", "--lapsed"];
        let simulator = Command::try_parse_from(line).unwrap().args.start().await.unwrap();
        let mut statuses = Vec::new();
        for _ in 0..6 {
            statuses.push(simulator.ask("/rest/1.0/user", Some("demo-token")).await.status);
        }
        assert_eq!(statuses, [200, 403, 403, 200, 403, 200]);
        let user = simulator.ask("/rest/1.0/user", Some("demo-token")).await.body;
        let user: serde_json::Value = serde_json::from_slice(&user).unwrap();
        assert_eq!((&user["type"], &user["premium"]), (&serde_json::json!("free"), &serde_json::json!(0)));
    }
}
