//! `ajo emulator`.

mod control_client;
mod data_file;
mod exec;
mod start;

use std::process::ExitCode;

use crate::arguments::{EmulatorCommand, GlobalSettings};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::output;
use crate::report::OutputFormat;
use crate::safe_text::{SafeText, safe};
use crate::signals::SignalListener;

pub(crate) async fn run(settings: &GlobalSettings, command: EmulatorCommand) -> Result<ExitCode, CommandError> {
    match command {
        EmulatorCommand::Serve { port, host, allow_remote: _, start } => {
            // Listen before printing anything: a program that reads the output may stop the emulator at once.
            let mut signals = SignalListener::listen()?;
            let emulator = start::start(&start, port, host, settings).await?;
            output::print_note(safe!(
                "emulator listening on http://{} until Ctrl-C; settings for other programs:",
                emulator.address()
            ));
            output::print_data(export_lines(&emulator.environment()))?;
            signals.next().await;
            data_file::save(&start, &emulator)?;
            output::print_note("stopped");
        }
        EmulatorCommand::Exec { start, command } => return exec::run(&start, &command, settings).await,
        EmulatorCommand::Env(at) => output::print_data(export_lines(&control_client::environment(&at).await?))?,
        EmulatorCommand::Wait { at, timeout } => control_client::wait(&at, timeout).await?,
        EmulatorCommand::Status(at) => {
            let status = control_client::status(&at).await?;
            match settings.output {
                OutputFormat::Json => output::print_json(&format!("{status:#}"))?,
                _ => output::print_data(control_client::format_status(&status))?,
            }
        }
        EmulatorCommand::Reset(at) => {
            control_client::reset(&at).await?;
            output::print_note("reset");
        }
    }
    Ok(ExitStatus::Success.into())
}

/// `export` lines for a shell. They contain the client secret of the emulator on purpose.
fn export_lines<N: AsRef<str>>(variables: &[(N, String)]) -> SafeText {
    let value = |name: &str, value: &str| {
        let quoted = value.replace('\'', r"'\''");
        if name == "AJO_CLIENT_SECRET" { SafeText::expose(&quoted) } else { SafeText::escape(&quoted) }
    };
    let line = |(name, text): &(N, String)| safe!("export {}='{}'", name.as_ref(), value(name.as_ref(), text));
    SafeText::join_lines(variables.iter().map(line))
}
