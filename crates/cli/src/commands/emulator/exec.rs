//! `ajo emulator exec`: runs a command with an emulator.

use std::ffi::OsString;
use std::io::{ErrorKind, IsTerminal as _};
use std::process::ExitCode;

use super::{data_file, start};
use crate::arguments::{GlobalSettings, StartArgs};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::output;
use crate::session::{Setting, SettingsReader};
use crate::signals::{SignalListener, StopSignal};

/// Variables that would override the emulator's settings.
const OVERRIDING_VARIABLES: [&str; 4] = ["AJO_ACCESS_TOKEN", "AJO_CREDENTIALS", "AJO_CREDENTIAL_NAME", "AJO_PROFILE"];

pub(crate) async fn run(
    start: &StartArgs,
    command: &[OsString],
    settings: &GlobalSettings,
) -> Result<ExitCode, CommandError> {
    let mut signals = SignalListener::listen()?;
    let emulator = start::start(start, 0, None, settings).await?;
    let (program, arguments) = command.split_first().ok_or_else(|| CommandError::new("no command given"))?;
    let mut child = tokio::process::Command::new(program);
    child.args(arguments).envs(emulator.environment()).kill_on_drop(true);
    for name in OVERRIDING_VARIABLES {
        child.env_remove(name);
    }
    // Tokens of this emulator are useless after it stops, so they stay out of the user's cache.
    if SettingsReader::variables().get(Setting::TokenCache)?.is_none() {
        child.env(Setting::TokenCache.variable(), "off");
    }
    let failed = |error| CommandError::new(format!("failed to run {}: {error}", program.to_string_lossy()));
    let mut child = match child.spawn() {
        Ok(child) => child,
        Err(error) => {
            let code = spawn_error_code(&error);
            output::print_error(&failed(error), settings.output);
            return Ok(code.into());
        }
    };
    // The emulator runs until the child exits. The child decides how to handle a signal.
    let status = loop {
        tokio::select! {
            status = child.wait() => break status.map_err(failed)?,
            stop = signals.next() => {
                // A terminal sends Ctrl-C to the child as well. Forwarding it would be a second one, which often kills at once.
                if stop != StopSignal::CtrlC || !std::io::stdin().is_terminal() {
                    forward_signal(stop, &mut child).map_err(failed)?;
                }
            }
        }
    };
    data_file::save(start, &emulator)?;
    Ok(ExitCode::from(child_exit_code(status)))
}

/// Forwards a signal to the child.
#[cfg(unix)]
fn forward_signal(stop: StopSignal, child: &mut tokio::process::Child) -> std::io::Result<()> {
    use rustix::process::{Pid, Signal, kill_process};

    let signal = match stop {
        StopSignal::CtrlC => Signal::INT,
        StopSignal::Terminate => Signal::TERM,
    };
    // A child that has exited has no process id.
    let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    pid.map_or(Ok(()), |pid| Ok(kill_process(pid, signal)?))
}

/// Without signals, the child is killed.
#[cfg(not(unix))]
fn forward_signal(_: StopSignal, child: &mut tokio::process::Child) -> std::io::Result<()> {
    child.start_kill()
}

/// The exit code for a command that could not be started, as in shells: 127 if not found, 126 if not executable.
fn spawn_error_code(error: &std::io::Error) -> u8 {
    if error.kind() == ErrorKind::NotFound { 127 } else { 126 }
}

/// The exit code of the child. As in shells, 128 plus the signal number if a signal killed it.
fn child_exit_code(status: std::process::ExitStatus) -> u8 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return u8::try_from(128 + signal).unwrap_or(u8::MAX);
    }
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(ExitStatus::Failure.code())
}
