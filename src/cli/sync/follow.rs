//! A run from the choice of its account to its end.

use super::{display::Display, interrupts::Interrupts};
use crate::{
    application::Application,
    domain::{Action, ApiError, ErrorCode, Mode, State, SyncResult, SyncStatus, User},
};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;

/// How often what is shown is looked at anew, also when nothing changes: the time that is left does.
const GLANCE: Duration = Duration::from_secs(1);

/// What is asked for.
pub(super) struct Way {
    token: Option<SecretString>,
    full: bool,
    confirmed: Option<i64>,
}

impl Way {
    /// A variable that is set to nothing is what a file of settings has for no token.
    pub(super) fn new(token: Option<SecretString>, full: bool, confirmed: Option<i64>) -> Self {
        Self { token: token.filter(|token| !token.expose_secret().is_empty()), full, confirmed }
    }

    pub(super) fn has_token(&self) -> bool {
        self.token.is_some()
    }

    fn mode(&self) -> Mode {
        if self.full || self.confirmed.is_some() { Mode::Full } else { Mode::Incremental }
    }
}

/// How a sync ended.
pub(super) enum Ended {
    /// A run came to its end.
    Run(Box<Run>),
    /// It was left before that, on a signal with this exit code.
    Left(u8),
}

/// A run that ended, by itself or on a signal with this exit code.
pub(super) struct Run {
    pub(super) status: SyncStatus,
    pub(super) result: SyncResult,
    pub(super) signal: Option<u8>,
}

/// Syncs the account that `way` means.
///
/// # Errors
/// When no run could be started or watched.
pub(super) async fn sync(
    application: &Application,
    way: &Way,
    display: &mut Display,
    interrupts: &mut Interrupts,
) -> Result<Ended, ApiError> {
    display.begin("Looking for your account");
    let user = tokio::select! {
        user = account(application, way) => user?.id,
        code = interrupts.next() => return Ok(Ended::Left(code)),
    };
    let before = application.sync_status(user).await?;
    match before.status {
        State::Paused => {
            return Err(ApiError::new(
                ErrorCode::AlreadyRunning,
                "A sync of this account is paused: start the server, resume or cancel it on the sync page, then try again.",
            ));
        }
        State::Running => {
            display.say(if application.may_sync_elsewhere() {
                "A sync of this account is under way already: this shows it, and goes on with it if no server does."
            } else {
                "An earlier sync was interrupted: it goes on where it stopped."
            });
            application.take_up_sync(user).await?;
            let ended = follow(application, user, display, interrupts).await?;
            let is_enough = way.confirmed.is_none() && (!way.full || before.mode == Some(Mode::Full));
            let is_completed =
                matches!(&ended, Ended::Run(run) if run.signal.is_none() && run.status.status == State::Completed);
            if is_enough || !is_completed {
                return Ok(ended);
            }
        }
        State::Idle | State::Completed | State::Error => {}
    }
    application.start_sync_confirmed(user, way.mode(), way.confirmed.unwrap_or(0)).await?;
    follow(application, user, display, interrupts).await
}

/// Whose library it is: the given token's, else that of the one token that is stored.
async fn account(application: &Application, way: &Way) -> Result<User, ApiError> {
    if let Some(token) = &way.token {
        return application.adopt(token.expose_secret()).await;
    }
    let mut accounts = application.accounts_with_token().await?;
    match (accounts.pop(), accounts.as_slice()) {
        (Some(only), []) => Ok(only),
        (None, _) => Err(no_token()),
        (Some(last), others) => {
            let names: Vec<_> = others.iter().chain([&last]).map(|user| user.username.as_str()).collect();
            Err(ApiError::new(
                ErrorCode::InvalidRequest,
                format!(
                    "Tokens of several accounts are stored here ({}): set REAL_DEBRID_TOKEN to that of the one you mean.",
                    names.join(", ")
                ),
            ))
        }
    }
}

/// Nobody said whose library is meant.
pub(super) fn no_token() -> ApiError {
    ApiError::new(
        ErrorCode::TokenRefused,
        "No Real-Debrid token is stored here: copy yours from real-debrid.com/apitoken and set REAL_DEBRID_TOKEN to it.",
    )
}

/// Shows a run until it has ended. A signal cancels it, if it is worked on here; a second one does not wait for that.
async fn follow(
    application: &Application,
    user: i64,
    display: &mut Display,
    interrupts: &mut Interrupts,
) -> Result<Ended, ApiError> {
    let clock = application.clock().clone();
    let mut subscription = application.subscribe(user).await?;
    let mut status = application.sync_status(user).await?;
    let mut signal = None;
    while matches!(status.status, State::Running | State::Paused) {
        display.show(&status, &clock);
        tokio::select! {
            next = subscription.next() => status = next.unwrap_or(status),
            () = clock.sleep(GLANCE) => {}
            code = interrupts.next() => {
                let is_here = tokio::select! {
                    is_here = application.syncs_here(user) => is_here?,
                    code = interrupts.next() => return Ok(Ended::Left(code)),
                };
                if !is_here {
                    status = application.sync_status(user).await?;
                    if matches!(status.status, State::Running | State::Paused) {
                        display.say("The sync goes on without this: it is a server's, or left to the next.");
                        return Ok(Ended::Left(code));
                    }
                    continue;
                }
                signal = Some(code);
                display.say("Stopping; once more leaves at once.");
                tokio::select! {
                    cancelled = application.act_on_sync(user, Action::Cancel) => status = match cancelled {
                        // It has ended by itself in the same moment.
                        Err(error) if error.code == ErrorCode::NotInThisState => application.sync_status(user).await?,
                        cancelled => cancelled?,
                    },
                    code = interrupts.next() => return Ok(Ended::Left(code)),
                }
            }
        }
    }
    let result = result(application, user, &status).await?;
    Ok(Ended::Run(Box::new(Run { status, result, signal })))
}

/// The result of the run that `status` is the last of.
async fn result(application: &Application, user: i64, status: &SyncStatus) -> Result<SyncResult, ApiError> {
    let run = application.runs(user, None, 1).await?.runs.pop().ok_or_else(|| {
        ApiError::new(ErrorCode::Internal, "The run is not in the database any more: start the sync again.")
    })?;
    let mut result = run.result;
    // On a full disk the end of a run can be shown and not be stored.
    if let Some(error) = &status.error
        && !result.errors.contains(error)
    {
        result.errors.push(error.clone());
    }
    Ok(result)
}
