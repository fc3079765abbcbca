//! Resolves the credentials: a profile, a file, variables, an access token, or an emulator.

use std::sync::Arc;

use ajo_auth::{
    BaseUrl, Credentials, CredentialsError, FileStore, IMS_URL, OrgId, Secret, SystemRuntime, TokenProvider,
    credentials,
};
use ajo_core::{Client, ClientBuilder};
use ajo_emulator::{Emulator, SandboxSettings};

use super::dirs;
use super::env::variable;
use super::profile::{Profile, ProfileName};
use super::profile_store::ProfileStore;
use super::recording_store::RecordingStore;
use super::settings::{merged_variables, non_blank, setting};
use crate::arguments::GlobalSettings;
use crate::command_error::CommandError;
use crate::secret_mask;

/// The caller's identity, and its source.
pub(crate) struct AuthContext {
    pub(crate) identity: CallerIdentity,
    pub(crate) source: String,
    pub(crate) ims_url: BaseUrl,
    /// The profile in use, if any.
    pub(crate) profile: Option<Profile>,
    pub(super) emulator: Option<Emulator>,
}

/// How the caller authenticates.
pub(crate) enum CallerIdentity {
    Credentials(Credentials),
    AccessToken { token: Secret, client_id: String, org_id: OrgId },
}

impl AuthContext {
    pub(crate) async fn resolve(settings: &GlobalSettings) -> Result<Self, CommandError> {
        if settings.emulator {
            let emulator = start_emulator(settings).await?;
            let ims_url = BaseUrl::parse(&emulator.ims_url()).map_err(|error| CommandError::new(error.to_string()))?;
            let identity = CallerIdentity::Credentials(emulator.credentials());
            identity.register_secrets();
            let source = "emulator".to_owned();
            return Ok(Self { identity, source, ims_url, profile: None, emulator: Some(emulator) });
        }
        let selected = selected_profile(settings)?;
        let (identity, source, profile) = if let Some(token) = variable("AJO_ACCESS_TOKEN") {
            let (identity, profile) = resolve_access_token(settings, Secret::new(token), selected)?;
            (identity, "AJO_ACCESS_TOKEN".to_owned(), profile)
        } else {
            let (credentials, profile) = resolve_credentials(settings, selected)?;
            let source = match (&profile, setting(settings, "AJO_CREDENTIALS")) {
                (Some(profile), _) => format!("profile {}", profile.name),
                (None, Some(file)) => file,
                (None, None) => "AJO_… variables and flags".to_owned(),
            };
            (CallerIdentity::Credentials(credentials), source, profile)
        };
        identity.register_secrets();
        let ims_url = token_endpoint(settings, profile.as_ref())?;
        Ok(Self { identity, source, ims_url, profile, emulator: None })
    }

    /// The sandbox from the settings or the profile. An emulator defaults to `prod`.
    pub(crate) fn sandbox(&self, settings: &GlobalSettings) -> Result<String, CommandError> {
        match settings.sandbox.as_ref().or(self.profile.as_ref().map(|profile| &profile.sandbox)) {
            Some(selected) => Ok(selected.to_string()),
            None if self.emulator.is_some() => Ok("prod".to_owned()),
            None => Err(CommandError::new("no sandbox given; set AJO_SANDBOX or pass --sandbox")
                .with_hint("without an Adobe account, try --emulator")),
        }
    }

    /// The token cache shared with other runs. Tokens of the in-process emulator and static access tokens are not cached.
    pub(crate) fn token_store(&self) -> Option<FileStore> {
        match (&self.identity, &self.emulator) {
            (CallerIdentity::Credentials(_), None) => dirs::token_store(),
            _ => None,
        }
    }

    /// A client builder for this caller, without credentials.
    pub(crate) fn client_builder(&self, settings: &GlobalSettings, sandbox: &str) -> ClientBuilder {
        let builder = Client::builder().sandbox(sandbox).ims_url(self.ims_url.as_str());
        let profile_url = self.profile.as_ref().and_then(|profile| profile.base_url.as_deref());
        match (&self.emulator, non_blank(settings.base_url.as_deref()).or(profile_url)) {
            (Some(emulator), _) => builder.base_url(&emulator.base_url()),
            (None, Some(url)) => builder.base_url(url),
            (None, None) => builder,
        }
    }

    /// The token provider for this caller.
    pub(crate) fn token_provider(&self) -> Result<TokenProvider, CommandError> {
        self.token_provider_with_store(self.token_store())
    }

    /// Like [`AuthContext::token_provider`] without the shared cache, to check that the credential works now.
    pub(crate) fn uncached_token_provider(&self) -> Result<TokenProvider, CommandError> {
        self.token_provider_with_store(None)
    }

    fn token_provider_with_store(&self, store: Option<FileStore>) -> Result<TokenProvider, CommandError> {
        Ok(match &self.identity {
            CallerIdentity::Credentials(credentials) => {
                let http = ajo_auth::http_client(&self.ims_url)?;
                TokenProvider::with_runtime_and_store(
                    credentials.clone(),
                    &self.ims_url,
                    http,
                    Arc::new(SystemRuntime::default()),
                    Some(Arc::new(RecordingStore::new(store))),
                )
            }
            CallerIdentity::AccessToken { token, .. } => TokenProvider::from_static(token)?,
        })
    }
}

impl CallerIdentity {
    /// From now on no output shows the secrets.
    fn register_secrets(&self) {
        match self {
            Self::Credentials(credentials) => credentials.secrets().iter().for_each(secret_mask::register),
            Self::AccessToken { token, .. } => secret_mask::register(token),
        }
    }

