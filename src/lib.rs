//! DMM: a faithful, searchable copy of a Real-Debrid library in a database its owner keeps.
//!
//! | module | what it is |
//! |---|---|
//! | [`domain`] | the words of the subject, shared with the browser |
//! | [`app`] | the web app: pages, islands, server functions |
//! | [`real_debrid`] | the other side: wire format, read-only client, pace |
//! | [`simulator`] | Real-Debrid as a program, for tests and the demo |

// The type of a page is the nesting of its elements.
#![recursion_limit = "256"]

pub mod app;
#[cfg(feature = "ssr")]
pub mod application;
pub mod domain;
#[cfg(feature = "ssr")]
pub mod real_debrid;
#[cfg(feature = "ssr")]
pub mod simulator;

/// Wakes the islands of the page; the browser calls it when the WebAssembly has arrived.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
