//! The files next to limits files: the state, the journal of an apply, and the lock against concurrent applies.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use ajo_core::SandboxName;
use ajo_limits::{DesiredLimits, Journal, LimitsState, ObservedLimits};
use ajo_state::{FileLock, JournalFile, StateFile};
use tempfile::TempDir;

use super::input::LimitsInput;
use super::sandbox_service::SandboxService;
use crate::arguments::GlobalSettings;
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::secret_check::check_no_secret;
use crate::shell_quote::shell_quote;

/// The state file, and the paths derived from it.
pub(crate) struct StatePaths {
    pub(crate) state_file: StateFile,
    /// Holds the files of the in-process emulator, which must not touch the state of the real service.
    temp_dir: Option<TempDir>,
}

/// The state, including the results of an interrupted apply.
pub(crate) struct ReconciledState {
    pub(crate) state: LimitsState,
    /// A note about the interrupted apply.
    pub(crate) note: Option<String>,
    /// The interrupted apply, if the state file does not contain its results yet.
    pub(crate) unsaved: Option<Journal>,
}

impl StatePaths {
    /// Locates the state file: the given path, or next to the first limits file, or in the current directory.
    pub(crate) fn locate(
        settings: &GlobalSettings,
        state: Option<&Path>,
        files: &[PathBuf],
    ) -> Result<Self, CommandError> {
        if settings.emulator {
            let directory = tempfile::tempdir()
                .map_err(|error| CommandError::new(format!("failed to create a temporary directory: {error}")))?;
            let state = StateFile::new(directory.path().join("ajo.state.json"));
            return Ok(Self { state_file: state, temp_dir: Some(directory) });
        }
        let first = files.iter().find(|file| file.as_path() != Path::new("-"));
        let default = || first.and_then(|file| file.parent()).unwrap_or(Path::new("")).join("ajo.state.json");
        // Lock and journal are next to the target of a symlink, so that two links to one state share them.
        let path = ajo_state::resolve_links(&state.map_or_else(default, Path::to_owned));
        // `a` and `a.json` would share a lock and a journal.
        if path.extension().is_none_or(|extension| extension != "json") {
            let error = CommandError::new(format!("the name of the state file `{}` must end in .json", path.display()));
            return Err(error.with_exit_status(ExitStatus::Usage));
        }
        Ok(Self { state_file: StateFile::new(path), temp_dir: None })
    }

    /// The desired limits with the paths of their files relative to the directory of the state file, as the state file records
    /// them. Limits of an earlier plan have such paths already.
    pub(crate) fn localize(&self, input: &LimitsInput, desired: &DesiredLimits) -> Result<DesiredLimits, CommandError> {
        let mut desired = desired.clone();
        if input.files.is_empty() {
            return Ok(desired);
        }
        let directory = self.state_file.path().parent().unwrap_or(Path::new(""));
        let mut localized = BTreeMap::new();
        for file in &mut desired.files {
            let path = if file == "-" { file.clone() } else { relative_path(directory, Path::new(file))? };
            localized.insert(std::mem::replace(file, path.clone()), path);
        }
        for config in &mut desired.configs {
            config.file = config.file.take().map(|file| localized.get(&file).cloned().unwrap_or(file));
        }
        Ok(desired)
    }

    /// The path of the state file for reports. `None` for the in-process emulator.
    pub(crate) fn display_path(&self) -> Option<String> {
        self.temp_dir.is_none().then(|| self.state_file.path().display().to_string())
    }

    pub(crate) fn journal_path(&self, sandbox: &str) -> PathBuf {
        JournalFile::path_for(self.state_file.path(), sandbox)
    }

    pub(crate) fn lock_path(&self) -> PathBuf {
        FileLock::path_for(self.state_file.path())
    }

    /// Loads the state. Fails if it belongs to another organization.
    pub(crate) fn load_state(&self, organization: &str) -> Result<LimitsState, CommandError> {
        let state = self.state_file.load().map_err(|error| {
            CommandError::from(error)
                .with_hint("restore it from git, or move it away and rebuild it with `ajo import FILES`")
        })?;
        state.check_organization(organization).map_err(|error| {
            CommandError::new(format!("failed to use {}: {error}", self.state_file.path().display()))
                .with_hint("use a credential of that organization, or another state file with --state")
                .with_exit_status(ExitStatus::Blocked)
        })?;
        Ok(state)
    }

