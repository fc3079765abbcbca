//! One module per subcommand or group of subcommands.
//!
//! A new subcommand needs a variant of [`Command`] in `arguments.rs`, an arm of [`dispatch`], and a module here. If it prints
//! reports, add it to `output::check_format`.

mod api;
mod auth;
mod completions;
mod demo;
mod doctor;
mod emulator;
mod explain;
mod file_arguments;
mod fmt;
mod help;
mod init;
mod limits;
mod man;
mod mcp;
mod resource;
mod simulate;
mod size;
mod state;

use std::process::ExitCode;

use crate::arguments::{CliArgs, Command, EmulatorCommand, GlobalSettings};
use crate::command_error::CommandError;
use crate::output;
use crate::progress_bar::{Activity, Pause};
use crate::session;

/// Runs one subcommand.
pub(crate) async fn dispatch(arguments: CliArgs) -> Result<ExitCode, CommandError> {
    let CliArgs { settings, mut command } = arguments;
    output::check_format(&settings, &command)?;
    file_arguments::expand(&mut command)?;
    run_command(&settings, command).await.map_err(|failure| session::name_rejected_source(&settings, failure))
}

async fn run_command(settings: &GlobalSettings, command: Command) -> Result<ExitCode, CommandError> {
    let activity = activity(&command);
    let _pause = activity.is_none().then(Pause::begin);
    let _activity = activity.map(Activity::start);
    match command {
        Command::Demo => demo::run().await,
        Command::Capping(command) => resource::capping(settings, command).await,
        Command::Throttling(command) => resource::throttling(settings, command).await,
        Command::Validate(files) => limits::validate(settings, &files),
        Command::Plan(args) => limits::plan(settings, &args).await,
        Command::Apply(args) => Box::pin(limits::apply(settings, &args)).await,
        Command::Export(args) => limits::export(settings, &args).await,
        Command::Drift(files) => limits::drift(settings, &files).await,
        Command::Accept(args) => limits::accept(settings, &args).await,
        Command::Import(args) => limits::import(settings, &args).await,
        Command::Verify(files) => limits::verify(settings, &files).await,
        Command::State(command) => state::run(settings, command).await,
        Command::Schema(args) => limits::schema(&args),
        Command::Auth(command) => auth::run(settings, command).await,
        Command::Doctor(target) => doctor::run(settings, &target).await,
        Command::Emulator(command) => emulator::run(settings, command).await,
        Command::Explain(args) => explain::run(settings, &args).await,
        Command::Simulate(args) => simulate::run(settings, &args).await,
        Command::Size(args) => size::run(settings, &args),
        Command::Api(args) => api::run(settings, &args).await,
        Command::Init(args) => init::run(settings, &args),
        Command::Fmt(args) => fmt::run(settings, &args),
        Command::Mcp(args) => mcp::run(settings, args).await,
        Command::Completions(args) => completions::run(&args),
        Command::Help(args) => help::run(&args),
        Command::Man(args) => man::run(&args),
    }
}

/// The activity of a command until it names a more specific one. `None` if the terminal belongs to someone else: a person who uses a
/// server or a demo, or a child process.
const fn activity(command: &Command) -> Option<&'static str> {
    match command {
        Command::Demo
        | Command::Mcp(_)
        | Command::Emulator(EmulatorCommand::Serve { .. } | EmulatorCommand::Exec { .. }) => None,
        Command::Emulator(_) => Some("waiting for the emulator"),
        Command::Validate(_) | Command::Init(_) | Command::Fmt(_) => Some("reading the files"),
        Command::Simulate(_) | Command::Size(_) => Some("simulating"),
        Command::Schema(_) | Command::Completions(_) | Command::Help(_) | Command::Man(_) => Some("printing"),
        Command::State(_) => Some("waiting for the state"),
        Command::Doctor(_) => Some("checking the setup"),
        _ => Some("waiting for the service"),
    }
}
