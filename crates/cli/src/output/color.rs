//! When output has colors.

use std::ffi::OsString;
use std::io::{self, IsTerminal as _};
use std::sync::OnceLock;

use clap::ValueEnum as _;

use crate::arguments::ColorChoice;

static CHOICE: OnceLock<ColorChoice> = OnceLock::new();

/// Reads `--color` before the other arguments are parsed, because the help has colors, too.
pub(crate) fn set_up_color(arguments: &[OsString]) {
    let arguments: Vec<_> = arguments.iter().map(|argument| argument.to_str().unwrap_or_default()).collect();
    // What follows belongs to another command.
    let arguments = arguments.split(|argument| *argument == "--").next().unwrap_or_default();
    let mut values =
        arguments.iter().enumerate().filter_map(|(index, argument)| match argument.strip_prefix("--color") {
            Some("") => arguments.get(index + 1).copied(),
            value => value?.strip_prefix('='),
        });
    // The parser reports a wrong value.
    if let Some(choice) = values.find_map(|value| ColorChoice::from_str(value, false).ok()) {
        // The first choice stays: only tests run several commands in one process.
        let _ = CHOICE.set(choice);
    }
}

/// Whether standard output has colors. `--color` comes before `NO_COLOR` (no-color.org), and that before the terminal.
pub(crate) fn has_color() -> bool {
    match CHOICE.get().copied().unwrap_or_default() {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => {
            io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        }
    }
}

/// The same choice for the help.
pub(crate) fn help_color() -> clap::ColorChoice {
    if has_color() { clap::ColorChoice::Always } else { clap::ColorChoice::Never }
}
