//! All printing: data goes to standard output, everything else to standard error.

use std::io::{self, IsTerminal as _, Write as _};

use ajo_engine::untrusted_text::{escape, excerpt};
use clap::ValueEnum as _;
use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};

use crate::arguments::Command;
use crate::command_error::CommandError;
use crate::report::OutputFormat;

/// Rejects an output format that the command does not support. Only reports have more formats than text and JSON.
pub(crate) fn check_format(output: OutputFormat, command: &Command) -> Result<(), CommandError> {
    let reports = matches!(
        command,
        Command::Validate(_) | Command::Plan(_) | Command::Apply(_) | Command::Drift(_) | Command::Verify(_)
    );
    if reports || matches!(output, OutputFormat::Text | OutputFormat::Json) {
        return Ok(());
    }
    let name = output.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
    Err(CommandError::new(format!(
        "`--output {name}` is only supported by validate, plan, apply, drift, and verify; use text or json"
    ))
    .into_usage_error())
}

/// Prints data. A closed pipe (`ajo … | head`) is not an error.
pub(crate) fn print_data(text: &str) -> Result<(), CommandError> {
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| match text.as_bytes().last() {
        Some(b'\n') | None => out.flush(),
        Some(_) => out.write_all(b"\n").and_then(|()| out.flush()),
    });
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(CommandError::new(format!("failed to write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Prints a message to standard error.
#[expect(clippy::print_stderr, reason = "all messages of the command go through here")]
pub(crate) fn print_note(text: &str) {
    eprintln!("{text}");
}

/// Prints a prompt and leaves the cursor after it.
#[expect(clippy::print_stderr, reason = "all prompts of the command go through here")]
pub(crate) fn print_prompt(question: &str) {
    eprint!("{question}");
    // If this fails, reading the reply fails too and reports it.
    let _ = io::stderr().flush();
}

/// Prints an error as text or as one line of JSON.
pub(crate) fn print_error(failure: &CommandError, output: OutputFormat) {
    if output == OutputFormat::Json {
        return print_note(&failure.to_json());
    }
    // The message may contain untrusted names or text from the service.
    let escaped = |text: &str| text.lines().map(escape).collect::<Vec<_>>().join("\n");
    print_note(&format!("error: {}", escaped(&failure.message)));
    if let Some(hint) = &failure.hint {
        print_note(&format!("hint: {}", escaped(hint)));
    }
}

/// Whether standard output supports colors: it is a terminal, and `NO_COLOR` (no-color.org) is not set.
pub(crate) fn supports_color() -> bool {
    io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// The number of columns of the terminal, or 0 if standard output is not a terminal.
pub(crate) fn terminal_width() -> usize {
    Table::new().width().map_or(0, usize::from)
}

/// Maximum length of a table cell in characters.
const MAX_CELL_CHARS: usize = 2_000;

/// A borderless table that fits the terminal. Its width is unlimited if standard output is not a terminal.
pub(crate) fn format_table(head: &[&str], rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_header(head);
    // Laying out a table takes much longer than printing, so a cell shows the start of a long string. JSON has all of it.
    table.add_rows(rows.into_iter().map(|row| row.into_iter().map(|cell| excerpt(&cell, MAX_CELL_CHARS))));
    // The first column holds the uid. Users copy it, so it is never wrapped.
    if let Some(first) = table.column_mut(0) {
        first.set_constraint(ColumnConstraint::ContentWidth);
    }
    let text = table.to_string();
    text.lines().map(str::trim).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn long_table_cell_is_cut() {
        let began = Instant::now();
        let rows = vec![vec!["u-1".to_owned(), "x y".repeat(20 << 20)], vec!["u-2".to_owned(), "東".repeat(20 << 20)]];
        let table = format_table(&["UID", "URL"], rows);
        assert!(table.chars().count() < 10_000, "{}", table.len());
        assert!(table.contains('…') && table.lines().any(|line| line.starts_with("u-2")), "{}", table.len());
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
        let url = format!("https://a.example/{}", "x".repeat(1000));
        assert!(format_table(&["UID", "URL"], vec![vec!["u-1".to_owned(), url.clone()]]).contains(&url));
    }
}
