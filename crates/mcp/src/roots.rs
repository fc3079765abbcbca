//! The folders whose files may be read.

use std::fs;
use std::path::{Path, PathBuf};

use crate::file_uri::parse_file_uri;

/// Maximum size of a file in bytes.
const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// The folders whose files may be read, without symbolic links.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roots {
    folders: Vec<PathBuf>,
}

/// A path that may not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootsError {
    pub message: String,
    pub hint: Option<String>,
}

impl std::fmt::Display for RootsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for RootsError {}

impl Roots {
    /// No folder: no file may be read.
    pub const fn none() -> Self {
        Self { folders: Vec::new() }
    }

    /// These folders. One that does not exist is left out.
    pub fn new(folders: impl IntoIterator<Item = PathBuf>) -> Self {
        let canonical = folders.into_iter().filter_map(|folder| fs::canonicalize(folder).ok());
        Self { folders: canonical.filter(|folder| folder.is_dir()).collect() }
    }

    /// The folders of URIs that a client lists. Only `file:` URIs name folders.
    pub fn from_uris<'u>(uris: impl IntoIterator<Item = &'u str>) -> Self {
        Self::new(uris.into_iter().filter_map(parse_file_uri))
    }

    /// The current directory. A file system's root or the home directory would open everything, so
    /// neither counts.
    pub fn current_directory() -> Self {
        let Ok(directory) = std::env::current_dir().and_then(fs::canonicalize) else { return Self::none() };
        let home = std::env::home_dir().and_then(|home| fs::canonicalize(home).ok());
        if directory.parent().is_none() || home.as_ref() == Some(&directory) {
            return Self::none();
        }
        Self { folders: vec![directory] }
    }

    /// The path of an existing file or folder inside of a root, without symbolic links. A relative path is looked for in each root.
    ///
    /// # Errors
    ///
    /// The text is not a plain path, or the file is outside of the roots, is no regular file, or is too large.
    pub fn resolve(&self, text: &str) -> Result<PathBuf, RootsError> {
        check_form(text)?;
        if self.folders.is_empty() {
            return Err(refused(format!(
                "`{text}` cannot be read: this client has no folder that is open to this server"
            ))
            .with_hint("open a folder in the client, or start the server with --root FOLDER"));
        }
        let path = Path::new(text);
        let mut candidates = self.folders.iter().map(|folder| folder.join(path));
        let found = candidates.find_map(|candidate| fs::canonicalize(candidate).ok());
        // Nothing says whether a file outside of the roots exists.
        let outside = || {
            if text.contains(['*', '?', '[']) {
                return refused(format!("`{text}` is not a file; patterns are not replaced"))
                    .with_hint("pass a folder, which stands for the limits files in it, or each file");
            }
            refused(format!("`{text}` is not a file or folder inside of the client's roots")).with_hint(format!(
                "pass a path inside of {}",
                self.folders.iter().map(|folder| folder.display().to_string()).collect::<Vec<_>>().join(", ")
            ))
        };
        let found = found.ok_or_else(outside)?;
        if !self.contains(&found) {
            return Err(outside());
        }
        Self::check_file(&found)?;
        Ok(found)
    }

    /// Checks a file that another file names. Its path may have symbolic links.
    ///
    /// # Errors
    ///
    /// As for [`resolve`](Self::resolve), but a file that does not exist is no error if its folder is inside of a root.
    pub fn check(&self, path: &Path) -> Result<PathBuf, RootsError> {
        let outside = || refused(format!("`{}` is outside of the client's roots", path.display()));
        let found = if let Ok(found) = fs::canonicalize(path) {
            found
        } else {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let folder = fs::canonicalize(folder).map_err(|_| outside())?;
            // A dangling link could be completed later.
            if fs::symlink_metadata(path).is_ok() {
                return Err(outside());
            }
            folder.join(path.file_name().ok_or_else(outside)?)
        };
        if !self.contains(&found) {
            return Err(outside());
        }
        if found.exists() {
            Self::check_file(&found)?;
        }
        Ok(found)
    }

    /// Whether there is no folder.
    pub fn is_empty(&self) -> bool {
        self.folders.is_empty()
    }

    /// Whether a path without symbolic links is inside of a root.
    fn contains(&self, path: &Path) -> bool {
        self.folders.iter().any(|folder| path.starts_with(folder))
    }

    /// A pipe would block, and a large file would fill the memory.
    fn check_file(path: &Path) -> Result<(), RootsError> {
        let failed = |problem: &str| Err(refused(format!("`{}` {problem}", path.display())));
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => Ok(()),
            Ok(found) if !found.is_file() => failed("is not a regular file"),
            Ok(found) if found.len() > MAX_FILE_BYTES => failed("is larger than 64 MiB"),
            Ok(_) => Ok(()),
            Err(_) => failed("cannot be read"),
        }
    }
}

