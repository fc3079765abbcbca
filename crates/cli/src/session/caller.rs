//! Finds the credentials to call with: a profile, a file, variables, a ready-made token, or an emulator.

use std::sync::Arc;

use ajo_auth::{
    Credentials, CredentialsError, Endpoint, FileStore, IMS_URL, OrgId, Secret, System, TokenProvider, TokenStore,
    credentials,
};
use ajo_core::{Client, ClientBuilder};
use ajo_emulator::{Emulator, SandboxSettings};

use super::dirs;
use super::env::variable;
use super::profile::{Profile, ProfileName};
use super::profile_store::Profiles;
use super::settings::{given, setting, variables};
use crate::arguments::Settings;
use crate::failure::Failure;

/// Who calls, and where that was found.
pub(crate) struct Caller {
    pub(crate) identity: Identity,
    pub(crate) found: String,
    pub(crate) ims_url: Endpoint,
    /// The profile that is used, if one is.
    pub(crate) profile: Option<Profile>,
    pub(super) emulator: Option<Emulator>,
}

/// What a caller shows.
pub(crate) enum Identity {
    Credentials(Credentials),
    Token { token: Secret, client_id: String, org_id: OrgId },
}

impl Caller {
    pub(crate) async fn find(settings: &Settings) -> Result<Self, Failure> {
        if settings.emulator {
            let emulator = emulator_with(settings).await?;
            let ims_url = Endpoint::parse(&emulator.ims_url()).map_err(|error| Failure::new(error.to_string()))?;
            let identity = Identity::Credentials(emulator.credentials());
            let found = "the emulator's own".to_owned();
            return Ok(Self { identity, found, ims_url, profile: None, emulator: Some(emulator) });
        }
        let named = named_profile(settings)?;
        let (identity, found, profile) = if let Some(token) = variable("AJO_ACCESS_TOKEN") {
            let (identity, profile) = given_token(settings, Secret::new(token), named)?;
            (identity, "AJO_ACCESS_TOKEN".to_owned(), profile)
        } else {
            let (credentials, profile) = credentials(settings, named)?;
            let found = match (&profile, setting(settings, "AJO_CREDENTIALS")) {
                (Some(profile), _) => format!("profile {}", profile.name),
                (None, Some(file)) => file,
                (None, None) => "settings AJO_… and flags".to_owned(),
            };
            (Identity::Credentials(credentials), found, profile)
        };
        let ims_url = token_host(settings, profile.as_ref())?;
        Ok(Self { identity, found, ims_url, profile, emulator: None })
    }

    /// The sandbox that is named, or that of the profile; an emulator has one of its own.
    pub(crate) fn sandbox(&self, settings: &Settings) -> Result<String, Failure> {
        match settings.sandbox.as_ref().or(self.profile.as_ref().map(|profile| &profile.sandbox)) {
            Some(named) => Ok(named.to_string()),
            None if self.emulator.is_some() => Ok("prod".to_owned()),
            None => Err(Failure::new("no sandbox is named; set AJO_SANDBOX or give --sandbox")
                .hint("without an Adobe account, try --emulator")),
        }
    }

    /// Where the token is shared with other runs. One of an emulator that ends with this process, or one given ready-made,
    /// is not.
    pub(crate) fn token_store(&self) -> Option<FileStore> {
        match (&self.identity, &self.emulator) {
            (Identity::Credentials(_), None) => dirs::token_store(),
            _ => None,
        }
    }

    /// The service for this caller, before it is said with what it calls.
    pub(crate) fn service(&self, settings: &Settings, sandbox: &str) -> ClientBuilder {
        let builder = Client::builder().sandbox(sandbox).ims_url(self.ims_url.as_str());
        let kept = self.profile.as_ref().and_then(|profile| profile.base_url.as_deref());
        match (&self.emulator, given(settings.base_url.as_deref()).or(kept)) {
            (Some(emulator), _) => builder.base_url(&emulator.base_url()),
            (None, Some(url)) => builder.base_url(url),
            (None, None) => builder,
        }
    }

    /// Where tokens come from for this caller.
    pub(crate) fn tokens(&self) -> Result<TokenProvider, Failure> {
        self.tokens_with(self.token_store().map(|store| Arc::new(store) as Arc<dyn TokenStore>))
    }

    /// Like [`Caller::tokens`], without those that runs share: to show that the credential works now.
    pub(crate) fn fresh_tokens(&self) -> Result<TokenProvider, Failure> {
        self.tokens_with(None)
    }

    fn tokens_with(&self, store: Option<Arc<dyn TokenStore>>) -> Result<TokenProvider, Failure> {
        Ok(match &self.identity {
            Identity::Credentials(credentials) => {
                let http = ajo_auth::http_client(&self.ims_url)?;
                TokenProvider::with(credentials.clone(), &self.ims_url, http, Arc::new(System::default()), store)
            }
            Identity::Token { token, .. } => TokenProvider::from_static(token)?,
        })
    }
}

impl Identity {
    pub(crate) fn client_id(&self) -> &str {
        match self {
            Self::Credentials(credentials) => credentials.client_id().as_str(),
            Self::Token { client_id, .. } => client_id,
        }
    }

