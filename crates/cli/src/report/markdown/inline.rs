//! Inline Markdown. Every character with a special meaning becomes a character reference, which is also safe in tables and
//! HTML.

use crate::safe_text::{SafePart, SafeText};

/// Escapes prose, with text between backticks as code. The result contains no mentions, references, or links.
pub(super) fn text(prose: &(impl SafePart + ?Sized)) -> SafeText {
    let prose = prose.safe_part();
    let parts: Vec<_> = prose.split('`').collect();
    // With an odd number of backticks, the last one is literal.
    let paired = parts.len() - usize::from(parts.len().is_multiple_of(2));
    let mut out = String::with_capacity(prose.len());
    for (index, part) in parts.iter().enumerate() {
        if index >= paired {
            out.push_str("&#96;");
        }
        match index % 2 {
            1 if index < paired => push_code_span(part, &mut out),
            _ => part.chars().for_each(|character| push_prose(character, &mut out)),
        }
    }
    SafeText::escape(&out)
}

/// Escapes code. GitHub does not look for mentions and links in it.
pub(super) fn code(text: &(impl SafePart + ?Sized)) -> SafeText {
    let mut out = String::new();
    push_code_span(&text.safe_part(), &mut out);
    SafeText::escape(&out)
}

fn push_code_span(text: &str, out: &mut String) {
    out.push_str("<code>");
    text.chars().for_each(|character| push_code(character, out));
    out.push_str("</code>");
}

/// The marker by which a workflow finds its comment. Unusual characters of the sandbox are percent-encoded, so the name cannot
/// end the HTML comment.
pub(super) fn marker_comment(sandbox: Option<&SafeText>) -> SafeText {
    let mut name = String::new();
    for byte in sandbox.map_or("", SafeText::as_str).bytes() {
        match byte {
            b'-' | b'_' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => name.push(char::from(byte)),
            other => name.extend([format!("%{other:02X}")]),
        }
    }
    SafeText::escape(&format!("<!-- ajo-limits:{name} -->"))
}

/// Escapes a character of prose. A zero-width space prevents mentions and references.
fn push_prose(character: char, out: &mut String) {
    push_code(character, out);
    if matches!(character, '@' | '#') {
        out.push_str("&#8203;");
    }
}

fn push_code(character: char, out: &mut String) {
    let is_literal = match character {
        // `www.` and `://` start a link.
        '/' => !out.ends_with(':'),
        '.' => !out.as_bytes().rchunks(3).next().is_some_and(|end| end.eq_ignore_ascii_case(b"www")),
        ' ' | ',' | ';' | ':' | '-' | '+' | '=' | '?' | '%' => true,
        other => !other.is_ascii() || other.is_ascii_alphanumeric(),
    };
    if is_literal { out.push(character) } else { out.extend([format!("&#{};", u32::from(character))]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_has_no_mentions_or_links() {
        let escaped = text("@ops see #1, https://evil.example, www.evil.example, a|b, <b>*x*</b>, $x$");
        let expected = "&#64;&#8203;ops see &#35;&#8203;1, https:&#47;/evil.example, www&#46;evil.example, a&#124;b, \
                        &#60;b&#62;&#42;x&#42;&#60;/b&#62;, &#36;x&#36;";
        assert_eq!(escaped.as_str(), expected);
    }

    #[test]
    fn backticks_become_code() {
        assert_eq!(text("use `ajo import`, `x").as_str(), "use <code>ajo import</code>, &#96;x");
    }

    #[test]
    fn marker_comment_cannot_be_closed() {
        assert_eq!(marker_comment(Some(&"prod-eu".into())).as_str(), "<!-- ajo-limits:prod-eu -->");
        assert_eq!(marker_comment(Some(&"a-->b".into())).as_str(), "<!-- ajo-limits:a--%3Eb -->");
    }
}
