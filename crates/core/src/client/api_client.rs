//! The client, over any transport.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ajo_auth::{Credentials, OrgId, TokenProvider};

use crate::client::request_config::RequestConfig;
use crate::transport::call_runner::{CallRunner, SharedLimits};
use crate::{CallError, CallOptions, DEADLINE, ErrorKind, HttpTransport, ValidatedConfig};

/// A client of the capping and throttling APIs, for one organization and one sandbox.
///
/// A client is cheap to clone. Clones share connections, the access token, the retry budget, and the limits. Dropping a call at any
/// point leaves the shared state consistent. Over reqwest, calls need a running tokio runtime.
///
/// ```no_run
/// use ajo_core::{CappingDefinition, Client};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let client = Client::builder().from_env()?.build()?;
///
/// let config: CappingDefinition = serde_json::from_str(r#"{
///     "url": "https://api.example.org/v1/send",
///     "methods": ["POST"],
///     "services": {"action": {"rating": {"maxCallsCount": 300, "periodInMs": 1000}}}
/// }"#)?;
/// let created = client.capping().create(&config).await?;
/// client.capping().deploy(&created.uid).await?;
/// for c in client.capping().list().await? {
///     println!("{} {}", c.uid, c.url);
/// }
/// # Ok(())
/// # }
/// ```
pub struct Client<
    #[cfg(feature = "reqwest")] T: HttpTransport = crate::ReqwestTransport,
    #[cfg(not(feature = "reqwest"))] T: HttpTransport,
> {
    pub(crate) runner: Arc<CallRunner<T>>,
    pub(crate) config: Arc<RequestConfig<T::Template>>,
}

impl<T: HttpTransport> Client<T> {
    /// Creates a client that sends requests over `transport` with tokens from the provider.
    pub fn new(config: ValidatedConfig, transport: T, tokens: TokenProvider) -> Self {
        let request_config = RequestConfig::from_validated(&config);
        let ValidatedConfig { policy, rate, .. } = config;
        let limits = Mutex::new(SharedLimits { rate, ..SharedLimits::default() });
        let runner = CallRunner { http: transport, tokens, policy, limits };
        Self { runner: Arc::new(runner), config: Arc::new(request_config) }
    }

    /// Returns a clone of this client that applies `options` to its calls.
    ///
    /// ```no_run
    /// # async fn example(client: ajo_core::Client) -> Result<(), ajo_core::CallError> {
    /// use std::time::Duration;
    /// use ajo_core::CallOptions;
    ///
    /// let quick = client.with_options(CallOptions::default().deadline(Duration::from_secs(2)).attempts(1));
    /// quick.capping().list().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use = "this returns a new client and does not change the original"]
    pub fn with_options(&self, options: CallOptions) -> Self {
        Self { runner: self.runner.clone(), config: Arc::new(self.config.with_options(options)) }
    }

    /// Returns a clone of this client whose calls end within `limit`, or by their own deadline if that is earlier.
    #[must_use = "this returns a new client and does not change the original"]
    pub fn with_deadline_within(&self, limit: Duration) -> Self {
        let own = self.config.options().deadline.unwrap_or(DEADLINE);
        self.with_options(CallOptions::default().deadline(own.min(limit)))
    }

    /// Switches this client and its clones to other secrets or scopes without a restart.
    ///
    /// The client id and the organization must not change, because the headers of every call contain them.
    pub fn replace_credentials(&self, credentials: Credentials) -> Result<(), CallError> {
        let replaced = self.runner.tokens.replace_credentials(credentials);
        replaced.map_err(|error| CallError::new(None, ErrorKind::Auth(error)))
    }

    pub(crate) fn org_id(&self) -> &OrgId {
        self.config.org_id()
    }
}

impl<T: HttpTransport> Clone for Client<T> {
    fn clone(&self) -> Self {
        Self { runner: self.runner.clone(), config: self.config.clone() }
    }
}

impl<T: HttpTransport> fmt::Debug for Client<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.config.base_url().as_str())
            .field("org_id", self.config.org_id())
            .finish_non_exhaustive()
    }
}
