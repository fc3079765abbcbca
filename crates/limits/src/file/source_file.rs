//! An input file and its path.

use std::path::{Component, Path, PathBuf};

/// A file: its name and its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// The name shown in diagnostics; paths in the file are relative to its directory.
    pub name: String,
    pub content: String,
}

/// Resolves a path in `file`, relative to that file's directory.
pub(crate) fn resolve_path(file: &str, path: &str) -> String {
    normalize_path(&Path::new(file).parent().unwrap_or(Path::new("")).join(path).to_string_lossy())
}

/// Removes `.` and `..` components, so that one file has one name. Works lexically: symlinks are not resolved, because this
/// crate does no I/O.
pub(crate) fn normalize_path(name: &str) -> String {
    let mut normalized = PathBuf::new();
    for part in Path::new(name).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(normalized.components().next_back(), Some(Component::Normal(_))) => {
                normalized.pop();
            }
            part => normalized.push(part),
        }
    }
    normalized.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_to_their_file() {
        for (file, path, expected) in [
            ("limits/prod.yaml", "base.yaml", "limits/base.yaml"),
            ("./limits/prod.yaml", "./base.yaml", "limits/base.yaml"),
            ("limits/prod/a.yaml", "../base.yaml", "limits/base.yaml"),
            ("a.yaml", "../base.yaml", "../base.yaml"),
            ("../a.yaml", "../base.yaml", "../../base.yaml"),
            ("-", "base.yaml", "base.yaml"),
            ("/x/a.yaml", "b.yaml", "/x/b.yaml"),
            ("limits/a.yaml", "/x/b.yaml", "/x/b.yaml"),
        ] {
            assert_eq!(resolve_path(file, path).replace('\\', "/"), expected, "{file} {path}");
        }
    }
}
