//! Diffs of files.

use std::fmt::Write as _;

use similar::algorithms::{Capture, Compact, Replace, myers};
use similar::udiff::UnifiedHunkHeader;
use similar::{DiffOp, group_diff_ops};

/// Number of unchanged lines around a change.
const CONTEXT: usize = 3;

/// The unified diff of two texts. Empty if they are equal.
///
/// `similar::TextDiff` can do this too, but puts all of its algorithms into the binary.
pub(crate) fn unified_diff(old_name: &str, new_name: &str, before: &str, after: &str) -> String {
    let old: Vec<&str> = before.split_inclusive('\n').collect();
    let new: Vec<&str> = after.split_inclusive('\n').collect();
    let mut text = String::new();
    for hunk in group_diff_ops(find_changes(&old, &new), CONTEXT) {
        if text.is_empty() {
            let _ = write!(text, "--- {old_name}\n+++ {new_name}\n");
        }
        let _ = writeln!(text, "{}", UnifiedHunkHeader::new(&hunk));
        for part in hunk {
            if matches!(part, DiffOp::Equal { .. }) {
                add_lines(&mut text, ' ', &new[part.new_range()]);
            } else {
                add_lines(&mut text, '-', &old[part.old_range()]);
                add_lines(&mut text, '+', &new[part.new_range()]);
            }
        }
    }
    text
}

fn find_changes(old: &[&str], new: &[&str]) -> Vec<DiffOp> {
    let mut changes = Compact::new(Replace::new(Capture::new()), old, new);
    let Ok(()) = myers::diff(&mut changes, old, 0..old.len(), new, 0..new.len());
    changes.into_inner().into_inner().into_ops()
}

fn add_lines(text: &mut String, sign: char, lines: &[&str]) {
    for line in lines {
        text.push(sign);
        text.push_str(line);
        if !line.ends_with('\n') {
            text.push_str("\n\\ No newline at end of file\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_have_no_diff() {
        assert_eq!(unified_diff("a", "b", "x\n", "x\n"), "");
    }

    #[test]
    fn changes_have_context() {
        let before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13";
        let after = "1\n2\n3\n4\nfive\n6\n7\n8\n9\n10\n11\n12\n13\n14";
        let expected = "--- a\n+++ b\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n@@ -10,4 +10,5 @@\n 10\n 11\n 12\n\
                        -13\n\\ No newline at end of file\n+13\n+14\n\\ No newline at end of file\n";
        assert_eq!(unified_diff("a", "b", before, after), expected);
    }

    /// `TextDiff` is the reference.
    #[test]
    fn diff_equals_that_of_the_library() {
        let mut random = fastrand::Rng::with_seed(1);
        for _ in 0..300 {
            let mut text = || -> String {
                let count = random.usize(0..40);
                let mut text: String = (0..count).map(|_| format!("{}\n", random.u8(0..6))).collect();
                text.truncate(text.len().saturating_sub(random.usize(0..2)));
                text
            };
            let (before, after) = (text(), text());
            let reference = similar::TextDiff::from_lines(&before, &after).unified_diff().header("a", "b").to_string();
            assert_eq!(unified_diff("a", "b", &before, &after), reference, "{before:?} {after:?}");
        }
    }
}
