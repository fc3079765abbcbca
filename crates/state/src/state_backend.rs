//! Where the state is stored, behind one interface.

use std::time::Duration;

use ajo_limits::LimitsState;

use crate::protocol::LeaseHolder;
use crate::{FileState, SharedState, StateError, StateLock, StateScope, StoredState};

/// The state in a file or in a bucket.
#[derive(Clone, Debug)]
pub enum StateBackend {
    File(FileState),
    Shared(SharedState),
}

impl StateBackend {
    /// Reads the state and the journals without the lock.
    ///
    /// # Errors
    ///
    /// They cannot be read, or belong to another organization.
    pub async fn read(&self, scope: &StateScope) -> Result<StoredState, StateError> {
        let stored = match self {
            Self::File(file) => file.read(scope)?,
            Self::Shared(shared) => shared.read(scope).await?,
        };
        self.check_organization(&stored, scope)?;
        Ok(stored)
    }

    /// Takes the lock of the sandbox. Takes that of the organization's throttling too if `throttling` is set, because the command
    /// changes it, or if an apply of this sandbox has changed it. Waits for another holder at most for `timeout`.
    ///
    /// # Errors
    ///
    /// Another process holds the lock, or the state cannot be read or belongs to another organization.
    pub async fn lock(
        &self,
        scope: &StateScope,
        throttling: bool,
        holder: LeaseHolder,
        timeout: Duration,
    ) -> Result<StateLock, StateError> {
        let lock = match self {
            Self::File(file) => StateLock::File(file.lock(scope, holder, timeout).await?),
            Self::Shared(shared) => StateLock::Shared(Box::pin(shared.lock(scope, throttling, holder, timeout)).await?),
        };
        if let Err(error) = self.check_organization(lock.stored(), scope) {
            lock.release().await;
            return Err(error);
        }
        Ok(lock)
    }

    fn check_organization(&self, stored: &StoredState, scope: &StateScope) -> Result<(), StateError> {
        self.check_state(&stored.state, &scope.organization)
    }

    /// Fails if the state belongs to another organization.
    pub(crate) fn check_state(&self, state: &LimitsState, organization: &str) -> Result<(), StateError> {
        state
            .check_organization(organization)
            .map_err(|error| StateError::Organization { location: self.location(), error })
    }

    /// The path or the URL, for messages.
    pub fn location(&self) -> String {
        match self {
            Self::File(file) => file.path().display().to_string(),
            Self::Shared(shared) => shared.location(),
        }
    }
}
