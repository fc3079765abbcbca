//! What is kept beside limits files: the ledger, the journal of an apply, and the lock that keeps two of them apart.

use std::path::{Path, PathBuf};

use ajo_apply::{JournalFile, LedgerFile, Running};
use ajo_core::Sandbox;
use ajo_limits::{Journal, Ledger, Observed};
use tempfile::TempDir;

use crate::arguments::Settings;
use crate::exit::Exit;
use crate::failure::Failure;

/// The files beside limits files.
pub(crate) struct Beside {
    pub(crate) ledger: LedgerFile,
    /// Those of a fresh emulator end with it: what it is told must not reach the ledger of the service.
    temporary: Option<TempDir>,
}

/// A ledger with what an apply did that was cut off, and what is to be said of that.
pub(crate) struct Settled {
    pub(crate) ledger: Ledger,
    pub(crate) note: Option<String>,
    /// Whether the ledger on the disk does not have it yet.
    pub(crate) behind: bool,
}

impl Beside {
    /// Those that are named, or beside the first of these files, or in the current directory.
    pub(crate) fn of(settings: &Settings, ledger: Option<&Path>, files: &[PathBuf]) -> Result<Self, Failure> {
        if settings.emulator {
            let directory =
                tempfile::tempdir().map_err(|error| Failure::new(format!("failed to make a directory: {error}")))?;
            let ledger = LedgerFile::at(directory.path().join("ajo.lock"));
            return Ok(Self { ledger, temporary: Some(directory) });
        }
        let first = files.iter().find(|file| file.as_path() != Path::new("-"));
        let beside = || first.and_then(|file| file.parent()).unwrap_or(Path::new("")).join("ajo.lock");
        // What is beside it is beside the file and not beside a link to it: two ways to one ledger share a lock.
        let path = ajo_apply::followed(&ledger.map_or_else(beside, Path::to_owned));
        Ok(Self { ledger: LedgerFile::at(path), temporary: None })
    }

    /// How the ledger is named; nothing for one that ends with its emulator.
    pub(crate) fn name(&self) -> Option<String> {
        self.temporary.is_none().then(|| self.ledger.path().display().to_string())
    }

    pub(crate) fn journal(&self, sandbox: &str) -> PathBuf {
        JournalFile::path_for(self.ledger.path(), sandbox)
    }

    pub(crate) fn running(&self) -> PathBuf {
        Running::path_for(self.ledger.path())
    }

    /// The ledger, which must be of this organization.
    pub(crate) fn load_ledger(&self, organization: &str) -> Result<Ledger, Failure> {
        let ledger = self.ledger.load().map_err(|error| {
            Failure::from(error).hint(
                "restore it from git; or move it away, and `ajo adopt FILES` makes it again from what the service has",
            )
        })?;
        ledger.check_organization(organization).map_err(|error| {
            Failure::new(format!("{} cannot be used: {error}", self.ledger.path().display()))
                .hint("use the credential of that organization, or another ledger with --ledger")
                .with_exit(Exit::Refused)
        })?;
        Ok(ledger)
    }

    /// What an apply to this sandbox has left that was cut off.
    pub(crate) fn load_journal(&self, sandbox: &str) -> Result<Option<Journal>, Failure> {
        let path = self.journal(sandbox);
        JournalFile::load(&path).map_err(|error| {
            Failure::from(error)
                .hint(format!("if {} cannot be mended, remove it, and `ajo adopt` what it had created", path.display()))
        })
    }

    /// The ledger as it is with what an apply did that was cut off. Only in memory.
    pub(crate) fn settled(
        &self,
        organization: &str,
        observed: &Observed,
        sandbox: &Sandbox,
    ) -> Result<Settled, Failure> {
        let mut ledger = self.load_ledger(organization)?;
        let Some(journal) = self.load_journal(sandbox.as_str())? else {
            return Ok(Settled { ledger, note: None, behind: false });
        };
        if journal.header.organization != organization {
            let problem = format!("an apply to organization {} did not finish here", journal.header.organization);
            return Err(Failure::new(problem)
                .hint(format!("finish it with its credential: {}", self.resume(sandbox.as_str())))
                .with_exit(Exit::Refused));
        }
        let behind = !journal.is_settled();
        journal.settle(observed, &mut ledger, sandbox);
        let note = format!(
            "an apply that began at {} did not finish; what it did is taken into account, and `{}` goes on with it",
            journal.header.began,
            self.resume(sandbox.as_str())
        );
        Ok(Settled { ledger, note: Some(note), behind })
    }

    /// Keeps a ledger in which an apply that was cut off is settled. To be done under the lock.
    pub(crate) fn keep(&self, ledger: &Ledger, sandbox: &str) -> Result<(), Failure> {
        self.ledger.save(ledger)?;
        let journal = self.journal(sandbox);
        if journal.exists() {
            JournalFile::note_settled(&journal, ledger.digest(sandbox))?;
        }
        Ok(())
    }

    /// The command that goes on with an apply.
    pub(crate) fn resume(&self, sandbox: &str) -> String {
        format!("ajo apply --resume --sandbox {sandbox} --ledger {}", quoted(self.ledger.path()))
    }
}

/// A path as a shell takes it.
pub(crate) fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "_./-+@:".contains(c);
    if path.chars().all(plain) { path } else { format!("'{}'", path.replace('\'', r"'\''")) }
}
