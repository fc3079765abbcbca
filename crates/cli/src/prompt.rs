//! Prompts on the terminal.

use std::fmt::Display;
use std::io::{self, BufRead as _};

use ajo_auth::Secret;

use crate::command_error::CommandError;
use crate::output;
use crate::safe_text::{SafeText, safe};
use crate::secret_mask;

/// Prompts until the reply parses. An empty reply selects the default, if there is one.
pub(crate) fn read_value<T, E: Display>(
    question: &str,
    default: Option<&str>,
    read: impl Fn(&str) -> Result<T, E>,
) -> Result<T, CommandError> {
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

/// Prompts for a secret without echo.
pub(crate) fn read_secret(question: &str) -> Result<Secret, CommandError> {
    loop {
        output::print_prompt(safe!("{} (not shown):", question));
        let text = rpassword::read_password().map_err(|error| terminal_error(&error))?;
        if !text.trim().is_empty() {
            let secret = Secret::new(text.trim());
            secret_mask::register(&secret);
            return Ok(secret);
        }
    }
}

fn terminal_error(problem: &impl Display) -> CommandError {
    CommandError::new(format!("failed to read from the terminal: {problem}"))
}
