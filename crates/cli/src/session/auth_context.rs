//! Resolves the credentials: a profile, a file, variables, an access token, or an emulator.

use std::sync::Arc;

use ajo_auth::{
    BaseUrl, Credentials, CredentialsError, FileStore, IMS_URL, OrgId, Secret, SystemRuntime, TokenProvider,
};
use ajo_core::{BASE_URL, Client, ClientBuilder};
use ajo_emulator::{Emulator, SandboxSettings};
use ajo_engine::TokenClaims;

use super::credential_input::{credential_source, read_credential};
use super::credential_sources::CredentialSources;
use super::dirs;
use super::profile::{Profile, ProfileName};
use super::profile_store::ProfileStore;
use super::recording_store::RecordingStore;
use super::setting::{Setting, SettingSource};
use super::settings_reader::SettingsReader;
use crate::arguments::GlobalSettings;
use crate::command_error::CommandError;
use crate::secret_mask;
use crate::time::format_rfc3339;

/// The caller's identity, and its source.
pub(crate) struct AuthContext {
    pub(crate) identity: CallerIdentity,
    /// Where the identity comes from. Single settings can override parts of it.
    pub(crate) origin: Vec<SettingSource>,
    /// The source of each part.
    pub(crate) sources: CredentialSources,
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
        // A usage error is reported before anything is read or sent.
        SettingsReader::new(settings).sandbox()?;
        if settings.emulator {
            let emulator = start_emulator(settings).await?;
            let ims_url = BaseUrl::parse(&emulator.ims_url()).map_err(|error| CommandError::new(error.to_string()))?;
            let identity = CallerIdentity::Credentials(emulator.credentials());
            identity.register_secrets();
            let source = SettingSource::Emulator;
            let sources = CredentialSources {
                client_id: source.clone(),
                client_secret: source.clone(),
                org_id: source.clone(),
                scopes: source.clone(),
                access_token: None,
            };
            return Ok(Self {
                identity,
                origin: vec![source],
                sources,
                ims_url,
                profile: None,
                emulator: Some(emulator),
            });
        }
        let reader = SettingsReader::new(settings);
        let selected = selected_profile(settings)?;
        let sources = CredentialSources::locate(&reader)?;
        let (identity, origin, profile) = if let Some((token, source)) = reader.access_token()? {
            let (identity, profile) = resolve_access_token(&reader, token, selected)?;
            (identity, vec![source], profile)
        } else {
            let (credentials, profile) = resolve_credentials(&reader, selected)?;
            let origin = match (&profile, reader.get(Setting::Credentials)?) {
                (Some(profile), _) => vec![SettingSource::Profile(profile.name.to_string())],
                (None, Some(found)) => vec![credential_source(&found)],
                (None, None) => sources.all(),
            };
            (CallerIdentity::Credentials(credentials), origin, profile)
        };
        identity.register_secrets();
        let ims_url = token_endpoint(settings, profile.as_ref())?;
        Ok(Self { identity, origin, sources, ims_url, profile, emulator: None })
    }

    /// The sandbox from the settings or the profile. An emulator defaults to `prod`.
    pub(crate) fn sandbox(&self, settings: &GlobalSettings) -> Result<String, CommandError> {
        let selected = SettingsReader::new(settings).sandbox()?;
        match selected.or_else(|| self.profile.as_ref().map(|profile| profile.sandbox.clone())) {
            Some(selected) => Ok(selected.to_string()),
            None if self.emulator.is_some() => Ok("prod".to_owned()),
            None => Err(CommandError::new("no sandbox given; set AJO_SANDBOX or pass --sandbox")
                .with_hint("without an Adobe account, try --emulator")
                .into_usage_error()),
        }
    }

    /// The token cache shared with other runs. Tokens of the in-process emulator and static access tokens are not cached.
    pub(crate) fn token_store(&self) -> Result<Option<FileStore>, CommandError> {
        match (&self.identity, &self.emulator) {
            (CallerIdentity::Credentials(_), None) => dirs::token_store(),
            _ => Ok(None),
        }
    }

    /// A client builder for this caller, without credentials.
    pub(crate) fn client_builder(
        &self,
        settings: &GlobalSettings,
        sandbox: &str,
    ) -> Result<ClientBuilder, CommandError> {
        let builder = Client::builder().sandbox(sandbox).ims_url(self.ims_url.as_str());
        Ok(builder.base_url(self.base_url(settings)?.as_str()))
    }

    /// The base URL from the settings, the profile, or Adobe's default, or that of the emulator.
    pub(crate) fn base_url(&self, settings: &GlobalSettings) -> Result<BaseUrl, CommandError> {
        match &self.emulator {
            Some(emulator) => {
                BaseUrl::parse(&emulator.base_url()).map_err(|error| CommandError::new(error.to_string()))
            }
            None => service_url(settings, self.profile.as_ref()),
        }
    }

    /// Fails if a static access token with these claims has expired, because every call would fail.
    pub(crate) fn check_token_expiry(&self, claims: &TokenClaims) -> Result<(), CommandError> {
        let now = ajo_auth::current_timestamp();
        let (Some(source), Some(expiry)) = (&self.sources.access_token, claims.expires_at) else { return Ok(()) };
        if !claims.is_expired(now) {
            return Ok(());
        }
        let (expiry, now) = (format_rfc3339(expiry), format_rfc3339(now));
        let problem = format!("the access token in {source} expired at {expiry} (this machine's clock: {now})");
        Err(CommandError::new(problem)
            .with_hint(format!("set a new token, or unset {source} to use a credential"))
            .into_authentication_error())
    }

    /// The token provider for this caller.
    pub(crate) fn token_provider(&self) -> Result<TokenProvider, CommandError> {
        self.token_provider_with_store(self.token_store()?)
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
    let stored = profile.and_then(|profile| Some((profile, profile.ims_url.as_deref()?)));
    let (url, source) = find_url(settings, Setting::ImsUrl, stored, IMS_URL)?;
    BaseUrl::parse_origin(&url)
        .map_err(|error| CommandError::new(format!("invalid token endpoint ({source}): {error}")))
}

