//! All that is printed: data on standard output, everything else on standard error.

use std::io::{self, IsTerminal as _, Write as _};

use ajo_engine::untrusted_text::escape;
use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};

use crate::arguments::Command;
use crate::failure::Failure;
use crate::report::Format;

/// Only limits as code has more to print than text and JSON.
pub(crate) fn check(output: Format, command: &Command) -> Result<(), Failure> {
    let reports = matches!(
        command,
        Command::Validate(_) | Command::Plan(_) | Command::Apply(_) | Command::Drift(_) | Command::Verify(_)
    );
    if reports || matches!(output, Format::Text | Format::Json) {
        return Ok(());
    }
    Err(Failure::new("this --output is of validate, plan, apply, drift and verify; here there are text and json")
        .usage())
}

/// Prints data. A reader that has seen enough (`ajo … | head`) is no error.
pub(crate) fn data(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| match text.as_bytes().last() {
        Some(b'\n') | None => out.flush(),
        Some(_) => out.write_all(b"\n").and_then(|()| out.flush()),
    });
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(format!("failed to write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Prints what is not data.
#[expect(clippy::print_stderr, reason = "the one place of the command that does")]
pub(crate) fn note(text: &str) {
    eprintln!("{text}");
}

/// Prints a question, and leaves the cursor behind it.
#[expect(clippy::print_stderr, reason = "with the one above")]
pub(crate) fn prompt(question: &str) {
    eprint!("{question}");
    // Who cannot be asked is told so when there is no answer.
    let _ = io::stderr().flush();
}

/// Prints an error: as text, or for programs as one line of JSON.
pub(crate) fn problem(failure: &Failure, output: Format) {
    if output == Format::Json {
        return note(&failure.to_json());
    }
    // A name or a message in it may be anybody's.
    let shown = |text: &str| text.lines().map(escape).collect::<Vec<_>>().join("\n");
    note(&format!("error: {}", shown(&failure.problem)));
    if let Some(hint) = &failure.hint {
        note(&format!("hint: {}", shown(hint)));
    }
}

/// Whether standard output takes colors: it is a terminal, and `NO_COLOR` (no-color.org) does not say otherwise.
pub(crate) fn color() -> bool {
    io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// How many columns the terminal has; 0 where standard output is none.
pub(crate) fn width() -> usize {
    Table::new().width().map_or(0, usize::from)
}

/// A table without lines, that fits the terminal; as wide as it wants elsewhere.
pub(crate) fn table(head: &[&str], rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_header(head);
    table.add_rows(rows);
    // What identifies a row is copied from it: it stays in one piece, however narrow the terminal.
    if let Some(first) = table.column_mut(0) {
        first.set_constraint(ColumnConstraint::ContentWidth);
    }
    let text = table.to_string();
    text.lines().map(str::trim).collect::<Vec<_>>().join("\n")
}