    pub(crate) fn client_id(&self) -> &str {
        match self {
            Self::Credentials(credentials) => credentials.client_id().as_str(),
            Self::AccessToken { client_id, .. } => client_id,
        }
    }

    pub(crate) fn org_id(&self) -> &OrgId {
        match self {
            Self::Credentials(credentials) => credentials.org_id(),
            Self::AccessToken { org_id, .. } => org_id,
        }
    }
}

/// The token endpoint from the settings, the profile, or Adobe's default.
pub(crate) fn token_endpoint(settings: &GlobalSettings, profile: Option<&Profile>) -> Result<BaseUrl, CommandError> {
    let profile_url = profile.and_then(|profile| profile.ims_url.as_deref());
    let url = non_blank(settings.ims_url.as_deref()).or(profile_url).unwrap_or(IMS_URL);
    BaseUrl::parse_origin(url)
        .map_err(|error| CommandError::new(format!("invalid token endpoint (AJO_IMS_URL): {error}")))
}

/// The name of the selected profile.
pub(crate) fn selected_profile_name(settings: &GlobalSettings) -> Result<Option<ProfileName>, CommandError> {
    setting(settings, "AJO_PROFILE").map(|name| name.trim().parse()).transpose()
}

/// The selected profile. It replaces a credential file, so both together are an error.
fn selected_profile(settings: &GlobalSettings) -> Result<Option<Profile>, CommandError> {
    let Some(name) = selected_profile_name(settings)? else { return Ok(None) };
    if let Some(file) = setting(settings, "AJO_CREDENTIALS") {
        let problem = format!("profile {name} and credential file {file} are both given; use only one");
        return Err(CommandError::new(problem)
            .with_hint("check --profile, AJO_PROFILE, --credentials, and AJO_CREDENTIALS")
            .into_usage_error());
    }
    ProfileStore::open()?.get(&name).map(Some)
}

/// The credentials, and the profile they come from. Incomplete settings fall back to the default profile.
fn resolve_credentials(
    settings: &GlobalSettings,
    selected: Option<Profile>,
) -> Result<(Credentials, Option<Profile>), CommandError> {
    let profile = match selected {
        Some(profile) => profile,
        None => {
            match Credentials::from_vars(merged_variables(settings), |path| credentials::read_file(path.as_ref())) {
                Err(missing @ CredentialsError::Missing(_)) => default_profile(missing.into())?,
                other => return Ok((other?, None)),
            }
        }
    };
    Ok((profile.load_credentials(|name| setting(settings, name))?, Some(profile)))
}

/// The default profile. If there are no profiles at all, returns the error `otherwise`.
fn default_profile(otherwise: CommandError) -> Result<Profile, CommandError> {
    let Ok(profiles) = ProfileStore::open() else { return Err(otherwise) };
    let name = ProfileName::default();
    match profiles.load(&name)? {
        Some(profile) => Ok(profile),
        None if profiles.names().is_empty() => Err(otherwise),
        None => Err(profiles.not_found_error(&name)),
    }
}

/// With a static access token, two headers still need the client id and the organization.
fn resolve_access_token(
    settings: &GlobalSettings,
    token: Secret,
    selected: Option<Profile>,
) -> Result<(CallerIdentity, Option<Profile>), CommandError> {
    let mut profile = selected;
    let file = match setting(settings, "AJO_CREDENTIALS") {
        Some(file) => Some(credentials::from_named_file(file, setting(settings, "AJO_CREDENTIAL_NAME").as_deref())?),
        None => None,
    };
    let (client_id, org_id) = (setting(settings, "AJO_CLIENT_ID"), setting(settings, "AJO_ORG_ID"));
    let missing = if client_id.is_none() { Some("AJO_CLIENT_ID") } else { org_id.is_none().then_some("AJO_ORG_ID") };
    if let (Some(missing), None, None) = (missing, &profile, &file) {
        profile = Some(default_profile(missing_variable_error(missing))?);
    }
    let stored_ids = match (&profile, &file) {
        (Some(profile), _) => Some((profile.client_id.clone(), profile.org_id.clone())),
        (None, Some(file)) => Some((file.client_id().to_string(), file.org_id().to_string())),
        (None, None) => None,
    };
    let (stored_client_id, stored_org_id) = stored_ids.unzip();
    let client_id = client_id.or(stored_client_id).ok_or_else(|| missing_variable_error("AJO_CLIENT_ID"))?;
    let org_id = org_id.or(stored_org_id).ok_or_else(|| missing_variable_error("AJO_ORG_ID"))?;
    let org_id = org_id.parse().map_err(|error: ajo_auth::OrgIdError| CommandError::new(error.to_string()))?;
    Ok((CallerIdentity::AccessToken { token, client_id, org_id }, profile))
}

fn missing_variable_error(name: &str) -> CommandError {
    CommandError::new(format!("AJO_ACCESS_TOKEN is set but {name} is not; every call needs both"))
        .into_authentication_error()
}

/// Starts an emulator that includes the sandbox from the settings, so the same settings work for it and the service.
async fn start_emulator(settings: &GlobalSettings) -> Result<Emulator, CommandError> {
    let mut start = ajo_emulator::EmulatorSettings::default();
    if let Some(selected) = &settings.sandbox
        && !start.sandboxes.iter().any(|sandbox| sandbox.name == selected.as_str())
    {
        start.sandboxes.push(SandboxSettings { name: selected.to_string(), production: true });
    }
    Emulator::builder().settings(start).start().await.map_err(|error| CommandError::new(error.to_string()))
}
