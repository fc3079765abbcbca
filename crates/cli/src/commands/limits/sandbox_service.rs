//! The service, restricted to one sandbox.

use ajo_apply::ServiceReader;
use ajo_core::SandboxName;
use ajo_state::StateScope;

use crate::arguments::GlobalSettings;
use crate::command_error::CommandError;
use crate::sandbox_type::SandboxTypeReader;
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
    pub(crate) type_reader: SandboxTypeReader,
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
        Ok(Self {
            reader: ServiceReader::new(&session.client),
            type_reader: session.type_reader.clone(),
            session,
            sandbox,
        })
    }

    pub(crate) fn organization(&self) -> &str {
        self.session.org_id.as_str()
    }

    /// Whose state this service belongs to.
    pub(crate) fn scope(&self) -> StateScope {
        StateScope { organization: self.organization().to_owned(), sandbox: self.sandbox.clone() }
    }
}
