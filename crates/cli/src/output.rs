//! All printing: data goes to standard output, everything else to standard error.

mod cell_cut;
mod color;
mod format_check;
mod table;

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::{self, Write as _};

use ajo_limits::file::format_json;
use clap::error::ContextValue;
use serde::Serialize;

use crate::command_error::CommandError;
use crate::progress_bar::hide_during;
use crate::report::OutputFormat;
use crate::safe_text::{SafeText, safe};

pub(crate) use color::{has_color, help_color, set_up_color};
pub(crate) use format_check::{check_format, set_up_jq};
pub(crate) use table::{Cell, Column, format_cells, format_table};

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

/// Prints JSON, or what `--jq` makes of it.
pub(crate) fn print_json(json: &str) -> Result<(), CommandError> {
    let json = SafeText::json(json);
    match format_check::jq_filter() {
        None => print_data(json),
        Some(filter) => print_data(filter.run(json.as_str())?),
    }
}

/// Prints JSON like [`print_json`], but on a terminal with one value per line.
pub(crate) fn print_received_json(json: &str) -> Result<(), CommandError> {
    if format_check::jq_filter().is_some() || terminal_width() == 0 {
        return print_json(json);
    }
    print_data(SafeText::json(&format_json(json, "\n")))
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
        exit_if_panics_abort();
    }));
}

/// A release does not unwind. It exits with the usual code of a panic, because an abort could write secrets to a core dump.
pub(crate) fn exit_if_panics_abort() {
    if cfg!(panic = "abort") {
        std::process::exit(101);
    }
}

/// The number of columns of the terminal, or 0 if standard output is not a terminal.
pub(crate) fn terminal_width() -> usize {
    #[cfg(unix)]
    let width = rustix::termios::tcgetwinsize(io::stdout()).map_or(0, |size| size.ws_col);
    #[cfg(windows)]
    let width = console::Term::stdout().size_checked().map_or(0, |(_, columns)| columns);
    usize::from(width)
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::process::Command;

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
}
