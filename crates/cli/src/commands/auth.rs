//! `ajo auth`.

mod login;
mod logout;
mod status;

use std::process::ExitCode;

use crate::arguments::{Auth, Settings};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::session::Caller;

pub(crate) async fn run(settings: &Settings, command: Auth) -> Result<ExitCode, Failure> {
    // A profile would outlive the emulator of this process.
    if settings.emulator && matches!(command, Auth::Login | Auth::Logout) {
        return Err(Failure::new("--emulator needs no profile, and keeps none").usage());
    }
    match command {
        Auth::Login => login::run(settings).await?,
        Auth::Logout => logout::run(settings).await?,
        Auth::Token => {
            let granted = Caller::find(settings).await?.tokens()?.token().await?;
            output::data(granted.token.value().expose())?;
        }
        Auth::Status => status::run(settings).await?,
    }
    Ok(Exit::Success.into())
}
