//! Cuts the cells of a table to a width.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// The part of a long cell that is left out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    None,
    End,
    /// The scheme, then the path, then the middle of the host.
    Url,
}

/// Cuts a cell to a width. `…` marks the cut.
pub(super) fn cut(text: &str, cut: Cut, max_width: usize) -> String {
    if text.width() <= max_width {
        return text.to_owned();
    }
    match cut {
        Cut::None => text.to_owned(),
        Cut::End => cut_middle(text, max_width, 0),
        Cut::Url => cut_url(text.strip_prefix("https://").unwrap_or(text), max_width),
    }
}

/// Cuts a URL without its scheme: the path if the host fits, otherwise the host, without the path.
fn cut_url(text: &str, max_width: usize) -> String {
    if text.width() <= max_width {
        return text.to_owned();
    }
    let (host, path) = text.split_at(text.find('/').unwrap_or(text.len()));
    // The host, its slash, and the mark.
    if !path.is_empty() && host.width() + 2 <= max_width {
        let end_width = ((max_width - 1) / 3).min(max_width - host.width() - 2);
        return cut_middle(text, max_width, end_width);
    }
    let mark = if path.is_empty() { "" } else { "…" };
    let max_width = max_width.saturating_sub(mark.width());
    if host.width() <= max_width {
        host.to_owned() + mark
    } else {
        cut_middle(host, max_width, max_width.saturating_sub(1) / 2) + mark
    }
}

/// Cuts a text, whose last characters take up to `end_width` columns.
fn cut_middle(text: &str, max_width: usize, end_width: usize) -> String {
    let start = take_width(text.chars(), max_width.saturating_sub(end_width + 1));
    let end: Vec<char> = take_width(text.chars().rev(), end_width).chars().rev().collect();
    start + "…" + &String::from_iter(end)
}

/// The first characters that fit into a width.
fn take_width(characters: impl Iterator<Item = char>, max_width: usize) -> String {
    let mut width = 0;
    let fits = |character: &char| {
        width += character.width().unwrap_or(0);
        width <= max_width
    };
    characters.take_while(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_are_aligned() {
        assert_eq!(cut("東東東東", Cut::End, 6), "東東…");
        assert_eq!(cut("abc", Cut::None, 2), "abc");
    }

    #[test]
    fn path_is_cut_before_host() {
        let cut_to = |width| cut("https://api.example.org/data/2.5/weather", Cut::Url, width);
        let cuts = [32, 31, 20, 17, 16, 14].map(cut_to);
        let expected = [
            "api.example.org/data/2.5/weather",
            "api.example.org/data….5/weather",
            "api.example.org/…her",
            "api.example.org/…",
            "api.example.org…",
            "api.ex…le.org…",
        ];
        assert_eq!(cuts, expected);
        assert_eq!(cut("https://東.example/a/b", Cut::Url, 10), "東.e…mple…");
        assert_eq!(cut("https://api.example.org", Cut::Url, 9), "api.….org");
    }
}
