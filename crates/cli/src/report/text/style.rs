//! Colors and width of text for a terminal.

use annotate_snippets::renderer::{AnsiColor, Style};

use crate::safe_text::{SafePart, SafeText, safe};

/// Layout options.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct TextStyle {
    /// Whether to use colors.
    pub(crate) color: bool,
    /// The number of columns, or 0 if unknown.
    pub(crate) width: usize,
}

pub(super) const STRONG: Style = Style::new().bold();
pub(super) const FAINT: Style = Style::new().dimmed();
pub(super) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(super) const CAUTION: Style = AnsiColor::Yellow.on_default().bold();
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();

impl TextStyle {
    pub(super) fn paint(self, style: Style, text: &(impl SafePart + ?Sized)) -> SafeText {
        let text = safe!("{}", text);
        if self.color { text.paint(style) } else { text }
    }
}
