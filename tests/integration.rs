//! Integration tests, in one binary so that it is linked once. A test that proves a line of the acceptance list begins
//! with that line's name.

#[path = "integration/acceptance.rs"]
mod acceptance;
#[path = "integration/access.rs"]
mod access;
#[path = "integration/account.rs"]
mod account;
#[path = "integration/api.rs"]
mod api;
#[path = "integration/bad_input.rs"]
mod bad_input;
#[path = "integration/clockwork.rs"]
mod clockwork;
#[path = "integration/confirmation.rs"]
mod confirmation;
#[path = "integration/contents.rs"]
mod contents;
#[path = "integration/control.rs"]
mod control;
#[path = "integration/cut.rs"]
mod cut;
#[path = "integration/databases.rs"]
mod databases;
#[path = "integration/deletions.rs"]
mod deletions;
#[path = "integration/device.rs"]
mod device;
#[path = "integration/documents.rs"]
mod documents;
#[path = "integration/duplicates.rs"]
mod duplicates;
#[path = "integration/edge.rs"]
mod edge;
#[path = "integration/encryption.rs"]
mod encryption;
#[path = "integration/export.rs"]
mod export;
#[path = "integration/fetching.rs"]
mod fetching;
#[path = "integration/held_deletions.rs"]
mod held_deletions;
#[path = "integration/history.rs"]
mod history;
#[path = "integration/house.rs"]
mod house;
#[path = "integration/incremental.rs"]
mod incremental;
#[path = "integration/isolation.rs"]
mod isolation;
#[path = "integration/keys.rs"]
mod keys;
#[path = "integration/kills.rs"]
mod kills;
#[path = "integration/layers.rs"]
mod layers;
#[path = "integration/likely.rs"]
mod likely;
#[path = "integration/limits.rs"]
mod limits;
#[path = "integration/logs.rs"]
mod logs;
#[path = "integration/metrics.rs"]
mod metrics;
#[path = "integration/moving.rs"]
mod moving;
#[path = "integration/moving_lists.rs"]
mod moving_lists;
#[path = "integration/openapi.rs"]
mod openapi;
#[path = "integration/organisation.rs"]
mod organisation;
#[path = "integration/past_runs.rs"]
mod past_runs;
#[path = "integration/postgres.rs"]
mod postgres;
#[path = "integration/program.rs"]
mod program;
#[path = "integration/progress.rs"]
mod progress;
#[path = "integration/protection.rs"]
mod protection;
#[path = "integration/recovery.rs"]
mod recovery;
#[path = "integration/renewal.rs"]
mod renewal;
#[path = "integration/replicas.rs"]
mod replicas;
#[path = "integration/resources.rs"]
mod resources;
#[path = "integration/revival.rs"]
mod revival;
#[path = "integration/schemas.rs"]
mod schemas;
#[path = "integration/second_opinion.rs"]
mod second_opinion;
#[path = "integration/secrets.rs"]
mod secrets;
#[path = "integration/settings.rs"]
mod settings;
#[path = "integration/shared_pace.rs"]
mod shared_pace;
#[path = "integration/terminal.rs"]
mod terminal;
#[path = "integration/terminal_ends.rs"]
mod terminal_ends;
#[path = "integration/trouble.rs"]
mod trouble;
#[path = "integration/two_databases.rs"]
mod two_databases;
