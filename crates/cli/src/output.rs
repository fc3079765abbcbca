//! All printing: data goes to standard output, everything else to standard error.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::{self, IsTerminal as _, Write as _};

use ajo_engine::untrusted_text::excerpt;
use clap::ValueEnum as _;
use clap::error::ContextValue;
use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};
use serde::Serialize;

use crate::arguments::Command;
use crate::command_error::CommandError;
use crate::progress_bar::hide_during;
use crate::report::OutputFormat;
use crate::safe_text::{SafeText, safe};

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
pub(crate) fn print_data(text: impl Into<SafeText>) -> Result<(), CommandError> {
    let text = text.into();
    let end = if text.is_empty() || text.as_str().ends_with('\n') { "" } else { "\n" };
    let written = hide_during(|| {
        let mut out = io::stdout().lock();
        write!(out, "{}{end}", text.as_str()).and_then(|()| out.flush())
    });
    written.or_else(|error| ignore_closed_pipe(&error))
}

/// Prints JSON.
pub(crate) fn print_json(json: &str) -> Result<(), CommandError> {
    print_data(SafeText::json(json))
}

/// Prints a value as JSON.
pub(crate) fn print_serialized(value: &impl Serialize) -> Result<(), CommandError> {
    print_json(&serde_json::to_string(value).map_err(|error| CommandError::new(error.to_string()))?)
}

/// Prints help or the version, which contain only text of this program, in the colors of the terminal.
pub(crate) fn print_help(help: &clap::Error) -> Result<(), CommandError> {
    let written = help.print().and_then(|()| io::stdout().flush());
    written.or_else(|error| ignore_closed_pipe(&error))
}

fn ignore_closed_pipe(error: &io::Error) -> Result<(), CommandError> {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Ok(());
    }
    Err(CommandError::new(format!("failed to write to standard output: {error}")))
}

/// Prints a message to standard error. Nobody can be told if that fails, so the command continues.
pub(crate) fn print_note(text: impl Into<SafeText>) {
    // One write, so that messages of several processes do not mix.
    let line = format!("{}\n", text.into().as_str());
    let _ = hide_during(|| io::stderr().lock().write_all(line.as_bytes()));
}

/// Prints a prompt and leaves the cursor after it.
pub(crate) fn print_prompt(question: impl Into<SafeText>) {
    let mut terminal = io::stderr().lock();
    // If this fails, reading the reply fails too and reports it.
    let _ = write!(terminal, "{} ", question.into().as_str()).and_then(|()| terminal.flush());
}

/// Prints an error as text or as one line of JSON.
pub(crate) fn print_error(failure: &CommandError, output: OutputFormat) {
    if output == OutputFormat::Json {
        return print_note(SafeText::json(&failure.to_json()));
    }
    // The message may contain untrusted names or text from the service.
    print_note(safe!("error: {}", failure.message));
    if let Some(hint) = &failure.hint {
        print_note(safe!("hint: {}", SafeText::from_lines(hint)));
    }
}

/// Prints a usage error. Its text has several lines, and the arguments in it must not add some.
pub(crate) fn print_usage_error(mut error: clap::Error) {
    let escaped: Vec<_> = error.context().filter_map(|(kind, value)| Some((kind, escape_value(value)?))).collect();
    for (kind, value) in escaped {
        error.insert(kind, value);
    }
    print_note(SafeText::from_lines(&error.to_string()));
}

fn escape_value(value: &ContextValue) -> Option<ContextValue> {
    let escape = |text: &String| SafeText::escape(text).into_string();
    match value {
        ContextValue::String(text) => Some(ContextValue::String(escape(text))),
        ContextValue::Strings(texts) => Some(ContextValue::Strings(texts.iter().map(escape).collect())),
        _ => None,
    }
}

