//! `ajo emulator`.

mod exec;
mod remote;
mod start;
mod state;

use std::process::ExitCode;

use crate::arguments::{Emulator, Settings};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::report::Format;
use crate::signals::Signals;

pub(crate) async fn run(settings: &Settings, command: Emulator) -> Result<ExitCode, Failure> {
    match command {
        Emulator::Serve { port, host, allow_remote: _, start } => {
            // Listened for before anything is printed: whoever reads it may stop the emulator at once.
            let mut signals = Signals::listen()?;
            let emulator = start::start(&start, port, host, settings).await?;
            output::note(&format!(
                "the emulator listens on http://{} until Ctrl-C; settings for other programs:",
                emulator.address()
            ));
            output::data(&exports(&emulator.environment()))?;
            signals.next().await;
            state::save(&start, &emulator)?;
            output::note("stopped");
        }
        Emulator::Exec { start, command } => return exec::run(&start, &command, settings).await,
        Emulator::Env(at) => output::data(&exports(&remote::environment(&at).await?))?,
        Emulator::Wait { at, timeout } => remote::wait(&at, timeout).await?,
        Emulator::Status(at) => {
            let status = remote::status(&at).await?;
            output::data(&match settings.output {
                Format::Json => format!("{status:#}"),
                _ => remote::describe(&status),
            })?;
        }
        Emulator::Reset(at) => {
            remote::reset(&at).await?;
            output::note("empty again");
        }
    }
    Ok(Exit::Success.into())
}

/// Lines for a shell.
fn exports<N: AsRef<str>>(variables: &[(N, String)]) -> String {
    let quoted = |value: &str| value.replace('\'', r"'\''");
    let lines = variables.iter().map(|(name, value)| format!("export {}='{}'", name.as_ref(), quoted(value)));
    lines.collect::<Vec<_>>().join("\n")
}
