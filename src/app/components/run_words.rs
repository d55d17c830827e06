//! What is said of a run that was.

use crate::domain::{RunState, StartedBy, SyncRun, units::duration};

/// The look of the badge, and its word.
pub const fn outcome(state: RunState) -> (&'static str, &'static str) {
    match state {
        RunState::Running => ("busy", "Running"),
        RunState::Paused => ("busy", "Paused"),
        RunState::Completed => ("good", "Completed"),
        RunState::Cancelled => ("plain", "Cancelled"),
        RunState::Error => ("bad", "Failed"),
    }
}

/// What came of it, in the words it ended with.
pub fn sentence(run: &SyncRun) -> String {
    match (run.status, &run.error) {
        (RunState::Running, _) => "It is running now.".to_owned(),
        (RunState::Paused, _) => "It is paused and can be resumed.".to_owned(),
        (_, Some(error)) => error.clone(),
        (_, None) => run.summary.clone(),
    }
}

/// Who asked for it; none where that was not noted.
pub fn by_whom(run: &SyncRun) -> Option<&'static str> {
    run.started_by.map(|by| match by {
        StartedBy::User => "by hand",
        StartedBy::Schedule => "automatic",
    })
}

/// How long it took, or has taken so far.
pub fn took(run: &SyncRun) -> String {
    match run.result.duration {
        ..1_000 => "under 1 s".to_owned(),
        millis => duration(millis),
    }
}

/// The sentences about entries: without the one about the run itself, which stands last.
pub fn entry_errors(run: &SyncRun) -> &[String] {
    let all = run.result.errors.as_slice();
    &all[..all.len().saturating_sub(usize::from(run.error.is_some()))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Mode, SyncResult, Timestamp};

    fn failed() -> SyncRun {
        let moment = Timestamp::from_millis(0);
        SyncRun {
            id: "7".to_owned(),
            mode: Mode::Full,
            started_by: None,
            status: RunState::Error,
            started: moment,
            ended: Some(moment),
            requests: 3,
            files_failed: 1,
            held_deletions: 0,
            summary: "The sync stopped before its end.".to_owned(),
            error: Some("Real-Debrid cannot be reached.".to_owned()),
            result: SyncResult {
                success: false,
                files_processed: 0,
                files_added: 0,
                files_updated: 0,
                files_deleted: 0,
                duplicates_found: 0,
                errors: vec!["One entry.".to_owned(), "Real-Debrid cannot be reached.".to_owned()],
                duration: 999,
                timestamp: moment,
            },
        }
    }

    #[test]
    fn e6_a_failed_run_says_why_and_names_its_entries_apart() {
        let run = failed();
        assert_eq!(sentence(&run), "Real-Debrid cannot be reached.");
        assert_eq!(entry_errors(&run), ["One entry."]);
        let completed = SyncRun { status: RunState::Completed, error: None, ..run };
        assert_eq!(sentence(&completed), "The sync stopped before its end.");
        assert_eq!(entry_errors(&completed).len(), 2);
    }

    #[test]
    fn who_asked_is_said_only_where_it_is_known() {
        let run = failed();
        assert_eq!((by_whom(&run), took(&run).as_str()), (None, "under 1 s"));
        let automatic = SyncRun { started_by: Some(StartedBy::Schedule), ..run };
        assert_eq!(by_whom(&automatic), Some("automatic"));
    }
}
