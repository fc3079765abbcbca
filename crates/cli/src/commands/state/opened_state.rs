//! Finds the state that a command names, and its organization.

use std::path::PathBuf;

use ajo_core::SandboxName;
use ajo_limits::LimitsState;
use ajo_state::SetStatus;

use crate::arguments::{GlobalSettings, StateTarget};
use crate::command_error::CommandError;
use crate::commands::limits::{LimitsInput, StateStore};
use crate::exit_status::ExitStatus;
use crate::limits_paths;
use crate::session::{AuthContext, Setting, SettingsReader};

/// A state and its organization.
pub(crate) struct OpenedState {
    pub(super) store: StateStore,
    /// `None` if the state is empty and the settings name no organization.
    pub(super) organization: Option<String>,
    /// The sandbox in the settings, without the one of a profile.
    pub(super) sandbox: Option<SandboxName>,
}

/// Finds the state. Paths in a bucket are relative to the repository of the limits files, or of the file `beside`.
pub(super) fn locate(
    settings: &GlobalSettings,
    target: &StateTarget,
    beside: Option<&PathBuf>,
) -> Result<StateStore, CommandError> {
    if settings.emulator {
        return Err(CommandError::new("the state of --emulator is temporary, so there is none to use")
            .with_hint("run an emulator with `ajo emulator serve`")
            .into_usage_error());
    }
    let Some(file) = &target.limits else {
        return StateStore::locate(settings, target.state.as_ref(), beside.map_or(&[], std::slice::from_ref), None);
    };
    let files = &limits_paths::expand(std::slice::from_ref(file))?;
    if target.state.is_some() {
        return StateStore::locate(settings, target.state.as_ref(), files, None);
    }
    let input = LimitsInput::read(settings, files, None);
    if input.desired().is_none() && input.state.is_none() {
        return Err(CommandError::new(format!("{} has errors, so it does not say where the state is", file.display()))
            .with_hint("see them with `ajo validate`, or pass --state"));
    }
    StateStore::locate(settings, None, files, input.state.as_ref())
}

impl OpenedState {
    pub(crate) async fn open(
        settings: &GlobalSettings,
        target: &StateTarget,
        beside: Option<&PathBuf>,
    ) -> Result<Self, CommandError> {
        Self::open_for(settings, target, beside, None).await
    }

    /// The same for the state of a known organization, unless the settings name another one.
    pub(super) async fn open_for(
        settings: &GlobalSettings,
        target: &StateTarget,
        beside: Option<&PathBuf>,
        known: Option<&String>,
    ) -> Result<Self, CommandError> {
        let store = locate(settings, target, beside)?;
        let sandbox = SettingsReader::new(settings).sandbox()?;
        let organization = find_organization(settings, &store, known).await?;
        Ok(Self { store, organization, sandbox })
    }

    /// All sets, or those of the sandbox in the settings. Empty for an empty state.
    pub(crate) async fn read_sets(&self) -> Result<Vec<SetStatus>, CommandError> {
        let Some(organization) = &self.organization else { return Ok(Vec::new()) };
        Ok(self.store.backend.read_sets(organization, self.sandbox.as_ref()).await?)
    }

    /// The location, for messages.
    pub(crate) fn location(&self) -> String {
        self.store.backend.location()
    }
}

/// The organization in the settings, or the one whose state is here. A file has the state of only one.
async fn find_organization(
    settings: &GlobalSettings,
    store: &StateStore,
    known: Option<&String>,
) -> Result<Option<String>, CommandError> {
    if let Some(organization) = SettingsReader::new(settings).value(Setting::OrgId)? {
        return Ok(Some(organization));
    }
    if !store.is_file() {
        // Credentials are optional, because the service is not called.
        if let Ok(caller) = AuthContext::resolve(settings).await {
            return Ok(Some(caller.identity.org_id().as_str().to_owned()));
        }
        if let Some(known) = known {
            return Ok(Some(known.clone()));
        }
    }
    let mut found = store.backend.organizations().await?;
    if found.len() > 1 {
        let names: Vec<_> = found.into_iter().collect();
        let problem =
            format!("{} has the state of several organizations: {}", store.backend.location(), names.join(", "));
        return Err(CommandError::new(problem).with_hint("choose one with --org-id").into_usage_error());
    }
    Ok(found.pop_first())
}

/// One state with all these sets.
pub(super) fn join(organization: Option<&String>, sets: &[SetStatus]) -> LimitsState {
    let mut state = LimitsState { organization: organization.cloned(), ..LimitsState::default() };
    for status in sets {
        state.replace_part(&status.set, &status.state);
    }
    state
}

/// The error for a state with nothing in it.
pub(super) fn empty_error(location: &str) -> CommandError {
    CommandError::new(format!("{location} has no state"))
        .with_hint("choose a state with --state, AJO_STATE, or --limits; the first apply creates it")
        .with_exit_status(ExitStatus::Failure)
}
