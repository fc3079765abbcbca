//! The native client and its builder.

use std::fmt;
use std::sync::{Arc, Mutex};

use ajo_auth::{AuthError, Credentials, Endpoint, OrgId, System, TokenProvider, credentials, http_client};
use reqwest::header::HeaderMap;

use crate::transport::headers::CallerHeaders;
use crate::transport::reqwest_transport::NativeWire;
use crate::transport::retry_loop::Transport;
use crate::{Builder, CallOptions, Caller, Error, ErrorKind, NativeLimits, Settings};

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
    pub(crate) caller: Arc<CallerHeaders>,
    /// Those of every call: the caller's, and those of the options.
    pub(crate) headers: Arc<HeaderMap>,
    pub(crate) org_id: OrgId,
    pub(crate) options: Arc<CallOptions>,
}

impl Client {
    /// Starts building a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
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
        let options = self.options.merged(options);
        let headers = Arc::new(NativeWire::headers(&self.caller, &options));
        Self { options: Arc::new(options), headers, ..self.clone() }
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
pub type ClientBuilder = Builder<NativeLimits>;

impl Builder<NativeLimits> {
    /// What the environment says: the credentials of [`credentials::from_env`], the sandbox (`AJO_SANDBOX`), and other addresses
    /// than Adobe's (`AJO_BASE_URL`, `AJO_IMS_URL`), such as those of an emulator. What is set after it goes before it.
    pub fn from_env(self) -> Result<Self, Error> {
        let credentials = credentials::from_env().map_err(AuthError::from)?;
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
        let mut builder = self.credentials(credentials);
        builder.wanted.sandbox = variable("AJO_SANDBOX").or(builder.wanted.sandbox);
        builder.wanted.base_url = variable("AJO_BASE_URL").or(builder.wanted.base_url);
        builder.wanted.ims_url = variable("AJO_IMS_URL").or(builder.wanted.ims_url);
        Ok(builder)
    }

    /// At most so many attempts a second by this client and its clones; the others wait. No limit by default. The replay of an
    /// attempt after a 401 is not counted.
    pub fn max_requests_per_second(mut self, requests: u32) -> Self {
        self.limits.requests_per_second = Some(requests);
        self
    }

    /// At most so many requests at a time by this client and its clones; the others wait. No limit by default.
    pub fn max_concurrent_requests(mut self, requests: usize) -> Self {
        self.limits.concurrent_requests = Some(requests);
        self
    }

    /// Checks everything and builds the client. Sends nothing.
    pub fn build(self) -> Result<Client, Error> {
        let Settings { caller, org_id, base_url, ims_url, options, policy, headers } = self.wanted.check()?;
        let (rate, places) = (self.limits.rate()?, self.limits.places()?);
        let surroundings = self.surroundings.unwrap_or_else(|| Arc::new(System::default()));
        let tokens = match caller {
            Caller::Credentials(credentials) => {
                let http = http_client(&ims_url)?;
                TokenProvider::with(credentials, &ims_url, http, surroundings.clone(), self.token_store)
            }
            Caller::Token { token, .. } => TokenProvider::fixed(&token.ok_or(AuthError::InvalidToken)?)?,
        };
        let wire =
            NativeWire { http: http_client(&base_url)?, surroundings, rate, places, last_bearer: Mutex::default() };
        let transport = Transport { wire, tokens, policy, budget: Mutex::default() };
        Ok(Client {
            transport: Arc::new(transport),
            base_url,
            headers: Arc::new(NativeWire::headers(&headers, &options)),
            caller: Arc::new(headers),
            org_id,
            options: Arc::new(options),
        })
    }
}
