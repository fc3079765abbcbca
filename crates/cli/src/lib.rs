//! The `ajo` command: capping and throttling limits of Adobe Journey Optimizer.
//!
//! A library so that its [`Exit`] codes are a documented type; the binary only calls [`run`].

mod arguments;
mod commands;
mod definition;
mod exit;
mod failure;
mod output;
mod prompt;
mod report;
mod session;
mod signals;
mod time;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;

use arguments::Arguments;
pub use exit::Exit;
use failure::Failure;
use report::Format;

/// Runs the command line and says with which code the process ends.
pub fn run<A: Into<OsString> + Clone>(arguments: impl IntoIterator<Item = A>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().map(Into::into).collect();
    let arguments = match Arguments::try_parse_from(&arguments) {
        Ok(arguments) => arguments,
        Err(error) => return unread(&error, &arguments),
    };
    let output = arguments.settings.output;
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return end(Err(Failure::new(format!("failed to start: {error}"))), output),
    };
    let outcome = runtime.block_on(commands::dispatch(arguments));
    // A disk that does not answer holds a thread, and must not hold the process.
    runtime.shutdown_background();
    end(outcome, output)
}

/// Ends with what is to be said of a command line that asks for help, or is wrong.
fn unread(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    // Help and version are asked for and go to standard output; everything else is a usage error.
    if !error.use_stderr() {
        let _ = error.print();
        return Exit::Success.into();
    }
    let json = arguments.iter().any(|it| it == "--output=json")
        || arguments.windows(2).any(|it| it[0] == "--output" && it[1] == "json");
    if json {
        let text = error.to_string();
        let failure = Failure::new(text.trim_start_matches("error: ").trim_end()).usage();
        return end(Err(failure), report::Format::Json);
    }
    let _ = error.print();
    Exit::Usage.into()
}

fn end(outcome: Result<ExitCode, Failure>, output: Format) -> ExitCode {
    outcome.unwrap_or_else(|failure| {
        output::problem(&failure, output);
        failure.exit().into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_exits_with_success() {
        assert_eq!(run(["ajo", "--version"]), ExitCode::SUCCESS);
    }
}
