//! `ajo auth`.

mod emulator_lines;
mod list;
mod login;
mod logout;
mod status;
mod switch;

use std::process::ExitCode;

use crate::arguments::{AuthCommand, GlobalSettings};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::output;
use crate::safe_text::SafeText;
use crate::session::AuthContext;

pub(crate) async fn run(settings: &GlobalSettings, command: AuthCommand) -> Result<ExitCode, CommandError> {
    // A profile would outlive the in-process emulator.
    if settings.emulator && matches!(command, AuthCommand::Login | AuthCommand::Logout(_) | AuthCommand::Switch(_)) {
        let problem = "--emulator cannot be used with login, logout, or switch; it needs no profile";
        return Err(CommandError::new(problem).into_usage_error());
    }
    match command {
        AuthCommand::Login => login::run(settings).await?,
        AuthCommand::Logout(args) => logout::run(settings, &args).await?,
        AuthCommand::Token => {
            let response = AuthContext::resolve(settings).await?.token_provider()?.token().await?;
            output::print_data(SafeText::expose(response.token.value().expose()))?;
        }
        AuthCommand::Status => status::run(settings).await?,
        AuthCommand::List => list::run(settings)?,
        AuthCommand::Switch(args) => switch::run(&args)?,
    }
    Ok(ExitStatus::Success.into())
}
