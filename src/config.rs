//! Every setting, in one place: the same as a flag and as an environment variable, and the flag wins.
//!
//! `dmm --help` is generated from here, and a bad value is refused at start with its name, the value and what is
//! accepted.

use crate::domain::database_url::scrub;
use clap::{Arg, Args, Command, builder::TypedValueParser, error::ErrorKind};
use std::{ffi::OsStr, net::SocketAddr, path::PathBuf};

/// The public REST API of Real-Debrid.
pub const REAL_DEBRID_API: &str = "https://api.real-debrid.com/rest/1.0";
/// The public OAuth2 endpoints of Real-Debrid.
pub const REAL_DEBRID_OAUTH: &str = "https://api.real-debrid.com/oauth/v2";
/// The client id that Real-Debrid publishes for open-source applications.
pub const OPEN_SOURCE_CLIENT_ID: &str = "X245A4XAIBGVM";

/// Where it is served.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct ListenConfig {
    /// Address to serve on; port 0 picks a free one
    #[arg(long, env = "DMM_LISTEN", value_name = "ADDR", default_value = "127.0.0.1:3000", value_parser = address)]
    pub listen: SocketAddr,
}

/// Where it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct DatabaseConfig {
    /// The database: `sqlite://PATH` or `postgres://USER:PASSWORD@HOST/DATABASE`
    #[arg(long, env = "DATABASE_URL", value_name = "URL", default_value = "sqlite://data/dmm.db", value_parser = DatabaseUrl, hide_env_values = true)]
    pub database_url: String,
}

/// The settings of whatever syncs, a server or a terminal.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct CoreConfig {
    /// Where it is stored.
    #[command(flatten)]
    pub database: DatabaseConfig,
    /// The 32-byte key that encrypts stored Real-Debrid tokens; created when absent and no token is stored
    #[arg(long, env = "DMM_SECRET_KEY_FILE", value_name = "PATH", default_value = "data/dmm.key")]
    pub secret_key_file: PathBuf,
    /// Base URL of Real-Debrid's REST API
    #[arg(long, env = "REAL_DEBRID_API_URL", value_name = "URL", default_value = REAL_DEBRID_API, value_parser = http_url)]
    pub real_debrid_api_url: String,
    /// Base URL of Real-Debrid's OAuth2 endpoints
    #[arg(long, env = "REAL_DEBRID_OAUTH_URL", value_name = "URL", default_value = REAL_DEBRID_OAUTH, value_parser = http_url)]
    pub real_debrid_oauth_url: String,
    /// Client id for Real-Debrid's device flow
    #[arg(long, env = "REAL_DEBRID_CLIENT_ID", value_name = "ID", default_value = OPEN_SOURCE_CLIENT_ID)]
    pub real_debrid_client_id: String,
    /// Requests per minute and account
    #[arg(long, env = "REAL_DEBRID_RATE_LIMIT", value_name = "N", default_value_t = 250, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub real_debrid_rate_limit: u32,
}

/// The settings of the server.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct Config {
    /// Where it is served.
    #[command(flatten)]
    pub listen: ListenConfig,
    /// How it syncs.
    #[command(flatten)]
    pub core: CoreConfig,
    /// The address users see, like `https://dmm.example.org`; https switches on Secure cookies
    #[arg(long, env = "DMM_PUBLIC_URL", value_name = "URL", value_parser = http_url)]
    pub public_url: Option<String>,
    /// Real-Debrid user names that may sign in, separated by commas; everyone when absent
    #[arg(long, env = "DMM_ALLOWED_USERS", value_name = "NAMES", value_delimiter = ',')]
    pub allowed_users: Vec<String>,
}

impl Config {
    /// Whether browsers reach the server by https, so that cookies may be `Secure`.
    pub fn is_https(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }
}

fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "an address and a port is accepted, like 127.0.0.1:3000 or [::]:8080".to_owned())
}

/// Reads the address of a database; unlike clap's own parsers it shows no password that stands in one that is refused.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DatabaseUrl;

impl TypedValueParser for DatabaseUrl {
    type Value = String;

    fn parse_ref(&self, command: &Command, argument: Option<&Arg>, value: &OsStr) -> Result<String, clap::Error> {
        let text = value.to_str().unwrap_or_default();
        let path = ["sqlite://", "postgres://", "postgresql://"].iter().find_map(|scheme| text.strip_prefix(scheme));
        if path.is_some_and(|path| !path.is_empty()) {
            return Ok(text.to_owned());
        }
        let name = argument.map(ToString::to_string).unwrap_or_default();
        let message = format!(
            "invalid value '{}' for '{name}': sqlite://PATH or postgres://… is accepted, like sqlite://data/dmm.db or \
             postgres://dmm:PASSWORD@localhost/dmm\n",
            scrub(text)
        );
        Err(clap::Error::raw(ErrorKind::ValueValidation, message).with_cmd(command))
    }
}

fn http_url(text: &str) -> Result<String, String> {
    let rule = "an address that begins with http:// or https:// is accepted";
    let url = reqwest::Url::parse(text).map_err(|error| format!("{rule} ({error})"))?;
    if matches!(url.scheme(), "http" | "https") && url.has_host() {
        Ok(text.trim_end_matches('/').to_owned())
    } else {
        Err(rule.to_owned())
    }
}
