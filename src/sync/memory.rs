//! What a run remembers of the stored library while it reads the lists.
//!
//! It is read once, when a list turns out to need reading, while the first page travels. From then on the run notes what
//! it stores itself, since nothing else writes entries of an account while a run of it lives.

use super::SyncError;
use crate::store::{Known, Store, StoreError};
use tokio_util::task::AbortOnDropHandle;

/// The stored library as a run knows it.
#[derive(Debug, Default)]
pub struct Memory(State);

#[derive(Debug, Default)]
enum State {
    #[default]
    Blank,
    Coming(AbortOnDropHandle<Result<Known, StoreError>>),
    Here(Known),
}

impl Memory {
    /// Sends for what is stored, unless that has been done.
    pub(super) fn prepare(&mut self, store: &Store, user: i64) {
        if matches!(self.0, State::Blank) {
            let store = store.clone();
            self.0 = State::Coming(AbortOnDropHandle::new(tokio::spawn(async move { store.known(user).await })));
        }
    }

    /// Waits for what was sent for.
    ///
    /// # Errors
    /// When the database fails; it can be sent for again then.
    pub(super) async fn arrive(&mut self) -> Result<(), StoreError> {
        if let State::Coming(coming) = &mut self.0 {
            // A task that panicked leaves nothing, which is a defect to whoever asks.
            match coming.await {
                Ok(Ok(known)) => self.0 = State::Here(known),
                Ok(Err(error)) => {
                    self.0 = State::Blank;
                    return Err(error);
                }
                Err(_) => self.0 = State::Blank,
            }
        }
        Ok(())
    }

    /// What is stored, once it has arrived. An entry is planned once in a reading, so what was noted counts from the next
    /// [`Memory::begin_reading`] on.
    pub(super) fn known(&mut self) -> Result<&mut Known, SyncError> {
        match &mut self.0 {
            State::Here(known) => Ok(known),
            State::Blank | State::Coming(_) => Err(SyncError::Defect),
        }
    }

    /// A list is read from its start: what was stored until now may be on it again.
    pub(super) fn begin_reading(&mut self) -> Result<(), SyncError> {
        self.known()?.settle();
        Ok(())
    }
}
