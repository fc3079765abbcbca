//! Renders TypeScript doc comments.

use std::fmt::Write as _;

/// Maximum line length, as in the hand-written files.
const MAX_LINE: usize = 132;

/// Renders a doc comment with these paragraphs, ending with a line break. Empty without text.
pub(super) fn doc_comment(paragraphs: &[&str], indent: &str) -> String {
    let paragraphs: Vec<String> =
        paragraphs.iter().map(|text| text.trim().replace("*/", "*\\/")).filter(|text| !text.is_empty()).collect();
    if let [text] = &paragraphs[..]
        && indent.len() + text.len() + "/**  */".len() <= MAX_LINE
        && !text.contains('\n')
    {
        return format!("{indent}/** {text} */\n");
    }
    if paragraphs.is_empty() {
        return String::new();
    }
    let mut comment = format!("{indent}/**\n");
    for (index, text) in paragraphs.iter().enumerate() {
        if index > 0 {
            let _ = writeln!(comment, "{indent} *");
        }
        for line in wrap_words(text, MAX_LINE - indent.len() - " * ".len()) {
            let _ = writeln!(comment, "{indent} * {line}");
        }
    }
    comment + indent + " */\n"
}

fn wrap_words(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::doc_comment;

    #[test]
    fn long_comment_is_wrapped() {
        assert_eq!(doc_comment(&["Short."], "  "), "  /** Short. */\n");
        assert_eq!(doc_comment(&["", " "], "  "), "");
        assert_eq!(doc_comment(&["One.", "Two */."], ""), "/**\n * One.\n *\n * Two *\\/.\n */\n");
        let long = "word ".repeat(40);
        let lines: Vec<String> = doc_comment(&[&long], "  ").lines().map(str::to_owned).collect();
        assert_eq!(lines.len(), 4);
        assert!(lines.iter().all(|line| line.len() <= 132));
    }
}
