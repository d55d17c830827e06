//! The subject: a run that makes the stored library equal to Real-Debrid's, and the engine that owns all runs.
//!
//! A run lists, plans, applies and settles. [`plan`] and [`guard`] are pure; [`census`] knows whether a listing can be
//! believed; [`run`] puts them in order; [`engine`] is the one owner of what every account's synchronisation is doing;
//! [`contents`] reads what is inside torrents while no run is alive.
//! Nothing here knows of HTTP, pages or sign-in: an account's token comes through [`credentials::Credentials`].

mod apply;
pub mod census;
mod confirm;
pub mod contents;
pub mod control;
mod count;
pub mod credentials;
pub mod engine;
pub mod error;
pub mod guard;
mod list;
pub mod live;
mod loss;
pub mod memory;
pub mod meter;
pub mod pace;
pub mod plan;
pub mod replicas;
pub mod run;
pub mod schedule;
mod settle;
pub mod shared_pace;
pub mod state;
mod tally;
mod trouble;
mod unmoved;

pub use control::Control;
pub use credentials::{Credentials, RealDebridAccess};
pub use engine::{Engine, EngineOptions, Parts, StartRequest};
pub use error::SyncError;
pub use shared_pace::SharedPace;
