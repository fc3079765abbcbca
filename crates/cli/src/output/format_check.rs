//! Checks that the command supports the output format, and `--jq`.

use std::sync::OnceLock;

use clap::ValueEnum as _;

use crate::arguments::{AuthCommand, Command, EmulatorCommand, GlobalSettings, StateCommand};
use crate::command_error::CommandError;
use crate::jq_filter::JqFilter;
use crate::report::OutputFormat;

/// The filter of `--jq`.
static JQ_FILTER: OnceLock<JqFilter> = OnceLock::new();

pub(super) fn jq_filter() -> Option<&'static JqFilter> {
    JQ_FILTER.get()
}

/// Reads `--jq`, which implies JSON.
pub(crate) fn set_up_jq(settings: &mut GlobalSettings, is_format_given: bool) -> Result<(), CommandError> {
    let Some(expression) = &settings.jq else { return Ok(()) };
    let format = std::mem::replace(&mut settings.output, OutputFormat::Json);
    if is_format_given && format != OutputFormat::Json {
        let problem = format!("`--jq` filters JSON; `--output {}` is not JSON", format_name(format));
        return Err(CommandError::new(problem).into_usage_error());
    }
    // The first filter stays: only tests run several commands in one process.
    let _ = JQ_FILTER.set(JqFilter::parse(expression)?);
    Ok(())
}

/// Rejects an output format that the command does not support. Only reports have more formats than text and JSON.
pub(crate) fn check_format(settings: &GlobalSettings, command: &Command) -> Result<(), CommandError> {
    if settings.jq.is_some() && !prints_json(command) {
        return Err(
            CommandError::new("this command prints no JSON, so `--jq` has nothing to filter").into_usage_error()
        );
    }
    let output = settings.output;
    let reports = matches!(
        command,
        Command::Validate(_) | Command::Plan(_) | Command::Apply(_) | Command::Drift(_) | Command::Verify(_)
    );
    if reports || matches!(output, OutputFormat::Text | OutputFormat::Json) {
        return Ok(());
    }
    Err(CommandError::new(format!(
        "`--output {}` is only supported by validate, plan, apply, drift, and verify; use text or json",
        format_name(output)
    ))
    .into_usage_error())
}

fn format_name(output: OutputFormat) -> String {
    output.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

const fn prints_json(command: &Command) -> bool {
    match command {
        Command::Demo
        | Command::Mcp(_)
        | Command::Completions(_)
        | Command::Man(_)
        | Command::Help(_)
        | Command::Auth(AuthCommand::Login | AuthCommand::Logout(_) | AuthCommand::Token | AuthCommand::Switch(_))
        | Command::State(
            StateCommand::Mv(_)
            | StateCommand::Rm(_)
            | StateCommand::Push(_)
            | StateCommand::Init(_)
            | StateCommand::Unlock(_),
        ) => false,
        Command::Emulator(command) => matches!(command, EmulatorCommand::Status(_)),
        _ => true,
    }
}
