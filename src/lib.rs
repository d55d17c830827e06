//! DMM: a faithful, searchable copy of a Real-Debrid library in a database its owner keeps.
//!
//! | module | what it is |
//! |---|---|
//! | [`domain`] | the words of the subject, shared with the browser |
//! | [`app`] | the web app: pages, islands, server functions |
//! | [`clock`], [`config`] | the only caller of the system clock; every setting |
//! | [`metrics`] | what is counted for those who watch the server |
//! | [`real_debrid`] | the other side: wire format, read-only client, pace |
//! | [`simulator`] | Real-Debrid as a program, for tests and the demo |
//! | [`store`] | the database, the only module that speaks SQL |
//! | [`sync`] | the subject: runs, and the engine that owns them |
//! | [`accounts`] | sign-in, sessions, sealed tokens |
//! | [`application`] | what a signed-in person can do, for every door |
//! | [`http`] | REST, event stream, pages and assets on one router |
//! | [`cli`] | the commands of the binary |

// The type of a page is the nesting of its elements.
#![recursion_limit = "256"]

#[cfg(feature = "ssr")]
pub mod accounts;
pub mod app;
#[cfg(feature = "ssr")]
pub mod application;
#[cfg(feature = "ssr")]
pub mod cli;
#[cfg(feature = "ssr")]
pub mod clock;
#[cfg(feature = "ssr")]
pub mod config;
pub mod domain;
#[cfg(feature = "ssr")]
pub mod http;
#[cfg(feature = "ssr")]
pub mod metrics;
#[cfg(feature = "ssr")]
pub mod real_debrid;
#[cfg(feature = "ssr")]
pub mod simulator;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(feature = "ssr")]
pub mod sync;

/// Wakes the islands of the page; the browser calls it when the WebAssembly has arrived.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
