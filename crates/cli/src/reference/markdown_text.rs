//! Text in Markdown.

/// Escapes text for a paragraph or a table cell, joins its lines, and links to pages of the site. Code spans stay as they are.
pub(super) fn escape_text(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let parts = text.split('`').enumerate();
    let parts = parts.map(|(index, part)| if index % 2 == 0 { escape_prose(part) } else { part.replace('|', "\\|") });
    parts.collect::<Vec<_>>().join("`")
}

/// Escapes text that has no code span.
fn escape_prose(text: &str) -> String {
    let mut escaped = String::new();
    let mut characters = text.chars().peekable();
    let mut is_after_letter = false;
    while let Some(character) = characters.next() {
        // Markdown ignores an underscore inside of a word.
        let is_inside_word = is_after_letter && characters.peek().is_some_and(|next| next.is_alphanumeric());
        match character {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '_' if is_inside_word => escaped.push('_'),
            '|' | '*' | '_' => escaped.extend(['\\', character]),
            _ => escaped.push(character),
        }
        is_after_letter = character.is_alphanumeric();
    }
    escaped.split(' ').map(mark_up_word).collect::<Vec<_>>().join(" ")
}

/// Marks up an option such as `--out`, and links a page of the site, whose source is in the parent folder.
fn mark_up_word(word: &str) -> String {
    if let Some((before, path)) = word.split_once(env!("CARGO_PKG_HOMEPAGE"))
        && let Some((name, after)) = path.split_once(".html")
    {
        return format!("{before}[{name}](../{name}.md){after}");
    }
    let option = word.trim_end_matches(['.', ',', ';', ':', ')']);
    if option.strip_prefix("--").is_some_and(|name| name.starts_with(|c: char| c.is_ascii_lowercase())) {
        return format!("`{option}`{}", &word[option.len()..]);
    }
    word.to_owned()
}

/// A code span in a table cell.
pub(super) fn code_span(code: &str) -> String {
    let code = code.replace('|', "\\|");
    if code.contains('`') { format!("`` {code} ``") } else { format!("`{code}`") }
}

/// Adds the period that short help texts do not have.
pub(super) fn to_sentence(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.ends_with(['.', ':', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

pub(super) fn upper_first(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

/// The anchor of a heading, on GitHub and in `mdBook`.
pub(super) fn to_anchor(heading: &str) -> String {
    let is_kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    heading.to_lowercase().chars().filter(is_kept).map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_escaped_and_code_is_not() {
        assert_eq!(escape_text("a <b> | `c <d>|*` * x_y _id"), r"a &lt;b&gt; \| `c <d>\|*` \* x_y \_id");
        assert_eq!(
            escape_text(concat!("one\ntwo --out, ", env!("CARGO_PKG_HOMEPAGE"), "errors.html.")),
            "one two `--out`, [errors](../errors.md)."
        );
        assert_eq!(code_span("a|b"), r"`a\|b`");
    }

    #[test]
    fn anchors_match_github() {
        assert_eq!(to_anchor("ajo can-deploy"), "ajo-can-deploy");
        assert_eq!(to_anchor("AJO_BASE_URL"), "ajo_base_url");
        assert_eq!(to_anchor("GET /a/{uid}"), "get-auid");
    }
}
