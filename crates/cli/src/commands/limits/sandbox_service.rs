//! The service, restricted to one sandbox.

use ajo_apply::ServiceReader;
use ajo_auth::{BaseUrl, OrgId};
use ajo_core::{Client, SandboxName};
use ajo_emulator::Emulator;
use ajo_state::StateScope;

use crate::arguments::GlobalSettings;
use crate::command_error::CommandError;
use crate::read_access;
use crate::sandbox_type::SandboxTypeReader;
use crate::session::{ClientSession, SettingsReader};

/// Fails if the settings name another sandbox than the limits files.
pub(crate) fn check_sandbox(settings: &GlobalSettings, sandbox: &SandboxName) -> Result<(), CommandError> {
    let Some(other) = SettingsReader::new(settings).sandbox()?.filter(|other| other != sandbox) else { return Ok(()) };
    let problem = format!("the files are for sandbox {sandbox}, but the settings name sandbox {other}");
    let hint = if read_access::is_restricted() {
        "this server reads one sandbox; a person can start another server with --sandbox"
    } else {
        "remove --sandbox and AJO_SANDBOX; the files name the sandbox"
    };
    Err(CommandError::new(problem).with_hint(hint).into_usage_error())
}

/// Which service it is.
#[derive(Clone, Debug)]
pub(crate) struct ServiceLabel {
    pub(crate) base_url: BaseUrl,
    pub(crate) sandbox: String,
    pub(crate) organization: String,
    /// Whether it is an emulator in this process.
    pub(crate) is_own_emulator: bool,
}

/// The service, restricted to one sandbox and to reading: it has no client. The commands that change something get one from
/// [`connect_with_client`](Self::connect_with_client).
pub(crate) struct SandboxService {
    pub(crate) reader: ServiceReader,
    pub(crate) sandbox: SandboxName,
    pub(crate) type_reader: SandboxTypeReader,
    base_url: BaseUrl,
    org_id: OrgId,
    /// Kept alive.
    emulator: Option<Emulator>,
}

impl SandboxService {
    /// Connects to this sandbox. Fails if the settings name another one: files for one sandbox must not reach another.
    pub(crate) async fn connect(settings: &GlobalSettings, sandbox: &SandboxName) -> Result<Self, CommandError> {
        Self::connect_with_client(settings, sandbox).await.map(|(service, _)| service)
    }

    /// Connects to the sandbox in the settings.
    pub(crate) async fn from_settings(settings: &GlobalSettings) -> Result<Self, CommandError> {
        Self::from_session(ClientSession::connect(settings).await?).map(|(service, _)| service)
    }

    /// Connects like [`connect`](Self::connect), for a command that changes the service.
    pub(crate) async fn connect_with_client(
        settings: &GlobalSettings,
        sandbox: &SandboxName,
    ) -> Result<(Self, Client), CommandError> {
        check_sandbox(settings, sandbox)?;
        let settings = GlobalSettings { sandbox: Some(sandbox.to_string()), ..settings.clone() };
        Self::from_session(ClientSession::connect(&settings).await?)
    }

    fn from_session(session: ClientSession) -> Result<(Self, Client), CommandError> {
        let ClientSession { client, sandbox, org_id, base_url, type_reader, emulator } = session;
        let sandbox =
            sandbox.parse().map_err(|error: ajo_core::SandboxNameError| CommandError::new(error.to_string()))?;
        Ok((Self { reader: ServiceReader::new(&client), sandbox, type_reader, base_url, org_id, emulator }, client))
    }

    pub(crate) fn organization(&self) -> &str {
        self.org_id.as_str()
    }

    /// Describes the service to people.
    pub(crate) fn label(&self) -> ServiceLabel {
        // All fields: a field that can write does not belong here, because `ajo mcp` gets this type.
        let Self { reader: _, type_reader: _, sandbox, base_url, org_id, emulator } = self;
        ServiceLabel {
            base_url: base_url.clone(),
            sandbox: sandbox.to_string(),
            organization: org_id.to_string(),
            is_own_emulator: emulator.is_some(),
        }
    }

    /// Whose state this service belongs to.
    pub(crate) fn scope(&self) -> StateScope {
        StateScope { organization: self.organization().to_owned(), sandbox: self.sandbox.clone() }
    }
}
