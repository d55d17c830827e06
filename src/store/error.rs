//! What can go wrong with the database, with what to do about it.

use crate::domain::{ApiError, ErrorCode, database_url::scrub};
use sqlx::postgres::PgDatabaseError;

/// A database failure.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// `DATABASE_URL` cannot be used.
    #[error("DATABASE_URL is “{url}”, but must be sqlite://PATH or postgres://USER:PASSWORD@HOST/DATABASE: {reason}")]
    Address {
        /// As given.
        url: String,
        /// Why not.
        reason: String,
    },
    /// The file cannot be opened or created.
    #[error(
        "The database {path} cannot be opened ({reason}): check that the folder exists, is writable and has space."
    )]
    Open {
        /// Its path.
        path: String,
        /// The system's words.
        reason: String,
    },
    /// The server does not answer, or does not let us in.
    #[error(
        "The database {url} does not let DMM in ({reason}): check the address, the password and that the server runs."
    )]
    Unreachable {
        /// Its address, without secrets.
        url: String,
        /// The server's or the driver's words.
        reason: String,
    },
    /// The role could look past the policies, and there is none to work in instead.
    #[error(
        "The database {url} has no role that keeps accounts apart, and none can be made ({reason}): let DMM connect as a \
         role that owns the database and is neither a superuser nor has BYPASSRLS."
    )]
    Role {
        /// Its address, without secrets.
        url: String,
        /// The server's words.
        reason: String,
    },
    /// The file is there and is no database, or is damaged.
    #[error(
        "The database {path} is damaged or no SQLite database ({reason}): move it away and restore a backup, or let DMM \
         make a new one and synchronise again. Nothing was changed."
    )]
    Damaged {
        /// Its path.
        path: String,
        /// SQLite's words.
        reason: String,
    },
    /// The schema cannot be brought up to date.
    #[error(
        "The database {url} cannot be migrated ({reason}): it may belong to a newer DMM: start that one; or DMM may not change it: see to its rights; or restore a backup."
    )]
    Migration {
        /// Its address, without secrets.
        url: String,
        /// What failed.
        reason: String,
    },
    /// The schema cannot be brought up to date beside those who work with it.
    #[error(
        "The database {url} cannot be migrated beside those who work with it ({reason}): stop the DMM servers of the earlier \
         version, and whatever else uses it, then start this one again. Nothing was changed."
    )]
    InTheWay {
        /// Its address, without secrets.
        url: String,
        /// The server's words.
        reason: String,
    },
    /// There is none to read.
    #[error("There is no database {path}: sign in to the server or run `dmm sync` first, or set DATABASE_URL.")]
    Missing {
        /// Its path.
        path: String,
    },
    /// Its schema is another one than this program's, and it is only to be read.
    #[error("The database {path} {}.", .schema.remedy())]
    AnotherSchema {
        /// Its path.
        path: String,
        /// How it differs.
        schema: Schema,
    },
    /// Not everything has been moved into it.
    #[error(
        "The database {path} holds a move from {origin} that was not finished: run `dmm migrate --from … --to …` with these \
         two again."
    )]
    Unfinished {
        /// Its address, without secrets.
        path: String,
        /// Where everything was to come from.
        origin: String,
    },
    /// Another server has it.
    #[error(
        "The database {path} is in use by another DMM server: stop that one, or give this one another DATABASE_URL."
    )]
    InUse {
        /// Its path.
        path: String,
    },
    /// No space is left.
    #[error(
        "The disk that holds the database is full: free some space, then start the sync again. Nothing stored was lost."
    )]
    Full,
    /// Another server works on it by now.
    #[error("Another DMM server has taken this sync over.")]
    Superseded,
    /// It does not have what it had stored.
    #[error(
        "The database lost what it had stored already, as a standby does that takes over too early: start the sync again, \
         which reads everything anew."
    )]
    Rewound,
    /// Somebody else holds the lock.
    #[error("The database is locked by another program: close it, then try again.")]
    Locked,
    /// Somebody else changes the same rows.
    #[error("The database was busy with another change for too long, or of the same rows: try again.")]
    Contended,
    /// It lets nobody write.
    #[error(
        "The database takes no changes at the moment: it is set to read only, or is the standby of another; see to it that \
         DATABASE_URL names the one that is written to, and that a pooler in front of it connects to it anew."
    )]
    Standby,
    /// The row contradicts a rule of the schema.
    #[error("The database refused a row ({0}).")]
    Refused(String),
    /// The file or folder may not be written.
    #[error("The database cannot be written: check the permissions of its file and folder.")]
    ReadOnly,
    /// Anything else.
    #[error("The database does not answer: see the server's log for the cause, then try again.")]
    Other(#[source] sqlx::Error),
}

