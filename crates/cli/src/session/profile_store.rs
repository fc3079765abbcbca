//! The directory of profiles: one file each, which only its owner can read.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use ajo_auth::{Secret, read_bounded_text};

use super::dirs;
use super::profile::{Profile, ProfileName};
use crate::failure::Failure;

/// Longest file read, in bytes. Chosen here; a profile is below 1 KB.
const MAX_LENGTH: usize = 64 * 1024;

/// All profiles of this user.
pub(crate) struct Profiles {
    directory: PathBuf,
}

impl Profiles {
    pub(crate) fn find() -> Result<Self, Failure> {
        Ok(Self { directory: dirs::config_directory()?.join("profiles") })
    }

    pub(crate) fn path(&self, name: &ProfileName) -> PathBuf {
        self.directory.join(format!("{name}.json"))
    }

    /// The names of all, in order. A directory that cannot be read has none.
    pub(crate) fn names(&self) -> Vec<ProfileName> {
        let entries = fs::read_dir(&self.directory).into_iter().flatten().flatten();
        let mut names: Vec<ProfileName> =
            entries.filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".json")?.parse().ok()).collect();
        names.sort();
        names
    }

    /// The profile of this name, if there is one.
    pub(crate) fn load(&self, name: &ProfileName) -> Result<Option<Profile>, Failure> {
        let path = self.path(name);
        let failed = |problem: String| {
            Failure::new(format!("failed to read profile {name} in {}: {problem}", path.display())).authentication()
        };
        let file = match File::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(|error| failed(error.to_string()))?,
        };
        if let Some(mode) = mode_for_others(&file).map_err(|error| failed(error.to_string()))? {
            return Err(failed(format!("others may use it (mode {mode:o})"))
                .hint(format!("run `chmod 600 {}`", path.display())));
        }
        let text = read_bounded_text(file, MAX_LENGTH).map(Secret::new).map_err(|error| failed(error.to_string()))?;
        Profile::from_json(name.clone(), &text)
            .map(Some)
            .map_err(|problem| failed(problem).hint("log in again with `ajo auth login`"))
    }

    /// The profile of this name; it is an error if there is none.
    pub(crate) fn get(&self, name: &ProfileName) -> Result<Profile, Failure> {
        self.load(name)?.ok_or_else(|| self.unknown(name))
    }

    /// That there is no such profile, and which there are.
    pub(crate) fn unknown(&self, name: &ProfileName) -> Failure {
        let names = self.names();
        if names.is_empty() {
            return Failure::new(format!("there is no profile {name}, nor any other"))
                .hint("make one with `ajo auth login`")
                .authentication();
        }
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        Failure::new(format!("there is no profile {name}; there are: {}", names.join(", ")))
            .hint("choose one with --profile or AJO_PROFILE")
            .authentication()
    }

    /// Keeps a profile, in place of one of the same name: in one step, so a reader sees the old or the new one whole.
    pub(crate) fn save(&self, profile: &Profile) -> Result<(), Failure> {
        let path = self.path(&profile.name);
        self.write(&path, &profile.to_json())
            .map_err(|error| Failure::new(format!("failed to store the profile in {}: {error}", path.display())))
    }

    fn write(&self, path: &Path, text: &Secret) -> io::Result<()> {
        make_private(&self.directory)?;
        // Made with mode 0600, and taken away again if anything below fails.
        let mut file = tempfile::NamedTempFile::new_in(&self.directory)?;
        file.write_all(text.expose().as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(path).map(drop).map_err(|error| error.error)
    }

    pub(crate) fn remove(&self, name: &ProfileName) -> Result<(), Failure> {
        let path = self.path(name);
        fs::remove_file(&path).map_err(|error| Failure::new(format!("failed to remove {}: {error}", path.display())))
    }
}

/// The mode of a file that others may use.
#[cfg(unix)]
fn mode_for_others(file: &File) -> io::Result<Option<u32>> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = file.metadata()?.permissions().mode() & 0o777;
    Ok((mode % 0o100 != 0).then_some(mode))
}

/// Elsewhere a file has the permissions of its directory, which for a user's own is private.
#[cfg(not(unix))]
fn mode_for_others(_: &File) -> io::Result<Option<u32>> {
    Ok(None)
}

fn make_private(directory: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)?;
    // It may have been there, made by another program.
    #[cfg(unix)]
    fs::set_permissions(directory, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    Ok(())
}
