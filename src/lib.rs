//! DMM: a faithful, searchable copy of a Real-Debrid library in a database its owner keeps.
//!
//! | module | what it is |
//! |---|---|
//! | [`domain`] | the words of the subject, shared with the browser |
//! | [`clock`], [`config`] | the only caller of the system clock; every setting |
//! | [`real_debrid`] | the other side: wire format, read-only client, pace |
//! | [`simulator`] | Real-Debrid as a program, for tests and the demo |
//! | [`store`] | the database, the only module that speaks SQL |
//! | [`sync`] | the subject: runs, and the engine that owns them |
//! | [`accounts`] | sign-in, sessions, sealed tokens |
//! | [`application`] | what a signed-in person can do, for every door |
//! | [`http`] | REST, event stream, pages and assets on one router |
//! | [`cli`] | the commands of the binary |

#[cfg(feature = "ssr")]
pub mod accounts;
#[cfg(feature = "ssr")]
pub mod clock;
#[cfg(feature = "ssr")]
pub mod config;
pub mod domain;
#[cfg(feature = "ssr")]
pub mod real_debrid;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(feature = "ssr")]
pub mod sync;
