//! `ajo capping redeploy`.

use std::process::ExitCode;

use ajo_core::Api;

use super::describe::format_live_capping;
use super::print::print_live;
use super::target;
use crate::arguments::{ConfigTarget, GlobalSettings};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::session::ClientSession;

pub(super) async fn run(settings: &GlobalSettings, target: ConfigTarget) -> Result<ExitCode, CommandError> {
    let session = ClientSession::connect(settings).await?;
    let uid = target::find_uid(&session.client, Api::Capping, Some(target)).await?;
    let config = session.client.capping().redeploy(&uid).await?;
    print_live(settings.output, &config, &format_live_capping(&config))?;
    Ok(ExitStatus::Success.into())
}
