//! `ajo capping redeploy`.

use std::process::ExitCode;

use ajo_core::Api;
use ajo_limits::Action;

use super::describe::format_live_capping;
use super::print::print_live;
use super::{live_change, target};
use crate::arguments::{ConfigTarget, GlobalSettings};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::session::ClientSession;

pub(super) async fn run(settings: &GlobalSettings, target: ConfigTarget, yes: bool) -> Result<ExitCode, CommandError> {
    let session = ClientSession::connect(settings).await?;
    let uid = target::find_uid(&session.client, Api::Capping, Some(target)).await?;
    let api = session.client.capping();
    live_change::confirm(&session, yes, Action::Redeploy, None, async || api.get(&uid).await).await?;
    let config = api.redeploy(&uid).await?;
    print_live(settings.output, &config, &format_live_capping(&config))?;
    Ok(ExitStatus::Success.into())
}