/// The base URL of the service from the settings, the profile, or Adobe's default.
pub(crate) fn service_url(settings: &GlobalSettings, profile: Option<&Profile>) -> Result<BaseUrl, CommandError> {
    let stored = profile.and_then(|profile| Some((profile, profile.base_url.as_deref()?)));
    let (url, source) = find_url(settings, Setting::BaseUrl, stored, BASE_URL)?;
    BaseUrl::parse(&url).map_err(|error| CommandError::new(format!("invalid base URL ({source}): {error}")))
}

/// A URL and its source.
fn find_url(
    settings: &GlobalSettings,
    setting: Setting,
    stored: Option<(&Profile, &str)>,
    default: &str,
) -> Result<(String, String), CommandError> {
    let found = SettingsReader::new(settings).get(setting)?.map(|found| (found.value, found.source.to_string()));
    let stored =
        stored.map(|(profile, url)| (url.to_owned(), SettingSource::Profile(profile.name.to_string()).to_string()));
    Ok(found.or(stored).unwrap_or_else(|| (default.to_owned(), "default".to_owned())))
}

/// The name of the selected profile.
pub(crate) fn selected_profile_name(settings: &GlobalSettings) -> Result<Option<ProfileName>, CommandError> {
    let Some(found) = SettingsReader::new(settings).get(Setting::Profile)? else { return Ok(None) };
    found.value.parse().map(Some).map_err(|mut failure: CommandError| {
        failure.message = format!("{}: {}", found.source, failure.message);
        failure
    })
}

