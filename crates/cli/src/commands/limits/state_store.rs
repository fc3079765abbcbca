//! Where the state of limits files is, and which paths are relative to it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ajo_limits::{DesiredLimits, LimitsState, StateLocation};
use ajo_state::{
    FileState, JournalHandling, MemoryBucket, SharedState, StateBackend, StateFile, StateLock, StateScope, StoredState,
};

use super::input::LimitsInput;
use super::lock_holder::lock_holder;
use crate::arguments::GlobalSettings;
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::progress_bar::Activity;
use crate::read_access;
use crate::safe_text::safe;
use crate::secret_check::check_no_secret;
use crate::session::{Setting, SettingsReader};
use crate::shell_quote::shell_quote;

/// The longest lease time in seconds. A waiter takes over after this time at the latest.
const MAX_LEASE_SECONDS: u64 = 3600;

/// The backend of the state.
pub(crate) struct StateStore {
    pub(crate) backend: StateBackend,
    /// The paths of limits files in the state are relative to this directory.
    directory: PathBuf,
    /// Whether the state disappears with this process.
    in_memory: bool,
}

impl StateStore {
    /// Locates the state: the given location, or `AJO_STATE`, or the one that the limits files name, or `ajo.state.json` next to the first
    /// limits file.
    pub(crate) fn locate(
        settings: &GlobalSettings,
        location: Option<&StateLocation>,
        files: &[PathBuf],
        in_files: Option<&StateLocation>,
    ) -> Result<Self, CommandError> {
        let first = files.iter().find(|file| file.as_path() != Path::new("-"));
        let directory = first.and_then(|file| file.parent()).unwrap_or(Path::new(""));
        // The emulator in this process must not touch the state of the real service.
        if settings.emulator {
            return Ok(Self { backend: memory_state(), directory: directory.to_owned(), in_memory: true });
        }
        let configured = match location {
            Some(location) => Some(location.clone()),
            None => location_from_environment()?,
        };
        // The settings may name any file, limits files only one that may be read.
        let is_configured = configured.is_some();
        let default = || StateLocation::File(directory.join("ajo.state.json"));
        match configured.or_else(|| in_files.cloned()).unwrap_or_else(default) {
            StateLocation::File(path) => {
                if !is_configured {
                    read_access::check_file(&path).map_err(|error| CommandError::new(error.to_string()))?;
                }
                Self::in_file(&path)
            }
            StateLocation::Bucket(url) if !is_configured && read_access::is_restricted() => {
                let problem =
                    format!("a limits file names the bucket {url}, which `ajo mcp` reads only if the settings name it");
                Err(CommandError::new(problem).with_hint("start the server with AJO_STATE set to this bucket"))
            }
            StateLocation::Bucket(url) => {
                let directory = repository_root(directory).unwrap_or_else(|| directory.to_owned());
                let shared = SharedState::new(open_bucket(&url)?).with_lease_time(lease_time()?);
                Ok(Self { backend: StateBackend::Shared(shared), directory, in_memory: false })
            }
        }
    }

    fn in_file(path: &Path) -> Result<Self, CommandError> {
        // Lock and journal are next to the target of a symlink, so that two links to one state share them.
        let path = ajo_state::resolve_links(path);
        // `a` and `a.json` would share a lock and a journal.
        if path.extension().is_none_or(|extension| extension != "json") {
            let error = CommandError::new(format!("the name of the state file `{}` must end in .json", path.display()));
            return Err(error.with_exit_status(ExitStatus::Usage));
        }
        let directory = path.parent().unwrap_or(Path::new("")).to_owned();
        Ok(Self { backend: StateBackend::File(FileState::new(StateFile::new(path))), directory, in_memory: false })
    }

    /// The directory that paths of limits files are relative to.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// The directory that paths of limits files are relative to, as an absolute path.
    pub(crate) fn absolute_directory(&self) -> Result<PathBuf, CommandError> {
        absolute(&self.directory)
    }

    /// The path of a limits file as the state records it.
    pub(crate) fn recorded_path(&self, file: &Path) -> Result<String, CommandError> {
        relative_path(&self.directory, file)
    }

    /// Whether the state is in a file.
    pub(crate) const fn is_file(&self) -> bool {
        matches!(self.backend, StateBackend::File(_))
    }

    /// The desired limits with the paths of their files relative to [`directory`](Self::directory), as the state records them.
    /// Limits of an earlier plan have such paths already.
    pub(crate) fn localize(&self, input: &LimitsInput, desired: &DesiredLimits) -> Result<DesiredLimits, CommandError> {
        let mut desired = desired.clone();
        if input.files.is_empty() {
            return Ok(desired);
        }
        let mut localized = BTreeMap::new();
        for file in &mut desired.files {
            let path = if file == "-" { file.clone() } else { relative_path(&self.directory, Path::new(file))? };
            localized.insert(std::mem::replace(file, path.clone()), path);
        }
        for config in &mut desired.configs {
            config.file = config.file.take().map(|file| localized.get(&file).cloned().unwrap_or(file));
        }
        Ok(desired)
    }

