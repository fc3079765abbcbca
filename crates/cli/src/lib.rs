//! The `ajo` command: capping and throttling limits of Adobe Journey Optimizer.
//!
//! A library so that its [`ExitStatus`] codes are a documented type; the binary only calls [`run`].

mod arguments;
mod blocking_work;
mod command_error;
mod commands;
mod completion;
mod confirm;
mod definition_file;
mod exit_status;
mod guide_url;
mod help;
mod input_file;
mod jq_filter;
mod limits_paths;
mod number_format;
mod observed_files;
mod output;
mod progress_bar;
mod prompt;
mod read_access;
#[cfg(test)]
mod reference;
mod rejected_part;
mod report;
mod request_log;
mod run_simulation;
mod safe_text;
mod sandbox_type;
mod secret_check;
mod secret_mask;
mod session;
mod shell_quote;
mod signals;
mod text_diff;
mod time;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::FromArgMatches as _;
use clap::parser::ValueSource;

use arguments::CliArgs;
use command_error::CommandError;
pub use exit_status::ExitStatus;
use report::OutputFormat;

/// Runs the command line and returns the exit code.
pub fn run<A: Into<OsString> + Clone>(arguments: impl IntoIterator<Item = A>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().map(Into::into).collect();
    if let Some(code) = completion::respond(&arguments) {
        return code;
    }
    output::print_panics_safely();
    secret_mask::register_environment();
    output::set_up_color(&arguments);
    let (mut arguments, is_format_given) = match parse(&arguments) {
        Ok(parsed) => parsed,
        Err(error) => return print_parse_error(error, &arguments),
    };
    // `--jq` implies JSON, but not for errors.
    let output = arguments.settings.output;
    let jq = output::set_up_jq(&mut arguments.settings, is_format_given);
    if let Err(error) = jq.and_then(|()| request_log::set_up(&arguments.settings, &arguments.command)) {
        return exit_with(Err(error), output);
    }
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return exit_with(Err(CommandError::new(format!("failed to start: {error}"))), output),
    };
    let outcome = runtime.block_on(commands::dispatch(arguments));
    // A blocking disk operation may hang its thread; it must not keep the process alive.
    runtime.shutdown_background();
    exit_with(outcome, output)
}

/// Parses the command line. Also says whether it has `--output`. The help is more than what clap generates from the arguments.
fn parse(arguments: &[OsString]) -> Result<(CliArgs, bool), clap::Error> {
    let mut command = help::command().color(output::help_color());
    let matches = command.try_get_matches_from_mut(arguments)?;
    let is_format_given = matches.value_source("output") == Some(ValueSource::CommandLine);
    let parsed = CliArgs::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
    Ok((parsed, is_format_given))
}

/// Prints help, the version, or a usage error.
fn print_parse_error(mut error: clap::Error, arguments: &[OsString]) -> ExitCode {
    help::suggest_groups(&mut error, arguments.get(1).and_then(|name| name.to_str()));
    // Help and version go to standard output; everything else is a usage error.
    if !error.use_stderr() {
        return exit_with(output::print_help(&error).map(|()| ExitStatus::Success.into()), OutputFormat::Text);
    }
    let json = arguments.iter().any(|it| it == "--output=json")
        || arguments.windows(2).any(|it| it[0] == "--output" && it[1] == "json");
    if json {
        let text = error.to_string();
        let failure = CommandError::new(text.trim_start_matches("error: ").trim_end()).into_usage_error();
        return exit_with(Err(failure), report::OutputFormat::Json);
    }
    output::print_usage_error(error);
    ExitStatus::Usage.into()
}

fn exit_with(outcome: Result<ExitCode, CommandError>, output: OutputFormat) -> ExitCode {
    outcome.unwrap_or_else(|failure| {
        output::print_error(&failure, output);
        failure.exit_status().into()
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
