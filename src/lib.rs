//! DMM: a faithful, searchable copy of a Real-Debrid library in a database its owner keeps.
//!
//! | module | what it is |
//! |---|---|
//! | [`domain`] | the words of the subject, shared with the browser |
//! | [`clock`] | the only caller of the system clock |
//! | [`real_debrid`] | the other side: wire format, read-only client, pace |
//! | [`simulator`] | Real-Debrid as a program, for tests and the demo |

#[cfg(feature = "ssr")]
pub mod clock;
pub mod domain;
#[cfg(feature = "ssr")]
pub mod real_debrid;
#[cfg(feature = "ssr")]
pub mod simulator;
