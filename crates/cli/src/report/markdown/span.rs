//! Text within a line of Markdown. All that could mean something there is written as a character reference, which means only
//! itself, in tables and in HTML too.

use ajo_engine::untrusted_text::escape;

/// Prose. What stands between backticks in it is shown as code; the rest mentions nobody, and refers and leads nowhere.
pub(super) fn text(prose: &str) -> String {
    let parts: Vec<_> = prose.split('`').collect();
    // An odd number of backticks: the last one is only itself.
    let paired = parts.len() - usize::from(parts.len().is_multiple_of(2));
    let mut out = String::with_capacity(prose.len());
    for (index, part) in parts.iter().enumerate() {
        if index >= paired {
            out.push_str("&#96;");
        }
        match index % 2 {
            1 if index < paired => out.push_str(&code(part)),
            _ => escape(part).chars().for_each(|character| quiet(character, &mut out)),
        }
    }
    out
}

/// Code, in which GitHub looks for no mentions and links.
pub(super) fn code(text: &str) -> String {
    let mut out = "<code>".to_owned();
    escape(text).chars().for_each(|character| plain(character, &mut out));
    out + "</code>"
}

/// The comment by which a workflow finds its comment. A sandbox of letters, digits and hyphens is itself in it, and no other can
/// end it.
pub(super) fn marker(sandbox: Option<String>) -> String {
    let mut name = String::new();
    for byte in sandbox.unwrap_or_default().bytes() {
        match byte {
            b'-' | b'_' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => name.push(char::from(byte)),
            other => name.extend([format!("%{other:02X}")]),
        }
    }
    format!("<!-- ajo-limits:{name} -->")
}

/// A character of prose: as in code, and a space without width keeps GitHub from making a mention or a reference of it.
fn quiet(character: char, out: &mut String) {
    plain(character, out);
    if matches!(character, '@' | '#') {
        out.push_str("&#8203;");
    }
}

fn plain(character: char, out: &mut String) {
    let harmless = match character {
        // `www.` begins a link, and so does `://`.
        '/' => !out.ends_with(':'),
        '.' => !out.as_bytes().rchunks(3).next().is_some_and(|end| end.eq_ignore_ascii_case(b"www")),
        ' ' | ',' | ';' | ':' | '-' | '+' | '=' | '?' | '%' => true,
        other => !other.is_ascii() || other.is_ascii_alphanumeric(),
    };
    if harmless { out.push(character) } else { out.extend([format!("&#{};", u32::from(character))]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_mentions_nobody_and_leads_nowhere() {
        let quiet = text("@ops see #1, https://evil.example, www.evil.example, a|b, <b>*x*</b>, $x$");
        let expected = "&#64;&#8203;ops see &#35;&#8203;1, https:&#47;/evil.example, www&#46;evil.example, a&#124;b, \
                        &#60;b&#62;&#42;x&#42;&#60;/b&#62;, &#36;x&#36;";
        assert_eq!(quiet, expected);
    }

    #[test]
    fn what_stands_between_backticks_is_code() {
        assert_eq!(text("use `ajo adopt`, `x"), "use <code>ajo adopt</code>, &#96;x");
    }

    #[test]
    fn the_comment_of_the_first_line_cannot_be_ended() {
        assert_eq!(marker(Some("prod-eu".to_owned())), "<!-- ajo-limits:prod-eu -->");
        assert_eq!(marker(Some("a-->b".to_owned())), "<!-- ajo-limits:a--%3Eb -->");
    }
}