    pub(crate) fn org_id(&self) -> &OrgId {
        match self {
            Self::Credentials(credentials) => credentials.org_id(),
            Self::Token { org_id, .. } => org_id,
        }
    }
}

/// The token host that is set, or that of the profile, or Adobe's.
pub(crate) fn token_host(settings: &Settings, profile: Option<&Profile>) -> Result<Endpoint, Failure> {
    let kept = profile.and_then(|profile| profile.ims_url.as_deref());
    let url = given(settings.ims_url.as_deref()).or(kept).unwrap_or(IMS_URL);
    Endpoint::parse_root(url).map_err(|error| Failure::new(format!("the token host (AJO_IMS_URL): {error}")))
}

/// The name of the profile that is asked for.
pub(crate) fn profile_name(settings: &Settings) -> Result<Option<ProfileName>, Failure> {
    setting(settings, "AJO_PROFILE").map(|name| name.trim().parse()).transpose()
}

/// The profile that is asked for. It plays the part of a credential file, so there cannot be both.
fn named_profile(settings: &Settings) -> Result<Option<Profile>, Failure> {
    let Some(name) = profile_name(settings)? else { return Ok(None) };
    if let Some(file) = setting(settings, "AJO_CREDENTIALS") {
        let problem = format!("profile {name} and the credential file {file} are both named; give one of them");
        return Err(Failure::new(problem)
            .hint("they are --profile or AJO_PROFILE, and --credentials or AJO_CREDENTIALS")
            .usage());
    }
    Profiles::find()?.get(&name).map(Some)
}

/// The credential, and the profile it is of. Where nothing is named and the settings are incomplete, it is the default one.
fn credentials(settings: &Settings, named: Option<Profile>) -> Result<(Credentials, Option<Profile>), Failure> {
    let profile = match named {
        Some(profile) => profile,
        None => match Credentials::from_vars(variables(settings), |path| std::fs::read_to_string(path)) {
            Err(missing @ CredentialsError::Missing(_)) => default_profile(missing.into())?,
            other => return Ok((other?, None)),
        },
    };
    Ok((profile.credentials(|name| setting(settings, name))?, Some(profile)))
}

/// The profile that is used where nothing else is. Without any profile it is `otherwise` that is wrong.
fn default_profile(otherwise: Failure) -> Result<Profile, Failure> {
    let Ok(profiles) = Profiles::find() else { return Err(otherwise) };
    let name = ProfileName::default();
    match profiles.load(&name)? {
        Some(profile) => Ok(profile),
        None if profiles.names().is_empty() => Err(otherwise),
        None => Err(profiles.unknown(&name)),
    }
}

/// With a token given ready-made the client id and the organization are still needed, for two of the headers.
fn given_token(
    settings: &Settings,
    token: Secret,
    named: Option<Profile>,
) -> Result<(Identity, Option<Profile>), Failure> {
    let mut profile = named;
    let file = match setting(settings, "AJO_CREDENTIALS") {
        Some(file) => Some(credentials::from_named_file(file, setting(settings, "AJO_CREDENTIAL_NAME").as_deref())?),
        None => None,
    };
    let (client_id, org_id) = (setting(settings, "AJO_CLIENT_ID"), setting(settings, "AJO_ORG_ID"));
    let missing = if client_id.is_none() { Some("AJO_CLIENT_ID") } else { org_id.is_none().then_some("AJO_ORG_ID") };
    if let (Some(missing), None, None) = (missing, &profile, &file) {
        profile = Some(default_profile(missing_beside_token(missing))?);
    }
    let kept = match (&profile, &file) {
        (Some(profile), _) => Some((profile.client_id.clone(), profile.org_id.clone())),
        (None, Some(file)) => Some((file.client_id().to_string(), file.org_id().to_string())),
        (None, None) => None,
    };
    let (kept_client_id, kept_org_id) = kept.unzip();
    let client_id = client_id.or(kept_client_id).ok_or_else(|| missing_beside_token("AJO_CLIENT_ID"))?;
    let org_id = org_id.or(kept_org_id).ok_or_else(|| missing_beside_token("AJO_ORG_ID"))?;
    let org_id = org_id.parse().map_err(|error: ajo_auth::OrgIdError| Failure::new(error.to_string()))?;
    Ok((Identity::Token { token, client_id, org_id }, profile))
}

fn missing_beside_token(name: &str) -> Failure {
    Failure::new(format!("AJO_ACCESS_TOKEN is set and {name} is not; every call needs both")).authentication()
}

/// An emulator that knows the sandbox that is named, so that settings made for the service work with it.
async fn emulator_with(settings: &Settings) -> Result<Emulator, Failure> {
    let mut start = ajo_emulator::Settings::default();
    if let Some(named) = &settings.sandbox
        && !start.sandboxes.iter().any(|sandbox| sandbox.name == named.as_str())
    {
        start.sandboxes.push(SandboxSettings { name: named.to_string(), production: true });
    }
    Emulator::builder().settings(start).start().await.map_err(|error| Failure::new(error.to_string()))
}
