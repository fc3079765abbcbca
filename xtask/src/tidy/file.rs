//! The text files of the project.

use std::fs;
use std::path::Path;
use std::process::Command;

/// A file, and its path below the root with `/` in it.
pub(super) struct File {
    pub(super) path: String,
    pub(super) text: String,
}

impl File {
    #[cfg(test)]
    pub(super) fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    pub(super) fn is_a(&self, extensions: &[&str]) -> bool {
        self.path.rsplit_once('.').is_some_and(|(_, extension)| extensions.contains(&extension))
    }
}

/// What is made and not written, where no git says so: by cargo, npm, Python, and the tests in a browser.
const MADE: &[&str] = &["target", "node_modules", "seen", ".git", ".venv", "coverage", "__pycache__"];

/// All of them, in the order of their paths. What is not UTF-8 is no text.
pub(super) fn tree(root: &Path) -> Result<Vec<File>, String> {
    let mut files = Vec::new();
    let read = match listed(root) {
        Some(paths) => paths.into_iter().try_for_each(|path| read(&root.join(&path), path, &mut files)),
        None => walk(root, "", &mut files),
    };
    read.map_err(|error| format!("failed to read the project: {error}"))?;
    files.sort_by(|a: &File, b| a.path.cmp(&b.path));
    files.dedup_by(|a, b| a.path == b.path);
    Ok(files)
}

/// What git has, and what it would add. Nothing where there is no git, or no repository, as in an unpacked archive.
fn listed(root: &Path) -> Option<Vec<String>> {
    if !root.join(".git").exists() {
        return None;
    }
    let arguments = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
    let output = Command::new("git").args(arguments).current_dir(root).output().ok()?;
    let paths = output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())?;
    Some(paths.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect())
}

fn walk(folder: &Path, below: &str, files: &mut Vec<File>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !entry.file_type()?.is_dir() {
            read(&entry.path(), format!("{below}{name}"), files)?;
        } else if !MADE.contains(&name.as_str()) {
            walk(&entry.path(), &format!("{below}{name}/"), files)?;
        }
    }
    Ok(())
}

/// Takes a file if it is one: git also lists links, and what was removed and not yet committed.
fn read(path: &Path, name: String, files: &mut Vec<File>) -> std::io::Result<()> {
    if fs::symlink_metadata(path).is_ok_and(|it| it.is_file())
        && let Ok(text) = String::from_utf8(fs::read(path)?)
    {
        files.push(File { path: name, text });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_ignores_is_no_file_of_the_project() {
        let root = std::env::temp_dir().join(format!("ajo-tidy-{}", std::process::id()));
        let write = |path: &str| {
            let path = root.join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(path, "x").expect("written");
        };
        for path in ["a b.rs", "out/ignored.rs", "c/gone.rs", "c/d.rs", "target/made.rs"] {
            write(path);
        }
        fs::write(root.join(".gitignore"), "/out\n").expect("written");
        let paths = || tree(&root).expect("read").into_iter().map(|file| file.path).collect::<Vec<_>>();
        assert_eq!(paths(), [".gitignore", "a b.rs", "c/d.rs", "c/gone.rs", "out/ignored.rs"]);

        fs::write(root.join(".gitignore"), "/out\n/target\n").expect("written");
        let git = |arguments: &[&str]| {
            Command::new("git").args(arguments).current_dir(&root).output().is_ok_and(|output| output.status.success())
        };
        if git(&["init", "--quiet"]) {
            assert!(git(&["add", "c"]));
            fs::remove_file(root.join("c/gone.rs")).expect("removed");
            assert_eq!(paths(), [".gitignore", "a b.rs", "c/d.rs"]);
        }
        fs::remove_dir_all(&root).expect("removed");
    }
}
