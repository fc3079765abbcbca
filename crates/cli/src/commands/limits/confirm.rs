//! Confirmation before changes to a production sandbox.

use std::io::{self, IsTerminal as _};

use ajo_limits::CommandReport;

use super::input::LimitsInput;
use crate::arguments::{self, GlobalSettings};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::report::{OutputFormat, TextStyle};
use crate::{output, prompt};

/// Prompts for the name of the sandbox of an apply, if it is a production sandbox. Fails without a terminal.
pub(crate) async fn confirm_production(
    settings: &GlobalSettings,
    args: &arguments::ApplyArgs,
    input: &LimitsInput,
    report: &CommandReport,
) -> Result<(), CommandError> {
    if args.yes || !input.is_production {
        return Ok(());
    }
    let hint = "pass --yes after reviewing the plan, or set `production: false` in the file if it is not production";
    let style = TextStyle { color: output::has_color(), width: output::terminal_width() };
    let plan = || {
        output::print_note(OutputFormat::Text.render(report, &|file| input.sources.displayable_content(file), style));
    };
    confirm_sandbox(settings, report.sandbox.as_deref().unwrap_or_default(), hint, plan).await?;
    Ok(())
}

/// Prompts for the name of the sandbox, after `show_changes`. Fails without a terminal. Returns whether it prompted.
pub(crate) async fn confirm_sandbox(
    settings: &GlobalSettings,
    sandbox: &str,
    hint: &str,
    show_changes: impl FnOnce(),
) -> Result<bool, CommandError> {
    // The in-process emulator is never production.
    if settings.emulator {
        return Ok(false);
    }
    if !io::stdin().is_terminal() {
        return Err(CommandError::new(format!(
            "{sandbox} is treated as a production sandbox, and there is no terminal to confirm the changes"
        ))
        .with_hint(hint)
        .with_exit_status(ExitStatus::Blocked));
    }
    show_changes();
    let question = format!("Type the name of the production sandbox ({sandbox}) to apply these changes");
    match prompt::read_answer(question).await {
        Ok(typed) if typed == sandbox => Ok(true),
        Ok(_) => {
            Err(CommandError::new("the name does not match; nothing was changed").with_exit_status(ExitStatus::Blocked))
        }
        Err(failure) => Err(failure.with_exit_status(ExitStatus::Blocked)),
    }
}