/// How the schema of a database differs from this program's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// It was never DMM's, or nothing was ever migrated.
    Foreign,
    /// It lacks migrations.
    Older,
    /// It has more migrations.
    Newer,
}

impl Schema {
    const fn remedy(self) -> &'static str {
        match self {
            Self::Foreign => "holds no DMM library: set DATABASE_URL to the one that does",
            Self::Older => {
                "is of an older version than this dmm: stop its server and run `dmm migrate`, or use the dmm that it \
                 belongs to"
            }
            Self::Newer => "is of a newer version than this dmm: use the dmm that it belongs to",
        }
    }
}

impl StoreError {
    pub(super) fn migration(url: &str, error: sqlx::migrate::MigrateError) -> Self {
        match error {
            sqlx::migrate::MigrateError::Execute(error) | sqlx::migrate::MigrateError::ExecuteMigration(error, _) => {
                match Self::from(error) {
                    Self::Other(sqlx::Error::Database(error)) if is_damage(error.code().as_deref()) => {
                        Self::Damaged { path: scrub(url), reason: error.message().to_owned() }
                    }
                    Self::Other(sqlx::Error::Database(error)) => {
                        Self::Migration { url: scrub(url), reason: error.message().to_owned() }
                    }
                    other => other,
                }
            }
            other => Self::Migration { url: scrub(url), reason: other.to_string() },
        }
    }

    /// By PostgreSQL's codes: <https://www.postgresql.org/docs/current/errcodes-appendix.html>
    fn of_postgres(error: sqlx::Error) -> Self {
        let sqlx::Error::Database(database) = &error else { return Self::Other(error) };
        let code = database.code().unwrap_or_default();
        match &*code {
            "53100" => Self::Full,
            "25006" => Self::Standby,
            "40001" | "40P01" | "55P03" => Self::Contended,
            // A value that does not fit, also into an index, a constraint, and one row twice in one statement.
            code if code.starts_with("22") || code.starts_with("23") || code == "21000" || code == "54000" => {
                Self::Refused(database.message().to_owned())
            }
            _ => Self::Other(error),
        }
    }

    /// What is wrong with the database, as a clause, if it can come right without anybody starting
    /// anything again; none for what no waiting mends.
    pub fn trouble(&self) -> Option<&'static str> {
        match self {
            Self::Full => Some("the disk of the database is full, free some space"),
            Self::Locked | Self::Contended => Some("the database is busy with something else"),
            Self::Standby => Some("the database takes no changes at the moment"),
            Self::ReadOnly => Some("the database cannot be written, check the permissions of its file and folder"),
            Self::Other(error) if may_pass(error) => Some("the database does not answer"),
            _ => None,
        }
    }

    /// Whether one row is to blame, so that the others can be stored without it.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused(_))
    }
}

/// Whether a failure is of the connection, of the server or of the disk, and not of what was asked.
fn may_pass(error: &sqlx::Error) -> bool {
    match error {
        // Of a protocol when a server dies in the middle of an answer.
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(database) => {
            let code = database.code().unwrap_or_default();
            if database.try_downcast_ref::<PgDatabaseError>().is_some() {
                // Connections, resources, orders of an operator, the system; a transaction that stood idle for too long;
                // and an internal error, which is what Supavisor, the pooler of Supabase, makes of a connection that breaks
                // behind it ("DbHandler exited").
                let passes = ["08", "53", "57", "58"].iter().any(|class| code.starts_with(class));
                passes || matches!(&*code, "25P03" | "25P04" | "XX000")
            } else {
                // `SQLITE_IOERR`, `SQLITE_CANTOPEN` and `SQLITE_PROTOCOL`.
                code.parse::<i32>().is_ok_and(|code| matches!(code & 0xff, 10 | 14 | 15))
            }
        }
        _ => false,
    }
}

/// `SQLITE_CORRUPT` and `SQLITE_NOTADB`, with their extended codes.
pub(super) fn is_damage(code: Option<&str>) -> bool {
    code.and_then(|code| code.parse::<i32>().ok()).is_some_and(|code| matches!(code & 0xff, 11 | 26))
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let sqlx::Error::Database(database) = &error else { return Self::Other(error) };
        if database.try_downcast_ref::<PgDatabaseError>().is_some() {
            return Self::of_postgres(error);
        }
        // SQLite's primary result codes: https://sqlite.org/rescode.html
        let primary = database.code().and_then(|code| code.parse::<i32>().ok()).map(|code| code & 0xff);
        match primary {
            Some(5 | 6) => Self::Locked,
            Some(8) => Self::ReadOnly,
            Some(13) => Self::Full,
            Some(19) => Self::Refused(database.message().to_owned()),
            _ => Self::Other(error),
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        tracing::error!(error = ?error, "the database failed");
        Self::new(ErrorCode::DatabaseUnavailable, error.to_string())
    }
}
