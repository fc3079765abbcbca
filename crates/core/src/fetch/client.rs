//! The client over `fetch`, and its builder.

use std::sync::Arc;

use ajo_auth::fetch::{JsRuntime, token_provider};
use ajo_auth::{AuthError, TokenProvider};

use super::FetchTransport;
use crate::{AuthSource, CallError, GenericClientBuilder};

/// A client of the capping and throttling APIs over `fetch`. See the [module](crate::fetch) for an example.
pub type Client = crate::Client<FetchTransport>;

impl crate::Client<FetchTransport> {
    /// Starts building a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }
}

/// Builds a [`Client`]. [`ClientBuilder::build`] validates the whole configuration and sends nothing.
pub type ClientBuilder = GenericClientBuilder<NoLimits>;

/// A client over `fetch` has no client-side limits on concurrent requests.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoLimits;

impl GenericClientBuilder<NoLimits> {
    /// Validates the configuration and builds the client. Sends nothing and calls no JavaScript.
    pub fn build(self) -> Result<Client, CallError> {
        let Self { config, token_store, runtime, limits: NoLimits } = self;
        let config = config.validate()?;
        let runtime = runtime.unwrap_or_else(|| Arc::new(JsRuntime::default()));
        let tokens = match &config.auth {
            AuthSource::Credentials(credentials) => {
                token_provider(credentials.clone(), &config.ims_url, runtime.clone(), token_store)
            }
            AuthSource::Token { token, .. } => {
                TokenProvider::from_static(token.as_ref().ok_or(AuthError::InvalidToken)?)?
            }
        };
        Ok(Client::new(config, FetchTransport { runtime }, tokens))
    }
}
