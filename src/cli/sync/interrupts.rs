//! Ctrl-C and the polite request to end, each with its exit code.

/// The exit code after Ctrl-C.
const INTERRUPTED: u8 = 130;

/// Signals from the moment it is made.
pub(super) struct Interrupts {
    #[cfg(unix)]
    signals: Option<(tokio::signal::unix::Signal, tokio::signal::unix::Signal)>,
}

#[cfg(unix)]
impl Interrupts {
    pub(super) fn new() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let signals = signal(SignalKind::interrupt()).and_then(|one| Ok((one, signal(SignalKind::terminate())?)));
        Self { signals: signals.ok() }
    }

    /// The exit code that the next signal asks for.
    pub(super) async fn next(&mut self) -> u8 {
        /// The exit code after SIGTERM.
        const TERMINATED: u8 = 143;
        match &mut self.signals {
            Some((interrupt, terminate)) => tokio::select! {
                _ = interrupt.recv() => INTERRUPTED,
                _ = terminate.recv() => TERMINATED,
            },
            // Without handlers the system ends the process by itself.
            None => std::future::pending().await,
        }
    }
}

#[cfg(not(unix))]
impl Interrupts {
    pub(super) fn new() -> Self {
        Self {}
    }

    pub(super) async fn next(&mut self) -> u8 {
        let _ = tokio::signal::ctrl_c().await;
        INTERRUPTED
    }
}
