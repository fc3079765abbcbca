//! Builds the native client.

use std::sync::Arc;

use ajo_auth::{AuthError, Credentials, System, TokenProvider, http_client};

use crate::{Builder, Caller, Client, Error, NativeLimits, ReqwestTransport};

impl Client<ReqwestTransport> {
    /// Starts building a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }
}

/// Builds a [`Client`]. Everything is checked in [`ClientBuilder::build`], before anything is sent.
pub type ClientBuilder = Builder<NativeLimits>;

impl Builder<NativeLimits> {
    /// What the environment says: the credentials of [`Credentials::from_env`], the sandbox (`AJO_SANDBOX`), and other addresses
    /// than Adobe's (`AJO_BASE_URL`, `AJO_IMS_URL`), such as those of an emulator. What is set after it goes before it.
    pub fn from_env(self) -> Result<Self, Error> {
        let credentials = Credentials::from_env().map_err(AuthError::from)?;
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
    pub fn build(self) -> Result<Client<ReqwestTransport>, Error> {
        let settings = self.wanted.check()?;
        let surroundings = self.surroundings.unwrap_or_else(|| Arc::new(System::default()));
        let tokens = match &settings.caller {
            Caller::Credentials(credentials) => {
                let (ims_url, credentials) = (&settings.ims_url, credentials.clone());
                TokenProvider::with(credentials, ims_url, http_client(ims_url)?, surroundings.clone(), self.token_store)
            }
            Caller::Token { token, .. } => TokenProvider::fixed(token.as_ref().ok_or(AuthError::UnusableToken)?)?,
        };
        let transport = ReqwestTransport::new(http_client(&settings.base_url)?, surroundings, self.limits)?;
        Ok(Client::new(settings, transport, tokens))
    }
}
