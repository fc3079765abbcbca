//! A client, with the state that its calls share.

use alloc::boxed::Box;
use alloc::string::String;

use ajo_engine::{
    AllowedOrigins, ClientTokenState, OAuthOptions, RetryBudget, SHORT_LEASE_DURATION, Secret, TOKEN_PATH,
    VersionedToken,
};

use crate::client_options::{ClientOptions, TokenSource};
use crate::error_json;
use crate::json_writer::JsonWriter;

pub(crate) struct Client {
    pub(crate) tokens: ClientTokenState,
    pub(crate) budget: RetryBudget,
    /// Where tokens may be sent to.
    pub(crate) origins: AllowedOrigins,
    /// The token of the last request, which JavaScript reads once per generation.
    pub(crate) last_token: Option<Secret>,
    pub(crate) is_closed: bool,
    /// The number of calls that need this client.
    pub(crate) calls: u32,
}

impl Client {
    /// Creates a client from its options (JSON), and describes it (JSON without the client's number). The error is JSON too.
    pub(crate) fn open(options: &str) -> Result<(Box<Self>, JsonWriter), String> {
        let options = ClientOptions::from_json(options)?;
        let description = describe(&options);
        let ClientOptions { source, ims_url, origins, has_store, store_locks, .. } = options;
        let oauth = OAuthOptions { has_store, store_locks, lease_duration: SHORT_LEASE_DURATION };
        let tokens = match source {
            TokenSource::Credentials(credentials) => ClientTokenState::with_credentials(credentials, ims_url, oauth),
            TokenSource::Static(token) => {
                ClientTokenState::from_static(&token).map_err(|_| error_json::invalid_access_token())?
            }
            TokenSource::Callback => ClientTokenState::from_callback(),
        };
        let client = Box::new(Self {
            tokens,
            budget: RetryBudget::default(),
            origins,
            last_token: None,
            is_closed: false,
            calls: 0,
        });
        Ok((client, description))
    }

    /// Remembers the token of a request, and returns its generation.
    #[expect(clippy::cast_precision_loss, reason = "there are fewer than 2^53 tokens")]
    pub(crate) fn remember(&mut self, token: &VersionedToken) -> f64 {
        self.last_token = Some(token.token.value().clone());
        token.generation as f64
    }
}

fn describe(options: &ClientOptions) -> JsonWriter {
    let source = match options.source {
        TokenSource::Credentials(_) => "credentials",
        TokenSource::Static(_) => "static",
        TokenSource::Callback => "callback",
    };
    let token_url = (source == "credentials").then(|| [options.ims_url.as_str(), TOKEN_PATH].concat());
    JsonWriter::new()
        .string("baseUrl", options.base_url.as_str())
        .string("origin", &options.base_url.origin())
        .string("clientId", options.client_id.as_str())
        .string("orgId", options.org_id.as_str())
        .optional_string("sandbox", options.sandbox.as_ref().map(ajo_engine::SandboxName::as_str))
        .optional_string("tokenUrl", token_url.as_deref())
        .string("source", source)
}
