//! A command with an emulator around it.

use std::ffi::OsString;
use std::io::{ErrorKind, IsTerminal as _};
use std::process::ExitCode;

use super::{start, state};
use crate::arguments::{Settings, Start};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::session::{OFF, variable};
use crate::signals::{Signals, Stop};

/// Variables that would go before the emulator's own.
const OVERRIDING: [&str; 4] = ["AJO_ACCESS_TOKEN", "AJO_CREDENTIALS", "AJO_CREDENTIAL_NAME", "AJO_PROFILE"];

pub(crate) async fn run(start: &Start, command: &[OsString], settings: &Settings) -> Result<ExitCode, Failure> {
    let mut signals = Signals::listen()?;
    let emulator = start::start(start, 0, None, settings).await?;
    let (program, arguments) = command.split_first().ok_or_else(|| Failure::new("no command is given"))?;
    let mut child = tokio::process::Command::new(program);
    child.args(arguments).envs(emulator.environment()).kill_on_drop(true);
    for name in OVERRIDING {
        child.env_remove(name);
    }
    // A token of this emulator is of no use to anybody once it is gone, so none is left behind in the user's cache.
    if variable("AJO_TOKEN_CACHE").is_none() {
        child.env("AJO_TOKEN_CACHE", OFF);
    }
    let failed = |error| Failure::new(format!("failed to run {}: {error}", program.to_string_lossy()));
    let mut child = match child.spawn() {
        Ok(child) => child,
        Err(error) => {
            let code = code_of_failure(&error);
            output::problem(&failed(error), settings.output);
            return Ok(code.into());
        }
    };
    // The emulator stays until the child is gone. What a signal means is for the child to decide.
    let status = loop {
        tokio::select! {
            status = child.wait() => break status.map_err(failed)?,
            stop = signals.next() => {
                // A terminal sends Ctrl-C to the child as well; a second one would often end it at once.
                if stop != Stop::CtrlC || !std::io::stdin().is_terminal() {
                    pass_on(stop, &mut child).map_err(failed)?;
                }
            }
        }
    };
    state::save(start, &emulator)?;
    Ok(ExitCode::from(code_of(status)))
}

/// Sends the child the signal that came.
#[cfg(unix)]
fn pass_on(stop: Stop, child: &mut tokio::process::Child) -> std::io::Result<()> {
    use rustix::process::{Pid, Signal, kill_process};

    let signal = match stop {
        Stop::CtrlC => Signal::INT,
        Stop::Terminate => Signal::TERM,
    };
    // One that has ended and was waited for has no identifier any more.
    let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    pid.map_or(Ok(()), |pid| Ok(kill_process(pid, signal)?))
}

/// Where there are no signals to send, it is ended.
#[cfg(not(unix))]
fn pass_on(_: Stop, child: &mut tokio::process::Child) -> std::io::Result<()> {
    child.start_kill()
}

/// The code for a command that could not be started, as shells have it: 127 if there is none, 126 if it cannot be run.
fn code_of_failure(error: &std::io::Error) -> u8 {
    if error.kind() == ErrorKind::NotFound { 127 } else { 126 }
}

/// The child's code; 128 and the signal for one that was killed, as shells have it.
fn code_of(status: std::process::ExitStatus) -> u8 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return u8::try_from(128 + signal).unwrap_or(u8::MAX);
    }
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(Exit::Failure.code())
}
