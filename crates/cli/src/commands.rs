//! One module for each subcommand, or for each group of them. A new one needs a variant of [`Command`] in `arguments.rs`, an arm of
//! [`dispatch`], and its module here. If it prints reports, `output::check` has to know it.

mod auth;
mod demo;
mod doctor;
mod emulator;
mod limits;
mod resource;
mod simulate;

use std::process::ExitCode;

use crate::arguments::{Arguments, Command};
use crate::failure::Failure;
use crate::output;

/// Runs one subcommand.
pub(crate) async fn dispatch(arguments: Arguments) -> Result<ExitCode, Failure> {
    let Arguments { settings, command } = arguments;
    output::check(settings.output, &command)?;
    match command {
        Command::Try => demo::run().await,
        Command::Capping(command) => resource::capping(&settings, command).await,
        Command::Throttling(command) => resource::throttling(&settings, command).await,
        Command::Validate(files) => limits::validate(&settings, &files),
        Command::Plan(what) => limits::plan(&settings, &what).await,
        Command::Apply(what) => limits::apply(&settings, &what).await,
        Command::Dump(what) => limits::dump(&settings, &what).await,
        Command::Drift(files) => limits::drift(&settings, &files).await,
        Command::Adopt(what) => limits::adopt(&settings, &what).await,
        Command::Verify(files) => limits::verify(&settings, &files).await,
        Command::Schema(what) => limits::schema(&what),
        Command::Auth(command) => auth::run(&settings, command).await,
        Command::Doctor => doctor::run(&settings).await,
        Command::Emulator(command) => emulator::run(&settings, command).await,
        Command::Simulate(what) => simulate::run(&settings, &what),
    }
}
