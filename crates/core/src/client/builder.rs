//! The generic type behind the client builders.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ajo_auth::{Credentials, Runtime, Secret, TokenStore};

use crate::{AuthSource, ClientConfig, RetryPolicy};

/// The builder of a client. `build` validates the whole configuration and sends nothing.
///
/// Use it through the aliases `ClientBuilder` and `fetch::ClientBuilder`. They differ in `L`, the type of the client-side limits.
///
/// ```no_run
/// # #[cfg(feature = "reqwest")] {
/// use std::{sync::Arc, time::Duration};
/// use ajo_auth::MemoryStore;
/// use ajo_core::{Client, RetryPolicy, credentials};
///
/// let client = Client::builder()
///     .credentials(credentials::from_file("/run/secrets/ajo.json")?)
///     .sandbox("prod")
///     .deadline(Duration::from_secs(10))
///     .retry(RetryPolicy { max_attempts: 5, ..RetryPolicy::default() })
///     .token_store(Arc::new(MemoryStore::default()))
///     .max_requests_per_second(5)
///     .build()?;
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Default)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct GenericClientBuilder<L> {
    pub(crate) config: ClientConfig,
    pub(crate) token_store: Option<Arc<dyn TokenStore>>,
    pub(crate) runtime: Option<Arc<dyn Runtime>>,
    pub(crate) limits: L,
}

impl<L> GenericClientBuilder<L> {
    /// Authenticates with tokens requested with these credentials.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.config.auth = Some(AuthSource::Credentials(credentials));
        self
    }

    /// Authenticates with an existing token. Calls fail when it expires.
    pub fn access_token(mut self, token: Secret, client_id: &str, org_id: &str) -> Self {
        self.config.auth =
            Some(AuthSource::Token { token: Some(token), client_id: client_id.to_owned(), org_id: org_id.to_owned() });
        self
    }

    /// Sets credentials, sandbox, and URLs for an emulator with default settings, such as `http://127.0.0.1:4010`.
    pub fn emulator(self, url: &str) -> Self {
        let base_url = [url.trim_end_matches('/'), "/journey/orchestration"].concat();
        self.credentials(Credentials::for_emulator()).sandbox("prod").base_url(&base_url).ims_url(url)
    }

    /// The sandbox, such as `prod`. The name must be lower case.
    pub fn sandbox(mut self, name: &str) -> Self {
        self.config.sandbox = Some(name.to_owned());
        self
    }

    /// Replaces the gateway URL [`BASE_URL`](crate::BASE_URL), including its base path. Plain http is allowed for loopback addresses only.
    pub fn base_url(mut self, url: &str) -> Self {
        self.config.base_url = Some(url.to_owned());
        self
    }

    /// Allows [`Client::request`](crate::Client::request) to send the access token to one more host: `host` or `host:port` in lower case.
    /// It needs https, except for loopback addresses.
    pub fn allow_host(mut self, host: &str) -> Self {
        self.config.allowed_hosts.push(host.to_owned());
        self
    }

    /// Replaces the origin of the token endpoint, [`IMS_URL`](ajo_auth::IMS_URL). Plain http is allowed for loopback addresses only.
    pub fn ims_url(mut self, url: &str) -> Self {
        self.config.ims_url = Some(url.to_owned());
        self
    }

    /// The time limit of one attempt. The default is [`TIMEOUT`](crate::TIMEOUT).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.config.options = self.config.options.timeout(timeout);
        self
    }

    /// The time limit of a call including retries. The default is [`DEADLINE`](crate::DEADLINE).
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.config.options = self.config.options.deadline(deadline);
        self
    }

    /// Sets the number of attempts and the delays between them.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.config.policy = policy;
        self
    }

    /// Shares the access token with other processes or Worker isolates. Without a store, the token is cached in memory only.
    pub fn token_store(mut self, store: Arc<dyn TokenStore>) -> Self {
        self.token_store = Some(store);
        self
    }

    /// Limits the attempts per second of this client and its clones; further attempts wait. There is no limit by default.
    ///
    /// The replay of an attempt after a 401 does not count.
    pub fn max_requests_per_second(mut self, requests: u32) -> Self {
        self.config.requests_per_second = Some(requests);
        self
    }

    /// Replaces the clock and the random numbers, for tests. Over `fetch`, attempts still time out by `setTimeout`.
    pub fn runtime(mut self, runtime: Arc<dyn Runtime>) -> Self {
        self.runtime = Some(runtime);
        self
    }
}

impl<L> fmt::Debug for GenericClientBuilder<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("sandbox", &self.config.sandbox)
            .field("base_url", &self.config.base_url)
            .field("ims_url", &self.config.ims_url)
            .finish_non_exhaustive()
    }
}
