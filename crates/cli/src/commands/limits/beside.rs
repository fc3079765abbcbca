//! What is kept beside limits files: the ledger, the journal of an apply, and the lock that keeps two of them apart.

use std::path::{Path, PathBuf};

use ajo_apply::{JournalFile, LedgerFile, Running};
use ajo_plan::{Journal, Ledger, Observed};
use tempfile::TempDir;

use crate::arguments::Settings;
use crate::exit::Exit;
use crate::failure::Failure;

/// The files beside limits files.
pub(crate) struct Beside {
    pub(crate) ledger: LedgerFile,
    /// Those of a fresh emulator end with it: what it is told must not reach the ledger of the service.
    _temporary: Option<TempDir>,
}

impl Beside {
    /// Those that are named, or beside the first of these files, or in the current directory.
    pub(crate) fn of(settings: &Settings, ledger: Option<&Path>, files: &[PathBuf]) -> Result<Self, Failure> {
        if settings.emulator {
            let directory =
                tempfile::tempdir().map_err(|error| Failure::new(format!("failed to make a directory: {error}")))?;
            let ledger = LedgerFile::at(directory.path().join("ajo.lock"));
            return Ok(Self { ledger, _temporary: Some(directory) });
        }
        let first = files.iter().find(|file| file.as_path() != Path::new("-"));
        let beside = || first.and_then(|file| file.parent()).unwrap_or(Path::new("")).join("ajo.lock");
        let path = ledger.map_or_else(beside, Path::to_owned);
        Ok(Self { ledger: LedgerFile::at(path), _temporary: None })
    }

    pub(crate) fn journal(&self) -> PathBuf {
        self.ledger.path().with_extension("journal")
    }

    pub(crate) fn running(&self) -> PathBuf {
        Running::path_for(self.ledger.path())
    }

    /// The ledger, which must be of this organization.
    pub(crate) fn load_ledger(&self, organization: &str) -> Result<Ledger, Failure> {
        let ledger = self.ledger.load()?;
        ledger.check_organization(organization).map_err(|error| {
            Failure::new(format!("{} cannot be used: {error}", self.ledger.path().display()))
                .hint("use the credential of that organization, or another ledger with --ledger")
                .with_exit(Exit::Refused)
        })?;
        Ok(ledger)
    }

    /// What an apply that was cut off has left.
    pub(crate) fn load_journal(&self) -> Result<Option<Journal>, Failure> {
        Ok(JournalFile::load(&self.journal())?)
    }

    /// The ledger as it is with what an apply did that was cut off. Only in memory.
    pub(crate) fn settled(
        &self,
        organization: &str,
        observed: &Observed,
        sandbox: &ajo_core::Sandbox,
    ) -> Result<(Ledger, Option<String>), Failure> {
        let mut ledger = self.load_ledger(organization)?;
        let Some(journal) = self.load_journal()? else { return Ok((ledger, None)) };
        if journal.header.plan.sandbox != sandbox.as_str() || journal.header.organization != organization {
            return Ok((ledger, None));
        }
        journal.settle(observed, &mut ledger, sandbox);
        let note = format!(
            "an apply that began at {} did not finish; what it did is taken into account, and `ajo apply --resume` goes on with it",
            journal.header.began
        );
        Ok((ledger, Some(note)))
    }
}