/// The selected profile. It replaces a credential file, so both together are an error.
fn selected_profile(settings: &GlobalSettings) -> Result<Option<Profile>, CommandError> {
    let Some(name) = selected_profile_name(settings)? else { return Ok(None) };
    if let Some(found) = SettingsReader::new(settings).get(Setting::Credentials)? {
        let file = credential_source(&found);
        let problem = format!("profile {name} and credential file {file} are both given; use only one");
        return Err(CommandError::new(problem)
            .with_hint("check --profile, AJO_PROFILE, --credentials, and AJO_CREDENTIALS")
            .into_usage_error());
    }
    ProfileStore::open()?.get(&name).map(Some)
}

/// The credentials, and the profile they come from. Incomplete settings fall back to the default profile.
fn resolve_credentials(
    reader: &SettingsReader<'_>,
    selected: Option<Profile>,
) -> Result<(Credentials, Option<Profile>), CommandError> {
    if let (None, Some(found)) = (&selected, reader.get(Setting::Credentials)?) {
        return Ok((reader.override_credentials(read_credential(reader, &found)?)?, None));
    }
    let profile = match selected {
        Some(profile) => profile,
        None => match Credentials::from_vars(reader.credential_variables()?, |_| Err::<String, _>("no file")) {
            Err(missing @ CredentialsError::Missing(_)) => default_profile(missing.into())?,
            other => return Ok((other.map_err(|error| reader.credentials_error(error))?, None)),
        },
    };
    Ok((profile.load_overridden_credentials(reader)?, Some(profile)))
}

/// The default profile. If there are no profiles at all, returns the error `otherwise`.
fn default_profile(otherwise: CommandError) -> Result<Profile, CommandError> {
    SettingsReader::variables().directory(Setting::ConfigDirectory)?;
    let Ok(profiles) = ProfileStore::open() else { return Err(otherwise) };
    let name = profiles.chosen_name()?;
    match profiles.load(&name)? {
        Some(profile) => Ok(profile),
        None if profiles.names().is_empty() => Err(otherwise),
        None => Err(profiles.not_found_error(&name)),
    }
}

/// With a static access token, two headers still need the client id and the organization.
fn resolve_access_token(
    reader: &SettingsReader<'_>,
    token: Secret,
    selected: Option<Profile>,
) -> Result<(CallerIdentity, Option<Profile>), CommandError> {
    let mut profile = selected;
    let file = match reader.get(Setting::Credentials)? {
        Some(found) => Some(read_credential(reader, &found)?),
        None => None,
    };
    let (client_id, org_id) = (reader.get(Setting::ClientId)?, reader.get(Setting::OrgId)?);
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
    let org_source = org_id.as_ref().map(|found| format!("{}: ", found.source)).unwrap_or_default();
    let client_id = client_id.map(|found| found.value).or(stored_client_id);
    let client_id = client_id.ok_or_else(|| missing_variable_error("AJO_CLIENT_ID"))?;
    let org_id = org_id.map(|found| found.value).or(stored_org_id);
    let org_id = org_id.ok_or_else(|| missing_variable_error("AJO_ORG_ID"))?;
    let org_id =
        org_id.parse().map_err(|error: ajo_auth::OrgIdError| CommandError::new(format!("{org_source}{error}")))?;
    Ok((CallerIdentity::AccessToken { token, client_id, org_id }, profile))
}

fn missing_variable_error(name: &str) -> CommandError {
    CommandError::new(format!("AJO_ACCESS_TOKEN is set but {name} is not; every call needs both"))
        .into_authentication_error()
}

/// Starts an emulator that includes the sandbox from the settings, so the same settings work for it and the service.
async fn start_emulator(settings: &GlobalSettings) -> Result<Emulator, CommandError> {
    let mut start = ajo_emulator::EmulatorSettings::default();
    if let Some(selected) = SettingsReader::new(settings).sandbox()?
        && !start.sandboxes.iter().any(|sandbox| sandbox.name == selected.as_str())
    {
        start.sandboxes.push(SandboxSettings { name: selected.to_string(), production: true });
    }
    Emulator::builder().settings(start).start().await.map_err(|error| CommandError::new(error.to_string()))
}
