//! Compares or updates a committed page.

use std::path::Path;
use std::{env, fs};

/// Compares a page with its committed file; with the variable `UPDATE`, writes it instead. For tests.
pub(super) fn check_page(path: &Path, content: &str, generator: &str) {
    let committed = fs::read_to_string(path).unwrap_or_default();
    let Some(difference) = describe_difference(&committed, content) else { return };
    assert!(
        env::var_os("UPDATE").is_some(),
        "{} is stale; run `{generator}` and commit the result\n{difference}",
        path.display()
    );
    let folder = path.parent().expect("a folder");
    fs::create_dir_all(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    fs::write(path, content).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

/// The first line that differs.
fn describe_difference(committed: &str, content: &str) -> Option<String> {
    if committed == content {
        return None;
    }
    let count = committed.lines().zip(content.lines()).take_while(|(old, new)| old == new).count();
    let line = |text: &str| text.lines().nth(count).unwrap_or("(the end)").to_owned();
    Some(format!("line {}\ncommitted: {}\ngenerated: {}", count + 1, line(committed), line(content)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_different_line_is_shown() {
        assert_eq!(describe_difference("a\nb\n", "a\nb\n"), None);
        let difference = describe_difference("a\nb\n", "a\nc\n");
        assert_eq!(difference.as_deref(), Some("line 2\ncommitted: b\ngenerated: c"));
        let difference = describe_difference("a\n", "a\nb\n");
        assert_eq!(difference.as_deref(), Some("line 2\ncommitted: (the end)\ngenerated: b"));
    }
}
