//! Breaks paragraphs into lines.

/// The number of columns that help uses at most.
pub(super) const MAX_WIDTH: usize = 80;

/// Breaks each paragraph into lines of at most `width` characters. Longer words get a line of their own.
pub(crate) fn wrap(text: &str, width: usize) -> String {
    let paragraphs: Vec<String> = text.split("\n\n").map(|paragraph| wrap_paragraph(paragraph, width)).collect();
    paragraphs.join("\n\n")
}

fn wrap_paragraph(text: &str, width: usize) -> String {
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
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_stay_separate() {
        assert_eq!(wrap("one two three\nfour\n\nfive", 9), "one two\nthree\nfour\n\nfive");
        assert_eq!(wrap("elephants a b", 3), "elephants\na b");
    }
}
