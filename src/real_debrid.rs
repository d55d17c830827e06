//! Real-Debrid, the other side: its wire format, a read-only client and the pace it is asked at.
//!
//! | module | what it is |
//! |---|---|
//! | [`client`] | the questions DMM asks, and their answers in the words of the subject |
//! | [`device_flow`], [`token`] | how a token is come by, and where a question's token comes from |
//! | [`transport`] | the HTTP client that all accounts share |
//! | [`outage`] | how long a database that is away is waited for |
//! | [`retry`] | one question from permission to answer, repeated while that can help |
//! | [`pacer`] | the requests of the last minute, never more than the limit, and what refusals teach about it |
//! | [`conductor`] | who may pause and stop a question, and is told of every wait |
//! | [`decode`] | an HTTP answer → rows, or the error it stands for |
//! | [`rows`] | an array of rows, of which some may be unreadable |
//! | [`convert`] | a row as sent → an entry of the library |
//! | [`pairing`] | which hoster link belongs to which file |
//! | [`code`], [`error`] | what went wrong and what to do about it |
//! | [`wire`], [`lenient`] | bodies as sent, and the numbers in them |
//!
//! What is asked, and how long is waited for it, is counted in [`metrics`](crate::metrics).

pub mod client;
pub mod code;
pub mod conductor;
pub mod convert;
pub mod decode;
pub mod device_flow;
pub mod error;
pub mod lenient;
pub mod outage;
pub mod pacer;
pub mod pairing;
pub mod retry;
mod retry_after;
pub mod rows;
#[cfg(test)]
pub(crate) mod scripted;
pub mod server_time;
mod tally;
pub mod token;
pub mod transport;
pub mod wire;

pub use client::{Account, Client, Connection, Page, PageRequest, ServerTime, TorrentContents, UnreadableRow};
pub use code::Code;
pub use conductor::{Conductor, Stopped, Unattended, Wait, WaitReason};
pub use device_flow::{AppCredentials, DeviceCode, DeviceFlow, IssuedTokens, Poll};
pub use error::{Error, SIGN_IN_AGAIN};
pub use pacer::{Minute, PaceBook, Pacer, Turn, Unavailable, Urgency};
pub use token::{TokenSource, Tokened};
pub use transport::{Exchange, Exchanged, Transport};
