//! The client over `fetch`, and how it is built.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ajo_auth::fetch::{System, token_provider};
use ajo_auth::{AuthError, Credentials, Secret, Surroundings, TokenProvider, TokenStore};

use super::FetchWire;
use crate::{Caller, DirectClient, Error, RetryPolicy, Wanted};

/// A client of the capping and throttling APIs over `fetch`, for one organization and one sandbox. The operations are those of
/// [`DirectClient::capping`] and [`DirectClient::throttling`]; see the [module](crate::fetch) for an example.
pub type Client = DirectClient<FetchWire>;

impl DirectClient<FetchWire> {
    /// Starts building a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }
}

/// Builds a [`Client`]. Everything is checked in [`ClientBuilder::build`], before anything is sent.
#[derive(Default)]
#[must_use = "a builder does nothing until `build`"]
pub struct ClientBuilder {
    wanted: Wanted,
    token_store: Option<Arc<dyn TokenStore>>,
    surroundings: Option<Arc<dyn Surroundings>>,
}

impl ClientBuilder {
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

    /// Shares the access token with other isolates. Without one, it is kept in memory only.
    pub fn token_store(mut self, store: Arc<dyn TokenStore>) -> Self {
        self.token_store = Some(store);
        self
    }

    /// Another source of time and chance, for tests. The time limit of an attempt stays one of `setTimeout`.
    pub fn surroundings(mut self, surroundings: Arc<dyn Surroundings>) -> Self {
        self.surroundings = Some(surroundings);
        self
    }

    /// Checks everything and builds the client. Sends nothing, and asks nothing of JavaScript.
    pub fn build(self) -> Result<Client, Error> {
        let settings = self.wanted.check()?;
        let surroundings = self.surroundings.unwrap_or_else(|| Arc::new(System::default()));
        let tokens = match &settings.caller {
            Caller::Credentials(credentials) => {
                token_provider(credentials.clone(), &settings.ims_url, surroundings.clone(), self.token_store)
            }
            Caller::Token { token, .. } => TokenProvider::fixed(token.as_ref().ok_or(AuthError::UnusableToken)?)?,
        };
        Ok(DirectClient::new(settings, FetchWire { surroundings }, tokens))
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
