//! One file: its name and its text.

use std::path::{Component, Path, PathBuf};

/// A file: its name as it was given, and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The name under which findings show it; files that it names are relative to its folder.
    pub name: String,
    /// What is in it.
    pub text: String,
}

/// The name of a file that another one names: its path is relative to that one's directory.
pub(crate) fn resolve_path(file: &str, path: &str) -> String {
    plain(&Path::new(file).parent().unwrap_or(Path::new("")).join(path).to_string_lossy())
}

/// A name without what leads nowhere, so that one file has one name. `..` takes the directory before it away, as it is written:
/// links are not followed, since nothing here reads a disk.
pub(crate) fn plain(name: &str) -> String {
    let mut plain = PathBuf::new();
    for part in Path::new(name).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(plain.components().next_back(), Some(Component::Normal(_))) => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_relative_to_the_file_that_names_them() {
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
