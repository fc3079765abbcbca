//! Reads and locks the state in a file.

use std::path::Path;
use std::time::Duration;

use ajo_limits::{Journal, JournalHeader, LimitsState};

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

    pub(crate) fn load(&self) -> Result<LimitsState, StateError> {
        Ok(self.file.load()?)
    }

    /// The state and the journals of all sandboxes.
    pub(crate) fn load_all(&self) -> Result<(LimitsState, Vec<Journal>), StateError> {
        let mut journals = Vec::new();
        for sandbox in JournalFile::list_sandboxes(self.path())? {
            journals.extend(JournalFile::load(&JournalFile::path_for(self.path(), &sandbox))?);
        }
        Ok((self.load()?, journals))
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
        self.mark_saved(sandbox, state, handling)
    }

    /// Writes the state, which replaces the results of the journals of all sandboxes.
    pub(crate) fn save_all(&self, state: &LimitsState, handling: JournalHandling) -> Result<(), StateError> {
        self.file.save(state)?;
        for sandbox in JournalFile::list_sandboxes(self.file.path())? {
            self.mark_saved(&sandbox, state, handling)?;
        }
        Ok(())
    }

    fn mark_saved(&self, sandbox: &str, state: &LimitsState, handling: JournalHandling) -> Result<(), StateError> {
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
