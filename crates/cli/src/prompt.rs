//! Prompts on the terminal.

use std::fmt::Display;
use std::io::{self, BufRead as _};

use ajo_auth::Secret;

use crate::blocking_work::run_blocking;
use crate::command_error::CommandError;
use crate::output;
use crate::progress_bar::Pause;
use crate::safe_text::{SafeText, safe};
use crate::secret_mask;

/// Maximum size of pasted text in bytes.
const MAX_PASTED_BYTES: usize = ajo_auth::MAX_CREDENTIAL_BYTES;
/// The longest line that a terminal passes on, in bytes: 1024 on macOS and 4096 on Linux, with the line break.
const MAX_TERMINAL_LINE: usize = if cfg!(target_os = "macos") { 1023 } else { 4095 };
/// A terminal in bracketed paste mode sends these before and after pasted text.
const PASTE_MARKS: [&str; 2] = ["\u{1b}[200~", "\u{1b}[201~"];

/// Prompts until the reply parses. An empty reply selects the default, if there is one.
pub(crate) fn read_value<T, E: Display>(
    question: &str,
    default: Option<&str>,
    read: impl Fn(&str) -> Result<T, E>,
) -> Result<T, CommandError> {
    let _pause = Pause::begin();
    loop {
        output::print_prompt(default.map_or_else(|| safe!("{}:", question), |text| safe!("{} [{}]:", question, text)));
        let mut line = String::new();
        let length = io::stdin().lock().read_line(&mut line).map_err(|error| terminal_error(&error))?;
        if length == 0 {
            // Ends the line of the question.
            output::print_note("");
            return Err(terminal_error(&"end of input"));
        }
        let line = line.trim();
        match read(if line.is_empty() { default.unwrap_or_default() } else { line }) {
            Ok(value) => return Ok(value),
            Err(problem) => output::print_note(SafeText::escape(&problem)),
        }
    }
}

/// Prompts for any text, on a thread of its own, so that Ctrl-C still works.
pub(crate) async fn read_answer(question: String) -> Result<String, CommandError> {
    run_blocking(move || read_value(&question, None, |typed| Ok::<_, String>(typed.to_owned()))).await
}

/// A reply to a prompt that also accepts a whole credential.
pub(crate) enum PromptReply<T> {
    Value(T),
    /// JSON, or lines `NAME=value`. It can contain the secret.
    Credential(Secret),
}

/// Prompts until the reply parses, without echo. A reply that starts with `{` is read until the JSON is complete. One with `=` is read
/// until `is_complete`, or until two empty lines. The marks that a terminal puts around pasted text are ignored.
pub(crate) fn read_value_or_credential<T: Display, E: Display>(
    name: &'static str,
    read: impl Fn(&str) -> Result<T, E>,
    is_complete: impl Fn(&str) -> bool,
) -> Result<PromptReply<T>, CommandError> {
    let _pause = Pause::begin();
    // Also between two lines, because a terminal echoes pasted text when it arrives.
    let echo_off = EchoOff::new();
    loop {
        output::print_prompt(safe!("{} or credential (not shown):", name));
        let line = read_hidden_line()?;
        let line = line.expose().trim();
        let is_json = line.starts_with('{');
        if is_json || line.contains('=') {
            let text = if is_json { read_until(line, is_complete_json) } else { read_until(line, is_complete) };
            // What follows would otherwise be a reply to the next prompt, or a command for the shell.
            echo_off.discard_input();
            return text.map(PromptReply::Credential);
        }
        match read(line) {
            Ok(value) => {
                output::print_note(safe!("{}: {}", name, value));
                return Ok(PromptReply::Value(value));
            }
            Err(problem) => output::print_note(safe!("{}", problem)),
        }
    }
}

/// Reads lines until the text is complete. A damaged text has no end of its own, so two empty lines end it; a terminal turns CR LF into
/// two line breaks, so one empty line does not.
fn read_until(first: &str, is_complete: impl Fn(&str) -> bool) -> Result<Secret, CommandError> {
    let mut text = first.to_owned();
    let (mut length, mut empty_lines) = (first.len(), 0);
    while !is_complete(&text) && text.len() <= MAX_PASTED_BYTES {
        if length >= MAX_TERMINAL_LINE {
            return Err(CommandError::new("the terminal cut off a line, because it is too long")
                .with_hint("save the credential to a file, and run `ajo auth login --credentials FILE`")
                .into_authentication_error());
        }
        let line = read_hidden_line()?;
        empty_lines = if line.expose().trim().is_empty() { empty_lines + 1 } else { 0 };
        if empty_lines == 2 {
            break;
        }
        length = line.expose().len();
        text.push('\n');
        text.push_str(line.expose());
    }
    Ok(Secret::new(text))
}

/// Whether a text is JSON, or can no longer become JSON.
fn is_complete_json(text: &str) -> bool {
    let parsed: Result<serde::de::IgnoredAny, _> = serde_json::from_str(text);
    !parsed.is_err_and(|error| error.is_eof())
}

/// A line without the marks that a terminal in bracketed paste mode puts around pasted text.
fn read_hidden_line() -> Result<Secret, CommandError> {
    let line = rpassword::read_password().map(Secret::new).map_err(|error| terminal_error(&error))?;
    Ok(Secret::new(PASTE_MARKS.iter().fold(line.expose().to_owned(), |line, mark| line.replace(mark, ""))))
}

/// Turns off the echo of the terminal until it is dropped. A Windows console echoes all input, so this does nothing there.
struct EchoOff {
    #[cfg(unix)]
    original: Option<rustix::termios::Termios>,
}

impl EchoOff {
    #[cfg(unix)]
    fn new() -> Self {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

        let original = tcgetattr(io::stdin()).ok();
        if let Some(mut hidden) = original.clone() {
            hidden.local_modes.remove(LocalModes::ECHO);
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, &hidden);
        }
        Self { original }
    }

    #[cfg(not(unix))]
    fn new() -> Self {
        Self {}
    }
}

impl EchoOff {
    /// Discards unread input.
    fn discard_input(&self) {
        #[cfg(unix)]
        if self.original.is_some() {
            let _ = rustix::termios::tcflush(io::stdin(), rustix::termios::QueueSelector::IFlush);
        }
    }
}

#[cfg(unix)]
impl Drop for EchoOff {
    fn drop(&mut self) {
        if let Some(original) = &self.original {
            let _ = rustix::termios::tcsetattr(io::stdin(), rustix::termios::OptionalActions::Now, original);
        }
    }
}

/// Prompts for a secret without echo.
pub(crate) fn read_secret(question: &str) -> Result<Secret, CommandError> {
    let _pause = Pause::begin();
    loop {
        output::print_prompt(safe!("{} (not shown):", question));
        let text = read_hidden_line()?;
        if !text.expose().trim().is_empty() {
            let secret = Secret::new(text.expose().trim());
            secret_mask::register(&secret);
            return Ok(secret);
        }
    }
}

fn terminal_error(problem: &impl Display) -> CommandError {
    CommandError::new(format!("failed to read from the terminal: {problem}"))
}