/// Prints panics through the gate: their messages may contain a secret or text of the service.
pub(crate) fn print_panics_safely() {
    std::panic::set_hook(Box::new(|panic| {
        print_note(SafeText::from_lines(&format!("error: internal error: {panic}")));
        // Only with RUST_BACKTRACE.
        let backtrace = Backtrace::capture();
        if backtrace.status() == BacktraceStatus::Captured {
            print_note(SafeText::from_lines(&backtrace.to_string()));
        }
        print_note("hint: this is a bug in ajo; report it with the command and this message");
    }));
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
pub(crate) fn format_table(head: &[&str], rows: Vec<Vec<SafeText>>) -> SafeText {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_header(head);
    // Laying out a table takes much longer than printing, so a cell shows the start of a long string. JSON has all of it.
    table.add_rows(rows.into_iter().map(|row| row.into_iter().map(|cell| excerpt(cell.as_str(), MAX_CELL_CHARS))));
    // The first column holds the uid. Users copy it, so it is never wrapped.
    if let Some(first) = table.column_mut(0) {
        first.set_constraint(ColumnConstraint::ContentWidth);
    }
    let text = table.to_string();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    SafeText::from_lines(&lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::process::Command;
    use std::time::{Duration, Instant};

    use super::*;

    const SECRET: &str = "s3cr3t/of+the-panic";

    /// The panic hook belongs to the whole process, so the test runs itself again as a child, which panics.
    #[test]
    fn panic_shows_no_secret() {
        const IS_CHILD: &str = "AJO_TESTS_PANIC";
        if std::env::var_os(IS_CHILD).is_some() {
            crate::secret_mask::register(&ajo_auth::Secret::new(SECRET));
            print_panics_safely();
            panic!("lost {SECRET} s3cr3t%2fof%2Bthe-panic\n::error::x \u{1b}[2J");
        }
        let mut child = Command::new(std::env::current_exe().expect("a path"));
        child.args(["--exact", "output::tests::panic_shows_no_secret", "--nocapture"]);
        let output = child.env(IS_CHILD, "1").env("RUST_BACKTRACE", "1").output().expect("the child runs");
        let shown = String::from_utf8_lossy(&output.stderr);
        assert!(shown.contains("internal error: ") && shown.contains("lost [redacted] [redacted]\n"), "{shown}");
        assert!(shown.contains("\n\\u{3a}:error::x \\u{1b}[2J"), "{shown}");
        assert!(!shown.contains("s3cr3t") && !shown.contains('\u{1b}'), "{shown}");
    }

    /// Clippy denies `println!` and the like. This finds the other ways to print.
    #[test]
    fn only_this_module_prints() {
        fn check(directory: &Path) {
            for entry in std::fs::read_dir(directory).expect("a directory") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    check(&path);
                } else if !path.ends_with("src/output.rs") {
                    for line in std::fs::read_to_string(&path).unwrap_or_default().lines() {
                        let prints =
                            ["io::stdout()", "io::stderr()", ".print()"].iter().any(|call| line.contains(call));
                        let allowed = line.contains("is_terminal") || line.contains("ProgressDrawTarget");
                        assert!(!prints || allowed, "{}: {line}", path.display());
                    }
                }
            }
        }
        check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    }

    #[test]
    fn long_table_cell_is_cut() {
        let rows = vec![
            vec!["u-1".into(), SafeText::escape(&"x y".repeat(2 << 20))],
            vec!["u-2".into(), SafeText::escape(&"東".repeat(2 << 20))],
        ];
        let began = Instant::now();
        let table = format_table(&["UID", "URL"], rows).into_string();
        assert!(table.chars().count() < 10_000, "{}", table.len());
        assert!(table.contains('…') && table.lines().any(|line| line.starts_with("u-2")), "{}", table.len());
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
        let url = format!("https://a.example/{}", "x".repeat(1000));
        assert!(
            format_table(&["UID", "URL"], vec![vec!["u-1".into(), SafeText::escape(&url)]]).as_str().contains(&url)
        );
    }
}
