//! Colours.

use annotate_snippets::renderer::{AnsiColor, Style};

/// What paints, or leaves everything as it is.
#[derive(Clone, Copy)]
pub(super) struct Paint {
    pub(super) color: bool,
}

/// What is to be seen at once, and what can be looked over.
pub(super) const STRONG: Style = Style::new().bold();
pub(super) const FAINT: Style = Style::new().dimmed();
pub(super) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(super) const CAREFUL: Style = AnsiColor::Yellow.on_default().bold();
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();

impl Paint {
    pub(super) fn paint(self, style: Style, text: &str) -> String {
        if self.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}