    /// Loads the journal of an interrupted apply to this sandbox.
    pub(crate) fn load_journal(&self, sandbox: &str) -> Result<Option<Journal>, CommandError> {
        let path = self.journal_path(sandbox);
        JournalFile::load(&path).map_err(|error| {
            CommandError::from(error).with_hint(format!(
                "if {} cannot be repaired, remove it and run `ajo import` for the configurations it created",
                path.display()
            ))
        })
    }

    /// Reads the service and the state, and adds the results of an interrupted apply, in memory only.
    pub(crate) async fn observe(
        &self,
        service: &SandboxService,
        desired: &DesiredLimits,
    ) -> Result<(ObservedLimits, ReconciledState), CommandError> {
        let state = self.load_state(service.organization())?;
        let journal = self.load_journal(desired.sandbox.as_str())?;
        let observed = service.observe(desired, &state, journal.as_ref()).await?;
        let reconciled = self.reconcile(state, journal, service.organization(), &observed, &desired.sandbox)?;
        Ok((observed, reconciled))
    }

    fn reconcile(
        &self,
        mut state: LimitsState,
        journal: Option<Journal>,
        organization: &str,
        observed: &ObservedLimits,
        sandbox: &SandboxName,
    ) -> Result<ReconciledState, CommandError> {
        let Some(journal) = journal else {
            return Ok(ReconciledState { state, note: None, unsaved: None });
        };
        if journal.header.organization != organization {
            let problem = format!("an apply to organization {} did not complete", journal.header.organization);
            return Err(CommandError::new(problem)
                .with_hint(format!(
                    "resume it with a credential of that organization: {}",
                    self.resume_command(sandbox.as_str())
                ))
                .with_exit_status(ExitStatus::Blocked));
        }
        journal.reconcile(observed, &mut state, sandbox);
        let note = format!(
            "an apply started at {} did not complete; its results are included; resume it with `{}`",
            journal.header.started_at,
            self.resume_command(sandbox.as_str())
        );
        let unsaved = (!journal.is_reconciled()).then_some(journal);
        Ok(ReconciledState { state, note: Some(note), unsaved })
    }

    /// Saves the state, unless it contains a known secret.
    pub(crate) fn save_state(&self, state: &LimitsState) -> Result<(), CommandError> {
        check_no_secret("the state", state)?;
        Ok(self.state_file.save(state)?)
    }

    /// Saves a state that includes the results of an interrupted apply. The caller must hold the lock.
    pub(crate) fn save_reconciled(&self, state: &LimitsState, sandbox: &str) -> Result<(), CommandError> {
        self.save_state(state)?;
        let journal = self.journal_path(sandbox);
        if journal.exists() {
            JournalFile::mark_reconciled(&journal, state.sandbox_digest(sandbox))?;
        }
        Ok(())
    }

    /// The command that resumes an apply.
    pub(crate) fn resume_command(&self, sandbox: &str) -> String {
        format!("ajo apply --resume --sandbox {sandbox} --state {}", shell_quote(self.state_file.path()))
    }
}

/// The path of a file relative to a directory, with slashes on all platforms.
fn relative_path(directory: &Path, file: &Path) -> Result<String, CommandError> {
    let absolute = |path: &Path| {
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        let path = std::path::absolute(path)
            .map_err(|error| CommandError::new(format!("failed to find the current directory: {error}")))?;
        let mut parts = Vec::new();
        for part in path.components() {
            match part {
                Component::CurDir => {}
                Component::ParentDir => drop(parts.pop()),
                part => parts.push(part.as_os_str().to_string_lossy().into_owned()),
            }
        }
        Ok::<_, CommandError>(parts)
    };
    let (directory, file) = (absolute(directory)?, absolute(file)?);
    let shared = directory.iter().zip(&file).take_while(|(one, other)| one == other).count();
    let up = directory[shared..].iter().map(|_| "..");
    Ok(up.chain(file[shared..].iter().map(String::as_str)).collect::<Vec<_>>().join("/"))
}
