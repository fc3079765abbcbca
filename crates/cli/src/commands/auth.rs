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

/// An emulator in this process is gone before a profile could be of use.
fn refuse_emulator(settings: &Settings) -> Result<(), Failure> {
    if settings.emulator {
        return Err(Failure::new("--emulator needs no profile, and keeps none").usage());
    }
    Ok(())
}
