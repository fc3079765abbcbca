//! Reads and locks the state in a file.

use std::path::Path;
use std::time::Duration;

use ajo_limits::{JournalHeader, LimitsState};

use super::{FileLock, FileLockError, JournalFile, StateFile};
use crate::protocol::LeaseHolder;
use crate::{JournalHandling, StateError, StateScope, StoredState};

/// State in a file.
#[derive(Clone, Debug)]
pub struct FileState {
    file: StateFile,
}

/// The lock of a state file.
#[derive(Debug)]
pub struct LockedFile {
    file: StateFile,
    scope: StateScope,
    _lock: FileLock,
    pub(crate) stored: StoredState,
}

impl FileState {
    pub const fn new(file: StateFile) -> Self {
        Self { file }
    }

    /// The path of the state file.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    pub(crate) fn read(&self, scope: &StateScope) -> Result<StoredState, StateError> {
        let journal = JournalFile::load(&JournalFile::path_for(self.path(), scope.sandbox.as_str()))?;
        Ok(StoredState { state: self.file.load()?, journals: journal.into_iter().collect(), holder: None })
    }

    pub(crate) async fn lock(
        &self,
        scope: &StateScope,
        holder: LeaseHolder,
        timeout: Duration,
    ) -> Result<LockedFile, StateError> {
        let lock = FileLock::acquire(&FileLock::path_for(self.path()), holder, timeout).await;
        let lock = lock.map_err(|error| match error {
            FileLockError::Held { holder } => StateError::Held { holder, lease: None },
            FileLockError::File(error) => error.into(),
        })?;
        Ok(LockedFile { file: self.file.clone(), scope: scope.clone(), _lock: lock, stored: self.read(scope)? })
    }
}

impl LockedFile {
    pub(crate) fn save(&self, state: &LimitsState, handling: JournalHandling) -> Result<(), StateError> {
        let sandbox = self.scope.sandbox.as_str();
        self.file.save(state)?;
        let journal = JournalFile::path_for(self.file.path(), sandbox);
        if journal.exists() {
            JournalFile::mark_reconciled(&journal, state.sandbox_digest(sandbox))?;
            if handling == JournalHandling::Close {
                JournalFile::remove(&journal)?;
            }
        }
        Ok(())
    }

    pub(crate) fn start_journal(&self, header: JournalHeader) -> Result<JournalFile, StateError> {
        Ok(JournalFile::create(&JournalFile::path_for(self.file.path(), self.scope.sandbox.as_str()), header)?)
    }
}
