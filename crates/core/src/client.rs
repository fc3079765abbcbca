//! The client and how it is built.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ajo_auth::{
    AuthError, ClientId, Credentials, Endpoint, IMS_URL, OrgId, Secret, Surroundings, System, TokenProvider, TokenStore,
};
use tokio::sync::Semaphore;

use crate::attempt::{self, Wire};
use crate::transport::Transport;
use crate::{CallOptions, Capping, Error, ErrorKind, RateLimit, RetryPolicy, Sandbox, Throttling};

/// The service's gateway, for every region. Source: the vendor's specification.
pub const BASE_URL: &str = "https://platform.adobe.io/journey/orchestration";

/// How long one attempt may take, from the connection to the last byte of the answer. Chosen here; the service publishes none.
pub const TIMEOUT: Duration = Duration::from_secs(30);

/// How long a call may take, with its token, all its attempts and the waiting between them. Chosen here: two attempts that
/// time out.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// A client of the capping and throttling APIs, for one organization and one sandbox.
///
/// Cheap to clone; clones share connections, the access token, the budget for repetitions and the limits. It needs a running
/// tokio runtime. A call can be dropped at any point: what clones share stays sound.
///
/// ```no_run
/// use ajo_core::{CappingDefinition, Client};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let client = Client::builder().from_env()?.build()?;
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
    pub(crate) options: Arc<CallOptions>,
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

    /// The same client with other options for the calls made through what is returned.
    ///
    /// ```no_run
    /// # async fn example(client: ajo_core::Client) -> Result<(), ajo_core::Error> {
    /// use std::time::Duration;
    /// use ajo_core::CallOptions;
    ///
    /// let hasty = client.with_options(CallOptions::default().deadline(Duration::from_secs(2)).attempts(1));
    /// hasty.capping().list().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use = "the client itself stays as it is"]
    pub fn with_options(&self, options: CallOptions) -> Self {
        Self { options: Arc::new(self.options.merged(options)), ..self.clone() }
    }

    /// Goes on with other secrets or scopes, without a restart; clones do too. The client id and the organization must be the
    /// same, because every call names them.
    pub fn replace_credentials(&self, credentials: Credentials) -> Result<(), Error> {
        let replaced = self.transport.wire.tokens.replace(credentials);
        replaced.map_err(|error| Error::new(None, ErrorKind::Auth(error)))
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
    options: CallOptions,
    policy: RetryPolicy,
    requests_per_second: Option<u32>,
    concurrent_requests: Option<usize>,
    token_store: Option<Arc<dyn TokenStore>>,
    surroundings: Option<Arc<dyn Surroundings>>,
}

impl ClientBuilder {
    /// Calls with tokens that are fetched with these credentials.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.caller = Some(Caller::Credentials(credentials));
        self
    }

    /// What the environment says: the credentials of [`Credentials::from_env`], the sandbox (`AJO_SANDBOX`), and other addresses
    /// than Adobe's (`AJO_BASE_URL`, `AJO_IMS_URL`), such as those of an emulator. What is set after it goes before it.
    pub fn from_env(self) -> Result<Self, Error> {
        let credentials = Credentials::from_env().map_err(|error| Error::new(None, ErrorKind::Auth(error.into())))?;
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
        let mut builder = self.credentials(credentials);
        builder.sandbox = variable("AJO_SANDBOX").or(builder.sandbox);
        builder.base_url = variable("AJO_BASE_URL").or(builder.base_url);
        builder.ims_url = variable("AJO_IMS_URL").or(builder.ims_url);
        Ok(builder)
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

    /// How long one attempt may take, in place of [`TIMEOUT`].
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options = self.options.timeout(timeout);
        self
    }

    /// How long a call may take with all its attempts, in place of [`DEADLINE`].
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.options = self.options.deadline(deadline);
        self
    }

    /// How often and how soon calls are made again.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// At most so many attempts a second by this client and its clones; the others wait. No limit by default. The replay of an
    /// attempt after a 401 is not counted.
    pub fn max_requests_per_second(mut self, requests: u32) -> Self {
        self.requests_per_second = Some(requests);
        self
    }

    /// At most so many requests at a time by this client and its clones; the others wait. No limit by default.
    pub fn max_concurrent_requests(mut self, requests: usize) -> Self {
        self.concurrent_requests = Some(requests);
        self
    }

    /// Shares the access token with other processes. Without one, it is kept in memory only.
    pub fn token_store(mut self, store: Arc<dyn TokenStore>) -> Self {
        self.token_store = Some(store);
        self
    }

    /// Another source of time and chance, for tests.
    pub fn surroundings(mut self, surroundings: Arc<dyn Surroundings>) -> Self {
        self.surroundings = Some(surroundings);
        self
    }

    /// Checks everything and builds the client. Sends nothing.
    pub fn build(self) -> Result<Client, Error> {
        let settings = |problem: String| Error::settings(problem);
        let sandbox = self.sandbox.ok_or_else(|| settings("no sandbox is named".to_owned()))?;
        let sandbox: Sandbox = sandbox.parse().map_err(|error: crate::SandboxError| settings(error.to_string()))?;
        let base_url = Endpoint::parse(self.base_url.as_deref().unwrap_or(BASE_URL))
            .map_err(|error| settings(format!("the base URL: {error}")))?;
        let ims_url = Endpoint::parse_root(self.ims_url.as_deref().unwrap_or(IMS_URL))
            .map_err(|error| settings(format!("the token host: {error}")))?;
        let http = |endpoint: &Endpoint| {
            ajo_auth::http_client(endpoint).map_err(|error| Error::new(None, ErrorKind::Auth(error)))
        };
        let rate = match self.requests_per_second.map(RateLimit::per_second) {
            Some(None) => return Err(settings("no request a second would be let go".to_owned())),
            Some(Some(rate)) => Some(tokio::sync::Mutex::new(rate)),
            None => None,
        };
        let places = match self.concurrent_requests {
            Some(0) => return Err(settings("no request at a time would be let go".to_owned())),
            places => places.map(|places| Semaphore::new(places.min(Semaphore::MAX_PERMITS))),
        };
        let surroundings = self.surroundings.unwrap_or_else(|| Arc::new(System::default()));
        let (tokens, client_id, org_id) = match self.caller {
            None => return Err(settings("no credentials and no access token are given".to_owned())),
            Some(Caller::Credentials(credentials)) => {
                let client_id = credentials.client_id().clone();
                let org_id = credentials.org_id().clone();
                let tokens =
                    TokenProvider::with(credentials, &ims_url, http(&ims_url)?, surroundings.clone(), self.token_store);
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
        let transport = Transport {
            wire: Wire { http: http(&base_url)?, tokens, surroundings },
            base_url,
            headers: attempt::headers(client_id.as_str(), org_id.as_str(), sandbox.as_str()).map_err(settings)?,
            policy: self.policy,
            budget: Mutex::default(),
            rate,
            places,
        };
        Ok(Client { transport: Arc::new(transport), org_id, options: Arc::new(self.options) })
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
