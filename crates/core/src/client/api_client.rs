//! The client, over any transport.

use std::fmt;
use std::sync::{Arc, Mutex};

use ajo_auth::{Credentials, Endpoint, OrgId, TokenProvider};
use bytes::Bytes;

use crate::transport::headers::CallerHeaders;
use crate::transport::retry_loop::Transport;
use crate::{CallOptions, Error, ErrorKind, HttpTransport, Operation, Request, Settings};

/// A client of the capping and throttling APIs, for one organization and one sandbox.
///
/// Cheap to clone; clones share connections, the access token, the retry budget, and the limits. A call can be dropped at any
/// point: the shared state stays consistent. Over reqwest it needs a running tokio runtime.
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
pub struct Client<
    #[cfg(feature = "reqwest")] T: HttpTransport = crate::ReqwestTransport,
    #[cfg(not(feature = "reqwest"))] T: HttpTransport,
> {
    pub(crate) transport: Arc<Transport<T>>,
    pub(crate) config: Arc<RequestConfig<T>>,
}

/// What the requests of a client have in common.
pub(crate) struct RequestConfig<T: HttpTransport> {
    caller: Arc<Identity>,
    pub(crate) options: CallOptions,
    template: Arc<T::Template>,
}

/// Where requests go, and in whose name; the same with other options.
struct Identity {
    base_url: Endpoint,
    headers: CallerHeaders,
    org_id: OrgId,
}

impl<T: HttpTransport> Client<T> {
    /// Sends requests over this transport, with tokens from this provider.
    pub fn new(settings: Settings, transport: T, tokens: TokenProvider) -> Self {
        let Settings { org_id, base_url, options, policy, headers, .. } = settings;
        let config = RequestConfig::new(Arc::new(Identity { base_url, headers, org_id }), options);
        let transport = Transport { wire: transport, tokens, policy, budget: Mutex::default() };
        Self { transport: Arc::new(transport), config: Arc::new(config) }
    }

    /// The same client with other options for the calls made through the returned one.
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
        let RequestConfig { caller, options: earlier, .. } = &*self.config;
        let config = RequestConfig::new(caller.clone(), earlier.merged(options));
        Self { transport: self.transport.clone(), config: Arc::new(config) }
    }

    /// Continues with other secrets or scopes, without a restart; clones do too. The client id and the organization must be the
    /// same, because every call names them.
    pub fn replace_credentials(&self, credentials: Credentials) -> Result<(), Error> {
        let replaced = self.transport.tokens.replace(credentials);
        replaced.map_err(|error| Error::new(None, ErrorKind::Auth(error)))
    }

    pub(crate) fn org_id(&self) -> &OrgId {
        &self.config.caller.org_id
    }

    pub(crate) fn request(
        &self,
        operation: &'static Operation,
        path: String,
        body: Option<Bytes>,
        request_id: String,
    ) -> Request<T::Template> {
        let template = self.config.template.clone();
        Request { method: operation.method, path, accepts_json: operation.success != 204, body, request_id, template }
    }
}

impl<T: HttpTransport> RequestConfig<T> {
    fn new(caller: Arc<Identity>, options: CallOptions) -> Self {
        let own = options.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let headers: Vec<_> = own.chain(caller.headers.iter()).collect();
        let template = Arc::new(T::template(&caller.base_url, &headers));
        Self { caller, options, template }
    }
}

impl<T: HttpTransport> Clone for Client<T> {
    fn clone(&self) -> Self {
        Self { transport: self.transport.clone(), config: self.config.clone() }
    }
}

impl<T: HttpTransport> fmt::Debug for Client<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.config.caller.base_url.as_str())
            .field("org_id", &self.config.caller.org_id)
            .finish_non_exhaustive()
    }
}
