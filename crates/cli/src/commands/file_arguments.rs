//! The limits files among the arguments of a command.

use super::simulate;
use crate::arguments::Command;
use crate::command_error::CommandError;
use crate::limits_paths;

/// Replaces directories and patterns by limits files.
pub(crate) fn expand(command: &mut Command) -> Result<(), CommandError> {
    let files = match command {
        Command::Validate(args) => &mut args.files,
        Command::Plan(args) => &mut args.files.files,
        Command::Apply(args) => &mut args.files,
        Command::Drift(args) | Command::Verify(args) => &mut args.files.files,
        Command::Accept(args) => &mut args.files.files,
        Command::Import(args) => &mut args.files.files,
        Command::Explain(args) => &mut args.limits,
        Command::Fmt(args) => &mut args.files,
        Command::Simulate(args) => return simulate::expand_sources(args),
        _ => return Ok(()),
    };
    *files = limits_paths::expand(files)?;
    Ok(())
}
