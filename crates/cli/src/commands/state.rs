//! `ajo state`: shows and changes the state without the service.

mod edit;
mod init;
mod list;
mod locks;
mod opened_state;
mod pull;
mod push;
mod show;
mod unlock;

use std::process::ExitCode;

pub(crate) use opened_state::OpenedState;

use crate::arguments::{GlobalSettings, StateCommand};
use crate::command_error::CommandError;

pub(crate) async fn run(settings: &GlobalSettings, command: StateCommand) -> Result<ExitCode, CommandError> {
    match command {
        StateCommand::List(target) => list::run(settings, &target).await,
        StateCommand::Show(args) => show::run(settings, &args).await,
        StateCommand::Mv(args) => Box::pin(edit::mv(settings, &args)).await,
        StateCommand::Rm(args) => Box::pin(edit::rm(settings, &args)).await,
        StateCommand::Pull(args) => pull::run(settings, &args).await,
        StateCommand::Push(args) => push::run(settings, &args).await,
        StateCommand::Init(target) => init::run(settings, &target).await,
        StateCommand::Unlock(args) => unlock::run(settings, &args).await,
    }
}
