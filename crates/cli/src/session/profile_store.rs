//! The directory of profiles: one file per profile, readable only by its owner.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use ajo_auth::{PrivacyProblem, Secret, SymlinkPolicy, create_private_directory, open_regular_file, read_bounded_file};

use super::dirs;
use super::profile::{Profile, ProfileName};
use crate::command_error::CommandError;

/// The file in the settings directory with the name of the profile that `ajo auth switch` chose.
const CHOICE_FILE: &str = "selected-profile";

/// Maximum file size in bytes. A profile is below 1 KB.
const MAX_PROFILE_BYTES: usize = 64 * 1024;

/// The least similarity of a name that an error suggests.
const MIN_SIMILARITY: f64 = 0.8;

/// All profiles of this user.
pub(crate) struct ProfileStore {
    directory: PathBuf,
    /// The file with the name of the chosen profile.
    choice: PathBuf,
}

impl ProfileStore {
    pub(crate) fn open() -> Result<Self, CommandError> {
        let settings = dirs::config_directory()?;
        Ok(Self { directory: settings.join("profiles"), choice: settings.join(CHOICE_FILE) })
    }

    pub(crate) fn path(&self, name: &ProfileName) -> PathBuf {
        self.directory.join(format!("{name}.json"))
    }

    /// The names of all profiles, sorted. An unreadable directory counts as empty.
    pub(crate) fn names(&self) -> Vec<ProfileName> {
        let entries = fs::read_dir(&self.directory).into_iter().flatten().flatten();
        let mut names: Vec<ProfileName> =
            entries.filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".json")?.parse().ok()).collect();
        names.sort();
        names
    }

    /// The profile in use if no flag or variable names one: the one that `ajo auth switch` chose, or else `default`.
    pub(crate) fn chosen_name(&self) -> Result<ProfileName, CommandError> {
        let failed = |problem: String| {
            CommandError::new(format!("failed to read the chosen profile in {}: {problem}", self.choice.display()))
                .with_hint("choose a profile with `ajo auth switch`")
                .into_authentication_error()
        };
        let file = match open_regular_file(&self.choice, OpenOptions::new().read(true), SymlinkPolicy::Reject) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(ProfileName::default()),
            opened => opened.map_err(|error| failed(error.to_string()))?,
        };
        let text = read_bounded_file(&file, MAX_PROFILE_BYTES).map_err(|error| failed(error.to_string()))?;
        text.trim().parse().map_err(|error: CommandError| failed(error.message))
    }

    /// Chooses a profile for commands without `--profile` and `AJO_PROFILE`. The write is atomic.
    pub(crate) fn choose(&self, name: &ProfileName) -> Result<(), CommandError> {
        let written = write_private_file(&self.choice, &format!("{name}\n"));
        written.map_err(|error| CommandError::new(format!("failed to write {}: {error}", self.choice.display())))
    }

    /// Loads a profile, if it exists.
    pub(crate) fn load(&self, name: &ProfileName) -> Result<Option<Profile>, CommandError> {
        let path = self.path(name);
        let failed = |problem: String| {
            CommandError::new(format!("failed to read profile {name} in {}: {problem}", path.display()))
                .into_authentication_error()
        };
        let file = match open_regular_file(&path, OpenOptions::new().read(true), SymlinkPolicy::Reject) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(|error| failed(error.to_string()))?,
        };
        let metadata = file.metadata().map_err(|error| failed(error.to_string()))?;
        if let Some(problem) = PrivacyProblem::find_file_problem(&metadata) {
            let hint = match problem {
                PrivacyProblem::SharedMode { .. } => format!("run `chmod 600 {}`", path.display()),
                PrivacyProblem::OtherOwner { .. } => "remove it and log in again with `ajo auth login`".to_owned(),
            };
            return Err(failed(problem.to_string()).with_hint(hint));
        }
        let text =
            read_bounded_file(&file, MAX_PROFILE_BYTES).map(Secret::new).map_err(|error| failed(error.to_string()))?;
        Profile::from_json(name.clone(), &text)
            .map(Some)
            .map_err(|problem| failed(problem).with_hint("log in again with `ajo auth login`"))
    }

    /// Loads a profile; fails if it does not exist.
    pub(crate) fn get(&self, name: &ProfileName) -> Result<Profile, CommandError> {
        self.load(name)?.ok_or_else(|| self.not_found_error(name))
    }

    /// The error for a missing profile. It lists the existing ones.
    pub(crate) fn not_found_error(&self, name: &ProfileName) -> CommandError {
        let names = self.names();
        if names.is_empty() {
            return CommandError::new(format!("profile {name} not found; there are no profiles"))
                .with_hint("create one with `ajo auth login`")
                .into_authentication_error();
        }
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let similar = names.iter().max_by(|a, b| similarity(name, a).total_cmp(&similarity(name, b)));
        let hint = match similar.filter(|other| similarity(name, other) > MIN_SIMILARITY) {
            Some(other) => format!("did you mean {other}? `ajo auth list` shows all profiles"),
            None => "choose one with --profile, AJO_PROFILE, or `ajo auth switch`".to_owned(),
        };
        CommandError::new(format!("profile {name} not found; available profiles: {}", names.join(", ")))
            .with_hint(hint)
            .into_authentication_error()
    }

    /// Saves a profile and replaces one with the same name. The write is atomic.
    pub(crate) fn save(&self, profile: &Profile) -> Result<(), CommandError> {
        let path = self.path(&profile.name);
        write_private_file(&path, profile.to_json().expose())
            .map_err(|error| CommandError::new(format!("failed to store the profile in {}: {error}", path.display())))
    }

    /// Removes a profile. If it was the chosen one, `default` is in use again. Returns whether it was.
    pub(crate) fn remove(&self, name: &ProfileName) -> Result<bool, CommandError> {
        let remove = |path: &Path| {
            fs::remove_file(path)
                .map_err(|error| CommandError::new(format!("failed to remove {}: {error}", path.display())))
        };
        remove(&self.path(name))?;
        let is_chosen = self.choice.exists() && self.chosen_name().is_ok_and(|chosen| chosen == *name);
        if is_chosen {
            remove(&self.choice)?;
        }
        Ok(is_chosen)
    }
}

/// How similar a name is to the one of a profile, from 0 to 1.
fn similarity(name: &ProfileName, other: &str) -> f64 {
    strsim::jaro_winkler(&name.to_string(), other)
}

fn write_private_file(path: &Path, text: &str) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new(""));
    create_private_directory(directory)?;
    // It may exist already, created by another program with other permissions.
    #[cfg(unix)]
    fs::set_permissions(directory, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    // Created with mode 0600 and removed again if anything below fails.
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

/// The name of the profile in use if no flag or variable names one. Without a directory for profiles, it is `default`.
pub(crate) fn chosen_profile_name() -> Result<ProfileName, CommandError> {
    ProfileStore::open().map_or_else(|_| Ok(ProfileName::default()), |profiles| profiles.chosen_name())
}
