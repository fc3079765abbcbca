//! `ajo emulator`.

use std::ffi::OsString;
use std::process::ExitCode;

use ajo_emulator::Emulator;

use crate::arguments;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

/// Variables that would go before the emulator's own.
const OVERRIDING: [&str; 2] = ["AJO_ACCESS_TOKEN", "AJO_CREDENTIALS"];

pub(crate) async fn run(command: arguments::Emulator) -> Result<ExitCode, Failure> {
    match command {
        arguments::Emulator::Serve { port } => serve(port).await,
        arguments::Emulator::Exec { command } => exec(&command).await,
    }
}

async fn start(port: u16) -> Result<Emulator, Failure> {
    Emulator::builder().port(port).start().await.map_err(|error| Failure::new(error.to_string()))
}

async fn serve(port: u16) -> Result<ExitCode, Failure> {
    let emulator = start(port).await?;
    output::note(&format!(
        "the emulator listens on http://{} until Ctrl-C; settings for other programs:",
        emulator.address()
    ));
    let lines: Vec<String> =
        emulator.environment().iter().map(|(name, value)| format!("export {name}='{value}'")).collect();
    output::data(&lines.join("\n"))?;
    stopped().await.map_err(|error| Failure::new(format!("failed to wait for Ctrl-C: {error}")))?;
    output::note("stopped");
    Ok(Exit::Success.into())
}

/// What asks this process to stop.
#[derive(PartialEq, Eq)]
enum Stop {
    CtrlC,
    /// The signal with which process managers end a process.
    Terminated,
}

async fn stopped() -> std::io::Result<Stop> {
    #[cfg(unix)]
    {
        let mut terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            result = tokio::signal::ctrl_c() => result.map(|()| Stop::CtrlC),
            _ = terminated.recv() => Ok(Stop::Terminated),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await.map(|()| Stop::CtrlC)
}

async fn exec(command: &[OsString]) -> Result<ExitCode, Failure> {
    let emulator = start(0).await?;
    let (program, arguments) = command.split_first().ok_or_else(|| Failure::new("no command is given"))?;
    let mut child = tokio::process::Command::new(program);
    child.args(arguments).envs(emulator.environment()).kill_on_drop(true);
    for name in OVERRIDING {
        child.env_remove(name);
    }
    let failed = |error| Failure::new(format!("failed to run {}: {error}", program.to_string_lossy()));
    let mut child = child.spawn().map_err(failed)?;
    // Ctrl-C reaches the child as well, which decides what to make of it; a request to end ends the child. The emulator stays
    // until the child is gone.
    let status = loop {
        tokio::select! {
            status = child.wait() => break status.map_err(failed)?,
            signal = stopped() => {
                if signal.map_err(failed)? == Stop::Terminated {
                    child.start_kill().map_err(failed)?;
                }
            }
        }
    };
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
