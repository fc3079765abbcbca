//! The client and how it is built.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ajo_auth::{AuthError, Credentials, Endpoint, OrgId, Secret, Surroundings, System, TokenProvider, TokenStore};
use tokio::sync::Semaphore;

use crate::headers::CallerHeaders;
use crate::native_wire::NativeWire;
use crate::transport::Transport;
use crate::{CallOptions, Caller, Capping, Error, ErrorKind, RateLimit, RetryPolicy, Settings, Throttling, Wanted};

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
    pub(crate) transport: Arc<Transport<NativeWire>>,
    pub(crate) base_url: Endpoint,
    pub(crate) headers: Arc<CallerHeaders>,
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
        let replaced = self.transport.tokens.replace(credentials);
        replaced.map_err(|error| Error::new(None, ErrorKind::Auth(error)))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.base_url.as_str())
            .field("org_id", &self.org_id)
            .finish_non_exhaustive()
    }
}

/// Builds a [`Client`]. Everything is checked in [`ClientBuilder::build`], before anything is sent.
#[derive(Default)]
#[must_use = "a builder does nothing until `build`"]
pub struct ClientBuilder {
    wanted: Wanted,
    requests_per_second: Option<u32>,
    concurrent_requests: Option<usize>,
    token_store: Option<Arc<dyn TokenStore>>,
    surroundings: Option<Arc<dyn Surroundings>>,
}

impl ClientBuilder {
    /// Calls with tokens that are fetched with these credentials.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.wanted.caller = Some(Caller::Credentials(credentials));
        self
    }

    /// What the environment says: the credentials of [`Credentials::from_env`], the sandbox (`AJO_SANDBOX`), and other addresses
    /// than Adobe's (`AJO_BASE_URL`, `AJO_IMS_URL`), such as those of an emulator. What is set after it goes before it.
    pub fn from_env(self) -> Result<Self, Error> {
        let credentials = Credentials::from_env().map_err(|error| Error::new(None, ErrorKind::Auth(error.into())))?;
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
        let mut builder = self.credentials(credentials);
        builder.wanted.sandbox = variable("AJO_SANDBOX").or(builder.wanted.sandbox);
        builder.wanted.base_url = variable("AJO_BASE_URL").or(builder.wanted.base_url);
        builder.wanted.ims_url = variable("AJO_IMS_URL").or(builder.wanted.ims_url);
        Ok(builder)
    }

    /// Calls with a token that was fetched elsewhere. When it expires, calls fail.
    pub fn access_token(mut self, token: Secret, client_id: &str, org_id: &str) -> Self {
        self.wanted.caller =
            Some(Caller::Token { token: Some(token), client_id: client_id.to_owned(), org_id: org_id.to_owned() });
        self
    }

    /// The sandbox, such as `prod`; all lower case.
    pub fn sandbox(mut self, name: &str) -> Self {
        self.wanted.sandbox = Some(name.to_owned());
        self
    }

    /// Another gateway than [`crate::BASE_URL`], with its base path. Plain http is for loopback addresses only.
    pub fn base_url(mut self, url: &str) -> Self {
        self.wanted.base_url = Some(url.to_owned());
        self
    }

    /// Another token host than [`ajo_auth::IMS_URL`], without a path. Plain http is for loopback addresses only.
    pub fn ims_url(mut self, url: &str) -> Self {
        self.wanted.ims_url = Some(url.to_owned());
        self
    }

    /// How long one attempt may take, in place of [`crate::TIMEOUT`].
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.wanted.options = self.wanted.options.timeout(timeout);
        self
    }

    /// How long a call may take with all its attempts, in place of [`crate::DEADLINE`].
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.wanted.options = self.wanted.options.deadline(deadline);
        self
    }

    /// How often and how soon calls are made again.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.wanted.policy = policy;
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
        let Settings { caller, org_id, base_url, ims_url, options, policy, headers } = self.wanted.check()?;
        let http = |endpoint: &Endpoint| {
            ajo_auth::http_client(endpoint).map_err(|error| Error::new(None, ErrorKind::Auth(error)))
        };
        let rate = match self.requests_per_second.map(RateLimit::per_second) {
            Some(None) => return Err(Error::settings("no request a second would be let go")),
            Some(Some(rate)) => Some(tokio::sync::Mutex::new(rate)),
            None => None,
        };
        let places = match self.concurrent_requests {
            Some(0) => return Err(Error::settings("no request at a time would be let go")),
            places => places.map(|places| Arc::new(Semaphore::new(places.min(Semaphore::MAX_PERMITS)))),
        };
        let surroundings = self.surroundings.unwrap_or_else(|| Arc::new(System::default()));
        let tokens = match caller {
            Caller::Credentials(credentials) => {
                TokenProvider::with(credentials, &ims_url, http(&ims_url)?, surroundings.clone(), self.token_store)
            }
            Caller::Token { token, .. } => {
                let fixed = token.ok_or(AuthError::UnusableToken).and_then(|token| TokenProvider::fixed(&token));
                fixed.map_err(|error| Error::new(None, ErrorKind::Auth(error)))?
            }
        };
        let wire = NativeWire { http: http(&base_url)?, surroundings, rate, places };
        let transport = Transport { wire, tokens, policy, budget: Mutex::default() };
        Ok(Client {
            transport: Arc::new(transport),
            base_url,
            headers: Arc::new(headers),
            org_id,
            options: Arc::new(options),
        })
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("sandbox", &self.wanted.sandbox)
            .field("base_url", &self.wanted.base_url)
            .field("ims_url", &self.wanted.ims_url)
            .finish_non_exhaustive()
    }
}
