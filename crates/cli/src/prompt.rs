//! Questions to the person at the terminal.

use std::fmt::Display;
use std::io::{self, BufRead as _};

use ajo_auth::Secret;

use crate::failure::Failure;
use crate::output;

/// Asks until the answer can be read. An empty answer stands for the default, if there is one.
pub(crate) fn ask<T, E: Display>(
    question: &str,
    default: Option<&str>,
    read: impl Fn(&str) -> Result<T, E>,
) -> Result<T, Failure> {
    loop {
        output::prompt(&default.map_or_else(|| format!("{question}: "), |text| format!("{question} [{text}]: ")));
        let mut line = String::new();
        let length = io::stdin().lock().read_line(&mut line).map_err(|error| failed(&error))?;
        if length == 0 {
            return Err(failed(&"it ended"));
        }
        let line = line.trim();
        match read(if line.is_empty() { default.unwrap_or_default() } else { line }) {
            Ok(value) => return Ok(value),
            Err(problem) => output::note(&problem.to_string()),
        }
    }
}

/// Asks for a secret, which is not shown while it is typed.
pub(crate) fn secret(question: &str) -> Result<Secret, Failure> {
    loop {
        output::prompt(&format!("{question} (not shown): "));
        let text = rpassword::read_password().map_err(|error| failed(&error))?;
        if !text.trim().is_empty() {
            return Ok(Secret::new(text.trim()));
        }
    }
}

fn failed(problem: &impl Display) -> Failure {
    Failure::new(format!("failed to read from the terminal: {problem}"))
}
