//! From settings to a client, with the emulator that may be behind it.

use ajo_auth::{Credentials, Endpoint, IMS_URL, OrgId, Secret, TokenProvider};
use ajo_core::Client;
use ajo_emulator::{Emulator, SandboxSettings};

use crate::arguments::Settings;
use crate::failure::Failure;

/// A client that is ready to call. The emulator, if there is one, lives as long.
pub(crate) struct Session {
    pub(crate) client: Client,
    _emulator: Option<Emulator>,
}

/// Who calls, and where that was found.
pub(crate) struct Caller {
    pub(crate) identity: Identity,
    pub(crate) found: String,
    pub(crate) ims_url: Endpoint,
    emulator: Option<Emulator>,
}

/// What a caller shows.
pub(crate) enum Identity {
    Credentials(Credentials),
    Token { token: Secret, client_id: String, org_id: OrgId },
}

impl Session {
    pub(crate) async fn start(settings: &Settings) -> Result<Self, Failure> {
        let named = settings.sandbox.as_ref().map(ToString::to_string);
        let (sandbox, base_url) = match (settings.emulator, named) {
            (true, named) => (named.unwrap_or_else(|| "prod".to_owned()), None),
            (false, Some(named)) => (named, settings.base_url.clone().filter(|url| !url.trim().is_empty())),
            (false, None) => {
                return Err(Failure::new("no sandbox is named; set AJO_SANDBOX or give --sandbox")
                    .hint("without an Adobe account, try --emulator"));
            }
        };
        let caller = Caller::find(settings).await?;
        let mut builder = Client::builder().sandbox(&sandbox).ims_url(caller.ims_url.as_str());
        if let Some(emulator) = &caller.emulator {
            builder = builder.base_url(&emulator.base_url());
        } else if let Some(url) = base_url {
            builder = builder.base_url(&url);
        }
        let builder = match caller.identity {
            Identity::Credentials(credentials) => builder.credentials(credentials),
            Identity::Token { token, client_id, org_id } => builder.access_token(token, &client_id, org_id.as_str()),
        };
        Ok(Self { client: builder.build()?, _emulator: caller.emulator })
    }
}

impl Caller {
    pub(crate) async fn find(settings: &Settings) -> Result<Self, Failure> {
        if settings.emulator {
            let emulator = emulator_with(settings).await?;
            let ims_url = Endpoint::parse(&emulator.ims_url()).map_err(|error| Failure::new(error.to_string()))?;
            let identity = Identity::Credentials(emulator.credentials());
            return Ok(Self { identity, found: "the emulator's own".to_owned(), ims_url, emulator: Some(emulator) });
        }
        let ims_url = settings.ims_url.as_deref().filter(|url| !url.trim().is_empty()).unwrap_or(IMS_URL);
        let ims_url = Endpoint::parse_root(ims_url)
            .map_err(|error| Failure::new(format!("the token host (AJO_IMS_URL): {error}")))?;
        let (identity, found) = if let Some(token) = variable("AJO_ACCESS_TOKEN") {
            (given_token(settings, Secret::new(token))?, "AJO_ACCESS_TOKEN".to_owned())
        } else {
            let credentials =
                Credentials::from_vars(variables(settings), |path| std::fs::read_to_string(path))?;
            let found = match setting(settings, "AJO_CREDENTIALS") {
                Some(file) => file,
                None => "settings AJO_… and flags".to_owned(),
            };
            (Identity::Credentials(credentials), found)
        };
        Ok(Self { identity, found, ims_url, emulator: None })
    }

    /// Where tokens come from for this caller.
    pub(crate) fn tokens(&self) -> Result<TokenProvider, Failure> {
        Ok(match &self.identity {
            Identity::Credentials(credentials) => {
                TokenProvider::new(credentials.clone(), &self.ims_url, ajo_auth::http_client(&self.ims_url)?)
            }
            Identity::Token { token, .. } => TokenProvider::fixed(token)?,
        })
    }
}

/// With a token given ready-made the client id and the organization are still needed, for two of the headers.
fn given_token(settings: &Settings, token: Secret) -> Result<Identity, Failure> {
    let file = match setting(settings, "AJO_CREDENTIALS") {
        Some(file) => Some(Credentials::from_named_file(file, setting(settings, "AJO_CREDENTIAL_NAME").as_deref())?),
        None => None,
    };
    let client_id = setting(settings, "AJO_CLIENT_ID")
        .or_else(|| file.as_ref().map(|file| file.client_id().to_string()))
        .ok_or_else(|| missing_beside_token("AJO_CLIENT_ID"))?;
    let org_id = match (setting(settings, "AJO_ORG_ID"), file) {
        (Some(text), _) => text.parse().map_err(|error: ajo_auth::OrgIdError| Failure::new(error.to_string()))?,
        (None, Some(file)) => file.org_id().clone(),
        (None, None) => return Err(missing_beside_token("AJO_ORG_ID")),
    };
    Ok(Identity::Token { token, client_id, org_id })
}

fn missing_beside_token(name: &str) -> Failure {
    Failure::new(format!("AJO_ACCESS_TOKEN is set and {name} is not; every call needs both")).authentication()
}

/// Those settings that have a flag, by the names of their variables.
fn flags(settings: &Settings) -> [(&'static str, Option<&String>); 5] {
    [
        ("AJO_CREDENTIALS", settings.credentials.as_ref()),
        ("AJO_CREDENTIAL_NAME", settings.credential_name.as_ref()),
        ("AJO_CLIENT_ID", settings.client_id.as_ref()),
        ("AJO_ORG_ID", settings.org_id.as_ref()),
        ("AJO_SCOPES", settings.scopes.as_ref()),
    ]
}

/// A setting by the name of its variable; the flag goes before the variable, as the command line was read.
fn setting(settings: &Settings, name: &str) -> Option<String> {
    match flags(settings).into_iter().find(|(flag, _)| *flag == name) {
        Some((_, value)) => value.cloned().filter(|value| !value.trim().is_empty()),
        None => variable(name),
    }
}

/// All variables, with the flags before them.
fn variables(settings: &Settings) -> impl Iterator<Item = (String, String)> {
    // A name or value that is no UTF-8 is none of ours.
    let set =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let flags = flags(settings).into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.clone())));
    set.chain(flags)
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
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
