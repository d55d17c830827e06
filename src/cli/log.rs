//! Where the log goes and how it looks.

use clap::{Args, ValueEnum};
use std::io::{IsTerminal, stderr};
use tracing_subscriber::{
    EnvFilter,
    fmt::{self, MakeWriter},
};

/// The settings of the log.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct LogConfig {
    /// What is logged: a level (error, warn, info, debug, trace) or a tracing filter
    #[arg(long = "log", env = "DMM_LOG", value_name = "FILTER", default_value = "info", value_parser = filter)]
    filter: String,
    /// How it is logged
    #[arg(long = "log-format", env = "DMM_LOG_FORMAT", value_name = "FORMAT", default_value = "text")]
    format: LogFormat,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for machines.
    Json,
}

impl LogConfig {
    /// Sends the log to standard error from now on. A second call changes nothing.
    pub fn start(&self) {
        self.start_to(&self.filter, stderr);
    }

    /// As [`LogConfig::start`], for a command that shows its progress itself. There `info`, the default, would say
    /// everything twice, so it stands for `warn`; `dmm=info` asks for both.
    pub(super) fn start_beside_progress<W>(&self, writer: W)
    where
        W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
    {
        self.start_to(if self.filter == "info" { "warn" } else { &self.filter }, writer);
    }

    fn start_to<W>(&self, filter: &str, writer: W)
    where
        W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
    {
        // Thirty lines about embedded assets at every start help nobody; who asks for them by name still gets them.
        let filter = EnvFilter::new(format!("memory_serve=warn,{filter}"));
        let log = fmt::fmt().with_env_filter(filter).with_writer(writer).with_ansi(stderr().is_terminal());
        let started = match self.format {
            LogFormat::Text => log.try_init(),
            LogFormat::Json => log.json().try_init(),
        };
        drop(started);
    }
}

fn filter(text: &str) -> Result<String, String> {
    EnvFilter::try_new(text)
        .map(|_| text.to_owned())
        .map_err(|error| format!("a level or a tracing filter is accepted, like info or dmm=debug ({error})"))
}
