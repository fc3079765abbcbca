//! Turns the arguments of a tool into those of a command, so that both have the same checks and errors.

use std::fmt::Display;

use clap::Parser as _;

use crate::arguments::{CliArgs, Command};
use crate::command_error::CommandError;
use crate::commands::file_arguments::expand;

/// A command line. A value cannot become an option: it is part of one, or after `--`.
pub(super) struct CommandLine {
    words: Vec<String>,
}

impl CommandLine {
    /// `command` can have a subcommand after a space.
    pub(super) fn new(command: &'static str) -> Self {
        Self { words: ["ajo"].into_iter().chain(command.split(' ')).map(str::to_owned).collect() }
    }

    /// Adds `--NAME=VALUE` for each value.
    pub(super) fn option<T: Display>(mut self, name: &'static str, values: impl IntoIterator<Item = T>) -> Self {
        self.words.extend(values.into_iter().map(|value| format!("--{name}={value}")));
        self
    }

    /// Adds `--NAME` if it is set.
    pub(super) fn flag(mut self, name: &'static str, is_set: bool) -> Self {
        self.words.extend(is_set.then(|| format!("--{name}")));
        self
    }

    /// Adds the values without an option, and parses the command.
    pub(super) fn parse(mut self, values: impl IntoIterator<Item = String>) -> Result<Command, CommandError> {
        self.words.push("--".to_owned());
        self.words.extend(values);
        let parsed = CliArgs::try_parse_from(self.words).map_err(|error| {
            let text = error.to_string();
            // Usage lines follow an empty line.
            let problem = text.split("\n\n").next().unwrap_or_default();
            CommandError::new(problem.trim_start_matches("error: ").trim_end()).into_usage_error()
        })?;
        let mut command = parsed.command;
        expand(&mut command)?;
        Ok(command)
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn value_is_never_an_option() {
        let line = CommandLine::new("plan").option("policy", [" --prune"]).flag("prune", false);
        let Ok(Command::Plan(args)) = line.parse(["--out=plan.json".to_owned()]) else { panic!("not a plan") };
        assert!(args.out.is_none() && !args.prune_args.prune);
        assert_eq!(args.files.files, [PathBuf::from("--out=plan.json")]);
        assert_eq!(args.files.state_args.policy, Some(PathBuf::from(" --prune")));
    }

    #[test]
    fn error_has_no_usage_lines() {
        let error = CommandLine::new("simulate").option("traffic", ["x"]).parse([]).expect_err("a wrong value");
        assert!(error.message.starts_with("invalid value 'x' for '--traffic"), "{}", error.message);
        assert!(!error.message.contains("Usage"), "{}", error.message);
    }
}