impl RootsError {
    fn with_hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

fn refused(message: String) -> RootsError {
    RootsError { message, hint: None }
}

/// Refuses texts that other programs would read as something else than a path of this system.
fn check_form(text: &str) -> Result<(), RootsError> {
    let is_drive = text.as_bytes().get(1) == Some(&b':') && text.as_bytes()[0].is_ascii_alphabetic();
    let problem = if text.trim().is_empty() {
        "the path is empty"
    } else if text == "-" {
        "standard input belongs to the protocol"
    } else if text.contains("://") || text.to_ascii_lowercase().starts_with("file:") {
        "a URL is not a path"
    } else if text.starts_with('~') {
        "`~` is not replaced"
    } else if text.starts_with("//") || text.starts_with("\\\\") {
        "a path of a network or device is not accepted"
    } else if cfg!(not(windows)) && (text.contains('\\') || is_drive) {
        "a path of Windows is not accepted here"
    } else if text.chars().any(char::is_control) {
        "the path has control characters"
    } else {
        return Ok(());
    };
    Err(refused(format!("`{text}` cannot be read: {problem}")).with_hint("pass a path of a file on this machine"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with a root and a file outside of it.
    fn folders() -> (tempfile::TempDir, Roots) {
        let directory = tempfile::tempdir().expect("a directory");
        let root = directory.path().join("root");
        fs::create_dir_all(root.join("limits")).expect("created");
        fs::create_dir_all(directory.path().join("root-2")).expect("created");
        for file in ["root/limits/prod.yaml", "secret.yaml", "root-2/other.yaml"] {
            fs::write(directory.path().join(file), "version: 1\n").expect("written");
        }
        let roots = Roots::new([root]);
        (directory, roots)
    }

    #[test]
    fn path_inside_is_resolved() {
        let (directory, roots) = folders();
        let expected = fs::canonicalize(directory.path().join("root/limits/prod.yaml")).expect("exists");
        for path in ["limits/prod.yaml", "./limits/../limits/prod.yaml", &expected.display().to_string()] {
            assert_eq!(roots.resolve(path).as_ref(), Ok(&expected), "{path}");
        }
        assert_eq!(roots.check(&expected).as_ref(), Ok(&expected));
    }

    #[test]
    fn path_outside_is_refused() {
        let (directory, roots) = folders();
        let absolute = |file: &str| directory.path().join(file).display().to_string();
        for path in [
            "../secret.yaml",
            "limits/../../secret.yaml",
            "../root-2/other.yaml",
            "../missing.yaml",
            "/etc/passwd",
            "/proc/self/environ",
            "limits/missing.yaml",
            "",
            " ",
            "-",
            "~/secret.yaml",
            "~root/secret.yaml",
            "file:///etc/passwd",
            "FILE:/etc/passwd",
            "https://a.example/limits.yaml",
            "//server/share/limits.yaml",
            "\\\\server\\share\\limits.yaml",
            "\\\\?\\C:\\limits.yaml",
            "limits/prod.yaml\0",
            "limits/\u{1b}[2J.yaml",
            "limits/*.yaml",
            "../*.yaml",
            &absolute("secret.yaml"),
            &absolute("root/../secret.yaml"),
        ] {
            assert!(roots.resolve(path).is_err(), "{path}");
        }
        #[cfg(not(windows))]
        for path in ["C:\\limits.yaml", "c:/limits.yaml", "..\\secret.yaml"] {
            assert!(roots.resolve(path).is_err(), "{path}");
        }
        for path in ["secret.yaml", "root-2/other.yaml", "missing/new.json", "new.json"] {
            assert!(roots.check(&directory.path().join(path)).is_err(), "{path}");
        }
        assert!(Roots::none().resolve("limits/prod.yaml").is_err());
    }

    /// A pattern gets the same error, whether or not something outside of the roots has its name.
    #[test]
    fn pattern_is_not_replaced() {
        let (directory, roots) = folders();
        fs::write(directory.path().join("secret[1].yaml"), "version: 1\n").expect("written");
        for pattern in ["limits/*.yaml", "**/prod.yaml", "limits/pro?.yaml", "../secret[1].yaml", "../secret[2].yaml"] {
            let error = roots.resolve(pattern).expect_err("a pattern");
            assert_eq!(error.message, format!("`{pattern}` is not a file; patterns are not replaced"));
            assert!(error.hint.is_some_and(|hint| hint.contains("pass a folder")));
        }
        let named = directory.path().join("root/limits/a[1].yaml");
        fs::write(&named, "version: 1\n").expect("written");
        assert_eq!(roots.resolve("limits/a[1].yaml").ok(), fs::canonicalize(named).ok());
        assert!(roots.resolve("limits").is_ok_and(|folder| folder.is_dir()));
    }

    #[test]
    fn missing_file_inside_is_no_error() {
        let (directory, roots) = folders();
        let missing = directory.path().join("root/limits/ajo.state.json");
        assert_eq!(
            roots.check(&missing),
            Ok(fs::canonicalize(directory.path()).expect("exists").join("root/limits/ajo.state.json"))
        );
    }

    #[cfg(unix)]
    #[test]
    fn symlink_out_is_refused() {
        use std::os::unix::fs::symlink;
        let (directory, roots) = folders();
        let root = directory.path().join("root");
        symlink("../secret.yaml", root.join("link.yaml")).expect("linked");
        symlink("..", root.join("up")).expect("linked");
        symlink("../new.json", root.join("dangling.json")).expect("linked");
        symlink("limits/prod.yaml", root.join("inner.yaml")).expect("linked");
        for path in ["link.yaml", "up/secret.yaml", "dangling.json"] {
            assert!(roots.resolve(path).is_err(), "{path}");
            assert!(roots.check(&root.join(path)).is_err(), "{path}");
        }
        assert!(roots.resolve("inner.yaml").is_ok_and(|path| path.ends_with("limits/prod.yaml")));
    }
}
