//! Builds a client, for any transport.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ajo_auth::{Credentials, Secret, Surroundings, TokenStore};

use crate::{Caller, RetryPolicy, Wanted};

/// Builds a client. Everything is checked in `build`, before anything is sent. `L` are the limits that the client sets itself;
/// which there are depends on what it sends with.
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
///     .retry(RetryPolicy { attempts: 5, ..RetryPolicy::default() })
///     .token_store(Arc::new(MemoryStore::default()))
///     .max_requests_per_second(5)
///     .build()?;
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Default)]
#[must_use = "a builder does nothing until `build`"]
pub struct Builder<L> {
    pub(crate) wanted: Wanted,
    pub(crate) token_store: Option<Arc<dyn TokenStore>>,
    pub(crate) surroundings: Option<Arc<dyn Surroundings>>,
    pub(crate) limits: L,
}

impl<L> Builder<L> {
    /// Calls with tokens that are fetched with these credentials.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.wanted.caller = Some(Caller::Credentials(credentials));
        self
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

    /// Another gateway than [`BASE_URL`](crate::BASE_URL), with its base path. Plain http is for loopback addresses only.
    pub fn base_url(mut self, url: &str) -> Self {
        self.wanted.base_url = Some(url.to_owned());
        self
    }

    /// Another token host than [`IMS_URL`](ajo_auth::IMS_URL), without a path. Plain http is for loopback addresses only.
    pub fn ims_url(mut self, url: &str) -> Self {
        self.wanted.ims_url = Some(url.to_owned());
        self
    }

    /// How long one attempt may take, in place of [`TIMEOUT`](crate::TIMEOUT).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.wanted.options = self.wanted.options.timeout(timeout);
        self
    }

    /// How long a call may take with all its attempts, in place of [`DEADLINE`](crate::DEADLINE).
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.wanted.options = self.wanted.options.deadline(deadline);
        self
    }

    /// How often and how soon calls are made again.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.wanted.policy = policy;
        self
    }

    /// Shares the access token with other processes, or the isolates of a Worker. Without one, it is kept in memory only.
    pub fn token_store(mut self, store: Arc<dyn TokenStore>) -> Self {
        self.token_store = Some(store);
        self
    }

    /// Limits the attempts per second of this client and its clones; the others wait. No limit by default. The replay of an
    /// attempt after a 401 is not counted.
    pub fn max_requests_per_second(mut self, requests: u32) -> Self {
        self.wanted.requests_per_second = Some(requests);
        self
    }

    /// Another source of time and chance, for tests. Over `fetch` the time limit of an attempt stays one of `setTimeout`.
    pub fn surroundings(mut self, surroundings: Arc<dyn Surroundings>) -> Self {
        self.surroundings = Some(surroundings);
        self
    }
}

impl<L> fmt::Debug for Builder<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("sandbox", &self.wanted.sandbox)
            .field("base_url", &self.wanted.base_url)
            .field("ims_url", &self.wanted.ims_url)
            .finish_non_exhaustive()
    }
}
