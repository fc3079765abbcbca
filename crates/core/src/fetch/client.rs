//! The client over `fetch`, and its builder.

use std::sync::Arc;

use ajo_auth::fetch::{System, token_provider};
use ajo_auth::{AuthError, TokenProvider};

use super::FetchTransport;
use crate::{Builder, Caller, Error};

/// A client of the capping and throttling APIs over `fetch`. See the [module](crate::fetch) for an example.
pub type Client = crate::Client<FetchTransport>;

impl crate::Client<FetchTransport> {
    /// Starts building a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }
}

/// Builds a [`Client`]. Everything is checked in [`ClientBuilder::build`], before anything is sent.
pub type ClientBuilder = Builder<NoLimits>;

/// The limits that a client over `fetch` sets itself: there are none.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoLimits;

impl Builder<NoLimits> {
    /// Checks everything and builds the client. Sends nothing, and asks nothing of JavaScript.
    pub fn build(self) -> Result<Client, Error> {
        let Self { wanted, token_store, surroundings, limits: NoLimits } = self;
        let settings = wanted.check()?;
        let surroundings = surroundings.unwrap_or_else(|| Arc::new(System::default()));
        let tokens = match &settings.caller {
            Caller::Credentials(credentials) => {
                token_provider(credentials.clone(), &settings.ims_url, surroundings.clone(), token_store)
            }
            Caller::Token { token, .. } => TokenProvider::fixed(token.as_ref().ok_or(AuthError::UnusableToken)?)?,
        };
        Ok(Client::new(settings, FetchTransport { surroundings }, tokens))
    }
}
