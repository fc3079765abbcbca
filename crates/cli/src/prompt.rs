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

/// Maximum size of pasted JSON in bytes.
const MAX_JSON_BYTES: usize = ajo_auth::MAX_CREDENTIAL_BYTES;

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

/// A reply to a prompt that also accepts JSON.
pub(crate) enum PromptReply<T> {
    Value(T),
    /// A JSON object, which can contain the secret.
    Json(Secret),
}

/// Prompts until the reply parses, without echo. A reply that starts with `{` is read until the JSON is complete.
pub(crate) fn read_value_or_json<T: Display, E: Display>(
    name: &'static str,
    read: impl Fn(&str) -> Result<T, E>,
) -> Result<PromptReply<T>, CommandError> {
    let _pause = Pause::begin();
    // Also between two lines, because a terminal echoes pasted text when it arrives.
    let _echo_off = EchoOff::new();
    loop {
        output::print_prompt(safe!("{} or JSON (not shown):", name));
        let line = read_hidden_line()?;
        let line = line.expose().trim();
        if line.starts_with('{') {
            return read_json(line).map(PromptReply::Json);
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

/// Reads lines until the text is complete JSON or invalid.
fn read_json(first: &str) -> Result<Secret, CommandError> {
    let mut text = first.to_owned();
    loop {
        let parsed: Result<serde::de::IgnoredAny, _> = serde_json::from_str(&text);
        let is_incomplete = parsed.is_err_and(|error| error.is_eof());
        if !is_incomplete || text.len() > MAX_JSON_BYTES {
            return Ok(Secret::new(text));
        }
        let line = read_hidden_line()?;
        text.push('\n');
        text.push_str(line.expose());
    }
}

fn read_hidden_line() -> Result<Secret, CommandError> {
    rpassword::read_password().map(Secret::new).map_err(|error| terminal_error(&error))
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
