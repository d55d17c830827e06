//! DMM: a faithful, searchable copy of a Real-Debrid library in a database its owner keeps.
//!
//! | module | what it is |
//! |---|---|
//! | [`domain`] | the words of the subject, shared with the browser |
//! | [`real_debrid`] | the other side: wire format, read-only client, pace |
//! | [`simulator`] | Real-Debrid as a program, for tests and the demo |

pub mod domain;
#[cfg(feature = "ssr")]
pub mod real_debrid;
#[cfg(feature = "ssr")]
pub mod simulator;
