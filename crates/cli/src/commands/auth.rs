//! `ajo auth`.

mod login;
mod logout;
mod status;

use std::process::ExitCode;

use crate::arguments::{AuthCommand, GlobalSettings};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::output;
use crate::safe_text::SafeText;
use crate::session::AuthContext;

pub(crate) async fn run(settings: &GlobalSettings, command: AuthCommand) -> Result<ExitCode, CommandError> {
    // A profile would outlive the in-process emulator.
    if settings.emulator && matches!(command, AuthCommand::Login | AuthCommand::Logout) {
        return Err(
            CommandError::new("--emulator cannot be used with login or logout; it needs no profile").into_usage_error()
        );
    }
    match command {
        AuthCommand::Login => login::run(settings).await?,
        AuthCommand::Logout => logout::run(settings).await?,
        AuthCommand::Token => {
            let response = AuthContext::resolve(settings).await?.token_provider()?.token().await?;
            output::print_data(SafeText::expose(response.token.value().expose()))?;
        }
        AuthCommand::Status => status::run(settings).await?,
        AuthCommand::List | AuthCommand::Switch(_) => return Err(CommandError::new("not implemented")),
    }
    Ok(ExitStatus::Success.into())
}
