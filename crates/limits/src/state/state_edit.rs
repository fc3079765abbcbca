//! Edits of the state that change nothing at the service.

use std::path::{Component, Path};

use ajo_core::Uid;

use crate::{LimitsState, ManagedConfig};

impl LimitsState {
    /// Records that these configurations are in another limits file now. Returns how many entries changed.
    pub fn move_to_file(&mut self, file: &str, is_moved: impl Fn(&ManagedConfig) -> bool) -> usize {
        let moved =
            self.configs.iter_mut().filter(|managed| managed.file.as_deref() != Some(file) && is_moved(managed));
        moved.map(|managed| managed.file = Some(file.to_owned())).count()
    }

    /// Stops managing these configurations.
    ///
    /// # Errors
    ///
    /// The uids that are not managed; then nothing changes.
    pub fn remove_all(&mut self, uids: &[Uid]) -> Result<(), Vec<Uid>> {
        let missing: Vec<_> = uids.iter().filter(|uid| self.get(uid).is_none()).cloned().collect();
        if missing.is_empty() {
            self.configs.retain(|managed| !uids.contains(&managed.uid));
            Ok(())
        } else {
            Err(missing)
        }
    }

    /// Makes the paths of the limits files, which are relative to the directory `from`, relative to the directory `to`. Both are
    /// absolute.
    pub fn rebase_files(&mut self, from: &Path, to: &Path) {
        for file in self.configs.iter_mut().filter_map(|managed| managed.file.as_mut()).filter(|file| *file != "-") {
            *file = relative_path(to, &from.join(&*file));
        }
    }
}

/// The path of a file relative to a directory, with slashes on all platforms. Both are absolute. Symbolic links are not resolved.
/// A file on another drive keeps its absolute path.
///
/// ```
/// # #[cfg(unix)] {
/// use std::path::Path;
///
/// assert_eq!(ajo_limits::relative_path(Path::new("/r/states"), Path::new("/r/limits/./a/../prod.yaml")), "../limits/prod.yaml");
/// # }
/// ```
pub fn relative_path(directory: &Path, file: &Path) -> String {
    let (directory, file) = (components(directory), components(file));
    let shared = directory.iter().zip(&file).take_while(|(one, other)| one == other).count();
    // Without a common root there is no relative path.
    let up = if shared == 0 { 0 } else { directory.len() - shared };
    let up = std::iter::repeat_n("..", up);
    up.chain(file[shared..].iter().map(String::as_str)).collect::<Vec<_>>().join("/")
}

fn components(path: &Path) -> Vec<String> {
    let mut parts = Vec::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(parts.pop()),
            part => parts.push(part.as_os_str().to_string_lossy().into_owned()),
        }
    }
    parts
}
