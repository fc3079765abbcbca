//! The client and how it is built.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ajo_auth::{AuthError, ClientId, Credentials, Endpoint, IMS_URL, OrgId, Secret, TokenProvider};

use crate::http::Transport;
use crate::{Capping, Error, ErrorKind, Sandbox, Throttling};

/// The service's gateway, for every region. Source: the vendor's specification.
pub const BASE_URL: &str = "https://platform.adobe.io/journey/orchestration";

/// How long one call may take, from the connection to the last byte of the answer. Chosen here; the service publishes none.
pub const TIMEOUT: Duration = Duration::from_secs(30);

/// A client of the capping and throttling APIs, for one organization and one sandbox.
///
/// Cheap to clone; clones share connections and the access token. It needs a running tokio runtime.
///
/// ```no_run
/// use ajo_core::{CappingDefinition, Client, Credentials};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let client = Client::builder()
///     .credentials(Credentials::from_env()?)
///     .sandbox("prod")
///     .build()?;
///
/// let config: CappingDefinition = serde_json::from_str(r#"{
///     "url": "https://api.example.org/data/2.5/*",
///     "methods": ["GET"],
///     "services": {"dataSource": {"rating": {"maxCallsCount": 500, "periodInMs": 1000}}}
/// }"#)?;
/// let created = client.capping().create(&config).await?;
/// client.capping().deploy(&created.uid).await?;
/// for c in client.capping().list().await? {
///     println!("{} {}", c.uid, c.url);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    pub(crate) transport: Arc<Transport>,
    pub(crate) org_id: OrgId,
}

impl Client {
    /// Starts building a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// The capping API.
    pub fn capping(&self) -> Capping<'_> {
        Capping { client: self }
    }

    /// The throttling API.
    pub fn throttling(&self) -> Throttling<'_> {
        Throttling { client: self }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.transport.base_url.as_str())
            .field("org_id", &self.org_id)
            .finish_non_exhaustive()
    }
}

/// Who calls.
enum Caller {
    Credentials(Credentials),
    Token { token: Secret, client_id: String, org_id: String },
}

/// Builds a [`Client`]. Everything is checked in [`ClientBuilder::build`], before anything is sent.
#[derive(Default)]
#[must_use = "a builder does nothing until `build`"]
pub struct ClientBuilder {
    caller: Option<Caller>,
    sandbox: Option<String>,
    base_url: Option<String>,
    ims_url: Option<String>,
    timeout: Option<Duration>,
}

impl ClientBuilder {
    /// Calls with tokens that are fetched with these credentials.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.caller = Some(Caller::Credentials(credentials));
        self
    }

    /// Calls with a token that was fetched elsewhere. When it expires, calls fail.
    pub fn access_token(mut self, token: Secret, client_id: &str, org_id: &str) -> Self {
        self.caller = Some(Caller::Token { token, client_id: client_id.to_owned(), org_id: org_id.to_owned() });
        self
    }

    /// The sandbox, such as `prod`; all lower case.
    pub fn sandbox(mut self, name: &str) -> Self {
        self.sandbox = Some(name.to_owned());
        self
    }

    /// Another gateway than [`BASE_URL`], with its base path. Plain http is for loopback addresses only.
    pub fn base_url(mut self, url: &str) -> Self {
        self.base_url = Some(url.to_owned());
        self
    }

    /// Another token host than [`IMS_URL`], without a path. Plain http is for loopback addresses only.
    pub fn ims_url(mut self, url: &str) -> Self {
        self.ims_url = Some(url.to_owned());
        self
    }

    /// How long one call may take, in place of [`TIMEOUT`].
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Checks everything and builds the client. Sends nothing.
    pub fn build(self) -> Result<Client, Error> {
        let settings = |problem: String| Error::new(None, ErrorKind::Settings(problem));
        let sandbox = self.sandbox.ok_or_else(|| settings("no sandbox is named".to_owned()))?;
        let sandbox: Sandbox = sandbox.parse().map_err(|error: crate::SandboxError| settings(error.to_string()))?;
        let base_url = Endpoint::parse(self.base_url.as_deref().unwrap_or(BASE_URL))
            .map_err(|error| settings(format!("the base URL: {error}")))?;
        let ims_url = Endpoint::parse_root(self.ims_url.as_deref().unwrap_or(IMS_URL))
            .map_err(|error| settings(format!("the token host: {error}")))?;
        let http = |endpoint: &Endpoint| {
            ajo_auth::http_client(endpoint).map_err(|error| Error::new(None, ErrorKind::Auth(error)))
        };
        let (tokens, client_id, org_id) = match self.caller {
            None => return Err(settings("no credentials and no access token are given".to_owned())),
            Some(Caller::Credentials(credentials)) => {
                let client_id = credentials.client_id().clone();
                let org_id = credentials.org_id().clone();
                let tokens = TokenProvider::new(credentials, &ims_url, http(&ims_url)?);
                (tokens, client_id, org_id)
            }
            Some(Caller::Token { token, client_id, org_id }) => {
                let client_id: ClientId = client_id.parse().map_err(|error| settings(format!("{error}")))?;
                let org_id: OrgId = org_id.parse().map_err(|error| settings(format!("{error}")))?;
                let tokens = TokenProvider::fixed(&token)
                    .map_err(|error: AuthError| Error::new(None, ErrorKind::Auth(error)))?;
                (tokens, client_id, org_id)
            }
        };
        let headers = Transport::headers(client_id.as_str(), org_id.as_str(), sandbox.as_str()).map_err(settings)?;
        let http = http(&base_url)?;
        let timeout = self.timeout.unwrap_or(TIMEOUT);
        Ok(Client { transport: Arc::new(Transport { http, base_url, tokens, headers, timeout }), org_id })
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("sandbox", &self.sandbox)
            .field("base_url", &self.base_url)
            .field("ims_url", &self.ims_url)
            .finish_non_exhaustive()
    }
}
