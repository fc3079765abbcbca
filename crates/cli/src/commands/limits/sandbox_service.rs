//! The service, restricted to one sandbox.

use ajo_apply::ServiceReader;
use ajo_core::{Api, SandboxName};
use ajo_limits::{DesiredLimits, Journal, LimitsState, ObservedLimits};

use crate::arguments::GlobalSettings;
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::session::{ClientSession, SettingsReader};

/// Fails if the settings name another sandbox than the limits files.
pub(crate) fn check_sandbox(settings: &GlobalSettings, sandbox: &SandboxName) -> Result<(), CommandError> {
    let Some(other) = SettingsReader::new(settings).sandbox()?.filter(|other| other != sandbox) else { return Ok(()) };
    let problem = format!("the files are for sandbox {sandbox}, but the settings name sandbox {other}");
    Err(CommandError::new(problem)
        .with_hint("remove --sandbox and AJO_SANDBOX; the files name the sandbox")
        .into_usage_error())
}

/// A session for the sandbox in the limits files.
pub(crate) struct SandboxService {
    pub(crate) session: ClientSession,
    pub(crate) reader: ServiceReader,
    pub(crate) sandbox: SandboxName,
}

impl SandboxService {
    /// Connects to this sandbox. Fails if the settings name another one: files for one sandbox must not reach another.
    pub(crate) async fn connect(settings: &GlobalSettings, sandbox: &SandboxName) -> Result<Self, CommandError> {
        check_sandbox(settings, sandbox)?;
        let settings = GlobalSettings { sandbox: Some(sandbox.to_string()), ..settings.clone() };
        Self::from_session(ClientSession::connect(&settings).await?)
    }

    /// Connects to the sandbox in the settings.
    pub(crate) async fn from_settings(settings: &GlobalSettings) -> Result<Self, CommandError> {
        Self::from_session(ClientSession::connect(settings).await?)
    }

    fn from_session(session: ClientSession) -> Result<Self, CommandError> {
        let sandbox = session
            .sandbox
            .parse()
            .map_err(|error: ajo_core::SandboxNameError| CommandError::new(error.to_string()))?;
        Ok(Self { reader: ServiceReader::new(&session.client), session, sandbox })
    }

    pub(crate) fn organization(&self) -> &str {
        self.session.org_id.as_str()
    }

    /// Lists all configurations, and reads the ones that the state or an interrupted apply knows but the lists contradict. Reads
    /// throttling only if needed or available.
    pub(crate) async fn observe(
        &self,
        desired: &DesiredLimits,
        state: &LimitsState,
        journal: Option<&Journal>,
    ) -> Result<ObservedLimits, CommandError> {
        let is_managed = state
            .configs
            .iter()
            .any(|managed| managed.key.api == Api::Throttling && managed.sandbox == self.sandbox.as_str());
        let throttling = desired.configs.iter().any(|config| config.definition.api() == Api::Throttling) || is_managed;
        let mut observed = self.reader.observe(throttling, &state.configs_to_read(&self.sandbox)).await?;
        let mut unexpected = state.unexpected_configs(&self.sandbox, &observed);
        unexpected.extend(journal.into_iter().flat_map(|journal| journal.unexpected_configs(&observed)));
        unexpected.sort();
        unexpected.dedup();
        self.reader.read_again(&mut observed, &unexpected).await?;
        Ok(observed)
    }

    /// Fails if a configuration may have been created although the response was lost, and the lists are not reliable. Creating
    /// it again could make a duplicate.
    pub(crate) async fn check_unknown_creates(
        &self,
        journal: &Journal,
        observed: &ObservedLimits,
    ) -> Result<(), CommandError> {
        let unknown = journal.unknown_creates();
        let unknown = unknown.iter().find(|key| !observed.configs.iter().any(|found| found.key() == ***key));
        let Some(key) = unknown else { return Ok(()) };
        let listed = |observed: &ObservedLimits| {
            let listed = observed.configs.iter().filter(|found| !observed.unlisted.contains(&found.uid));
            listed.map(|found| found.uid.clone()).collect::<Vec<_>>()
        };
        let again = self.reader.list(key.api).await?;
        let first: Vec<_> = listed(observed)
            .into_iter()
            .filter(|uid| observed.get(uid).is_some_and(|found| found.key().api == key.api))
            .collect();
        if observed.unlisted.is_empty() && listed(&again) == first {
            return Ok(());
        }
        Err(CommandError::new(format!(
            "the response to the create call for {key} was lost, and the lists of the service disagree, so it may exist"
        ))
        .with_hint(
            "wait a minute and run the command again; if `ajo capping list` shows it, run `ajo import --uid UID`",
        )
        .with_exit_status(ExitStatus::Partial))
    }
}
