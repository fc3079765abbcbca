//! Confirmation before changes to a production sandbox.

use std::io::{self, IsTerminal as _};

use ajo_limits::CommandReport;

use super::input::LimitsInput;
use crate::arguments::{self, GlobalSettings};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::report::{OutputFormat, TextStyle};
use crate::{output, prompt};

/// Prompts for the name of a production sandbox. Fails without a terminal.
pub(crate) async fn confirm_production(
    settings: &GlobalSettings,
    args: &arguments::ApplyArgs,
    input: &LimitsInput,
    report: &CommandReport,
) -> Result<(), CommandError> {
    // The in-process emulator is never production.
    if args.yes || settings.emulator || !input.is_production {
        return Ok(());
    }
    let sandbox = report.sandbox.clone().unwrap_or_default();
    if !io::stdin().is_terminal() {
        return Err(CommandError::new(format!(
            "{sandbox} is a production sandbox, and there is no terminal to confirm the changes"
        ))
        .with_hint(
            "pass --yes after reviewing the plan, or set `production: false` in the file if it is not production",
        )
        .with_exit_status(ExitStatus::Blocked));
    }
    let style = TextStyle { color: output::supports_color(), width: output::terminal_width() };
    output::print_note(OutputFormat::Text.render(report, &|file| input.sources.displayable_content(file), style));
    let question = format!("Type the name of the production sandbox ({sandbox}) to apply these changes");
    // Blocks its own thread, so that Ctrl-C still works.
    let prompted = tokio::task::spawn_blocking(move || {
        prompt::read_value(&question, None, |typed| Ok::<_, String>(typed.to_owned()))
    });
    let typed = prompted.await.map_err(|error| CommandError::new(format!("failed to prompt: {error}")))?;
    match typed {
        Ok(typed) if typed == sandbox => Ok(()),
        Ok(_) => {
            Err(CommandError::new("the name does not match; nothing was changed").with_exit_status(ExitStatus::Blocked))
        }
        Err(failure) => Err(failure.with_exit_status(ExitStatus::Blocked)),
    }
}
