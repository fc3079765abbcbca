//! Quotes paths for commands that a user can copy.

use std::path::Path;

/// A path as one word of a shell.
pub(crate) fn shell_quote(path: &Path) -> String {
    let path = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "_./-+@:".contains(c);
    if path.chars().all(plain) { path } else { format!("'{}'", path.replace('\'', r"'\''")) }
}