    /// The path of a limits file for a journal: absolute for a state file; for a bucket, one that another machine can find.
    pub(crate) fn journal_path(&self, file: &str) -> Result<String, CommandError> {
        match &self.backend {
            StateBackend::Shared(_) => relative_path(&self.directory, Path::new(file)),
            StateBackend::File(_) => std::path::absolute(file)
                .map(|path| path.display().to_string())
                .map_err(|error| CommandError::new(format!("failed to find the current directory: {error}"))),
        }
    }

    /// The limits file that a journal names.
    pub(crate) fn find_journal_file(&self, file: &str) -> PathBuf {
        self.directory.join(file)
    }

    /// The location for reports. `None` for the in-process emulator.
    pub(crate) fn display_location(&self) -> Option<String> {
        (!self.in_memory).then(|| self.backend.location())
    }

    /// Reads the state and the journals without the lock.
    pub(crate) async fn read(&self, scope: &StateScope) -> Result<StoredState, CommandError> {
        let _activity = Activity::start("reading the state");
        Ok(self.backend.read(scope).await?)
    }

    /// Takes the lock for a command that changes the limits of this sandbox. Waits for at most `timeout_s` seconds.
    pub(crate) async fn lock(
        &self,
        scope: &StateScope,
        desired: &DesiredLimits,
        timeout_s: u64,
    ) -> Result<StateLock, CommandError> {
        let _activity = Activity::start(safe!("waiting for the lock of {}", self.backend.location()));
        Ok(self.backend.lock(scope, desired.has_throttling(), lock_holder()?, Duration::from_secs(timeout_s)).await?)
    }

    /// The command that resumes an apply.
    pub(crate) fn resume_command(&self, sandbox: &str) -> String {
        let location = self.backend.location();
        format!("ajo apply --resume --sandbox {sandbox} --state {}", shell_quote(Path::new(&location)))
    }
}

/// State that needs no directory: a container may have no writable one.
pub(crate) fn memory_state() -> StateBackend {
    StateBackend::Shared(SharedState::new(Arc::new(MemoryBucket::default())))
}

/// Saves the state, unless it contains a known secret. It includes the results of all journals.
pub(crate) async fn save_state(
    lock: &StateLock,
    state: &LimitsState,
    handling: JournalHandling,
) -> Result<(), CommandError> {
    check_no_secret("the state", state)?;
    let _activity = Activity::start("saving the state");
    Ok(lock.save(state, handling).await?)
}

/// Does `work` while the lock is held, and releases it. The work is abandoned if the lock is lost: it must not send requests that
/// change something.
pub(crate) async fn with_lock<T>(
    lock: StateLock,
    work: impl AsyncFnOnce(&StateLock) -> Result<T, CommandError>,
) -> Result<T, CommandError> {
    let result = tokio::select! {
        result = work(&lock) => result,
        error = lock.keep() => Err(error.into()),
    };
    lock.release().await;
    result
}

/// The value of `AJO_STATE`.
fn location_from_environment() -> Result<Option<StateLocation>, CommandError> {
    let Some(found) = SettingsReader::variables().get(Setting::State)? else { return Ok(None) };
    let invalid = |error| CommandError::new(format!("{}: {error}", found.source)).into_usage_error();
    found.value.parse().map(Some).map_err(|error: ajo_limits::StateLocationError| invalid(error))
}

/// The value of `AJO_LEASE_SECONDS`.
fn lease_time() -> Result<Duration, CommandError> {
    let Some(found) = SettingsReader::variables().get(Setting::LeaseTime)? else {
        return Ok(ajo_state::DEFAULT_LEASE_TIME);
    };
    let seconds = found.value.parse().ok().filter(|seconds| (1..=MAX_LEASE_SECONDS).contains(seconds));
    seconds.map(Duration::from_secs).ok_or_else(|| {
        CommandError::new(format!("{} must be a number from 1 to {MAX_LEASE_SECONDS}", found.source)).into_usage_error()
    })
}

#[cfg(feature = "bucket")]
fn open_bucket(url: &ajo_limits::BucketUrl) -> Result<Arc<dyn ajo_state::Bucket>, CommandError> {
    let bucket = ajo_state::CloudBucket::from_env(url).map_err(ajo_state::StateError::from)?;
    Ok(Arc::new(bucket))
}

#[cfg(not(feature = "bucket"))]
fn open_bucket(url: &ajo_limits::BucketUrl) -> Result<Arc<dyn ajo_state::Bucket>, CommandError> {
    Err(CommandError::new(format!("this ajo was built without support for buckets, so it cannot use {url}"))
        .with_hint("build it with the feature `bucket`, or use a state file")
        .into_usage_error())
}

/// The nearest directory with `.git`, upwards from `directory`.
pub(crate) fn repository_root(directory: &Path) -> Option<PathBuf> {
    let directory =
        std::path::absolute(if directory.as_os_str().is_empty() { Path::new(".") } else { directory }).ok()?;
    directory.ancestors().find(|ancestor| ancestor.join(".git").exists()).map(Path::to_owned)
}

/// The path of a file relative to a directory, with slashes on all platforms.
fn relative_path(directory: &Path, file: &Path) -> Result<String, CommandError> {
    Ok(ajo_limits::relative_path(&absolute(directory)?, &absolute(file)?))
}

/// The absolute path; an empty one is the current directory.
fn absolute(path: &Path) -> Result<PathBuf, CommandError> {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    std::path::absolute(path)
        .map_err(|error| CommandError::new(format!("failed to find the current directory: {error}")))
}
