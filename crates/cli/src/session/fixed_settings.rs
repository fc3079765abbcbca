//! Settings for a process that runs long.

use super::auth_context::AuthContext;
use crate::arguments::GlobalSettings;
use crate::command_error::CommandError;

/// The settings with the profile, the service, and the sandbox that they select now: a later `ajo auth switch` changes none of them,
/// and limits files cannot name another sandbox. If neither the settings nor the profile name a sandbox, none is set.
pub(crate) async fn fix_settings(settings: &GlobalSettings) -> Result<GlobalSettings, CommandError> {
    if settings.emulator {
        return Ok(settings.clone());
    }
    let caller = AuthContext::resolve(settings).await?;
    let sandbox = caller.sandbox(settings).ok();
    let (base_url, ims_url) = (Some(caller.base_url(settings)?.to_string()), Some(caller.ims_url.to_string()));
    let profile = caller.profile.map(|profile| profile.name.to_string()).or_else(|| settings.profile.clone());
    Ok(GlobalSettings { base_url, ims_url, sandbox, profile, ..settings.clone() })
}
