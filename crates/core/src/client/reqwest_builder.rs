//! The builder of the native client.

use std::sync::Arc;

use ajo_auth::{AuthError, SystemRuntime, TokenProvider, credentials, http_client};

use crate::{AuthSource, CallError, Client, ConcurrencyLimit, GenericClientBuilder, ReqwestTransport};

impl Client<ReqwestTransport> {
    /// Starts building a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }
}

/// Builds a [`Client`]. [`ClientBuilder::build`] validates the whole configuration and sends nothing.
pub type ClientBuilder = GenericClientBuilder<ConcurrencyLimit>;

impl GenericClientBuilder<ConcurrencyLimit> {
    /// Reads the configuration from environment variables: the credentials ([`credentials::from_env`]), the sandbox
    /// (`AJO_SANDBOX`), and the URLs (`AJO_BASE_URL`, `AJO_IMS_URL`). Later calls of builder methods override these values.
    pub fn from_env(self) -> Result<Self, CallError> {
        let credentials = credentials::from_env().map_err(AuthError::from)?;
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
        let mut builder = self.credentials(credentials);
        builder.config.sandbox = variable("AJO_SANDBOX").or(builder.config.sandbox);
        builder.config.base_url = variable("AJO_BASE_URL").or(builder.config.base_url);
        builder.config.ims_url = variable("AJO_IMS_URL").or(builder.config.ims_url);
        Ok(builder)
    }

    /// Limits the concurrent requests of this client and its clones; further requests wait. There is no limit by default.
    pub fn max_concurrent_requests(mut self, requests: usize) -> Self {
        self.limits.concurrent_requests = Some(requests);
        self
    }

    /// Validates the configuration and builds the client. Sends nothing.
    pub fn build(self) -> Result<Client<ReqwestTransport>, CallError> {
        let config = self.config.validate()?;
        let runtime = self.runtime.unwrap_or_else(|| Arc::new(SystemRuntime::default()));
        let tokens = match &config.auth {
            AuthSource::Credentials(credentials) => {
                let (ims_url, credentials) = (&config.ims_url, credentials.clone());
                TokenProvider::with_runtime_and_store(
                    credentials,
                    ims_url,
                    http_client(ims_url)?,
                    runtime.clone(),
                    self.token_store,
                )
            }
            AuthSource::Token { token, .. } => {
                TokenProvider::from_static(token.as_ref().ok_or(AuthError::InvalidToken)?)?
            }
        };
        let transport = ReqwestTransport::new(http_client(&config.base_url)?, runtime, self.limits)?;
        Ok(Client::new(config, transport, tokens))
    }
}
