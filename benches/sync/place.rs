//! Where the databases of a part are.

use crate::{Result, cluster::Cluster, same_rows};
use std::path::PathBuf;
use tempfile::TempDir;

/// SQLite's or PostgreSQL's.
pub(crate) enum Place {
    /// Files in a folder.
    Files(TempDir),
    /// Databases of a server.
    Cluster(Cluster),
}

impl Place {
    /// Files in a folder that goes with this value.
    pub(crate) fn files() -> Result<Self> {
        Ok(Self::Files(tempfile::tempdir()?))
    }

    /// The address of a database.
    pub(crate) fn address(&self, name: &str) -> String {
        match self {
            Self::Files(folder) => crate::address(&file(folder, name)),
            Self::Cluster(cluster) => cluster.database(name),
        }
    }

    /// What a first full sync may take of its floor.
    pub(crate) fn aim(&self) -> &'static str {
        match self {
            Self::Files(_) => "1.5",
            Self::Cluster(_) => "2",
        }
    }

    /// Before every run.
    pub(crate) async fn settle(&self) -> Result<()> {
        match self {
            Self::Files(_) => Ok(()),
            Self::Cluster(cluster) => cluster.settle().await,
        }
    }

    /// Takes a database away, if there is one.
    pub(crate) async fn remove(&self, name: &str) -> Result<()> {
        match self {
            Self::Files(folder) => match std::fs::remove_file(file(folder, name)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
                _ => Ok(()),
            },
            Self::Cluster(cluster) => cluster.remove(name).await,
        }
    }

    /// Fails unless two databases hold the same rows.
    pub(crate) async fn check_same_rows(&self, ours: &str, floor: &str) -> Result<()> {
        match self {
            Self::Files(folder) => same_rows::in_files(&file(folder, ours), &file(folder, floor)).await,
            Self::Cluster(cluster) => same_rows::in_cluster(&cluster.database(ours), &cluster.database(floor)).await,
        }
    }
}

fn file(folder: &TempDir, name: &str) -> PathBuf {
    folder.path().join(format!("{name}.db"))
}
