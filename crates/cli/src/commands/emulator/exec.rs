//! A command with an emulator around it.

use std::ffi::OsString;
use std::process::ExitCode;

use super::{start, state};
use crate::arguments::{Settings, Start};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::places::OFF;
use crate::session::variable;
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
    let mut child = child.spawn().map_err(failed)?;
    // The emulator stays until the child is gone. What Ctrl-C means is for the child to decide, which gets it as well.
    let status = loop {
        tokio::select! {
            status = child.wait() => break status.map_err(failed)?,
            stop = signals.next() => {
                if stop != Stop::CtrlC {
                    child.start_kill().map_err(failed)?;
                }
            }
        }
    };
    state::save(start, &emulator)?;
    Ok(ExitCode::from(code_of(status)))
}

/// The child's code; 128 and the signal for one that was killed, as shells have it.
fn code_of(status: std::process::ExitStatus) -> u8 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return u8::try_from(128 + signal).unwrap_or(u8::MAX);
    }
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(Exit::Failure.code())
}
