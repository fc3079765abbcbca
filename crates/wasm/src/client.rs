//! A client, with the state that its calls share.

use alloc::boxed::Box;
use alloc::string::String;

use ajo_engine::json::{JsonValue as _, MAX_DEPTH, parse};
use ajo_engine::{AllowedOrigins, ClientTokenState, RetryBudget, Secret, VersionedToken};

use crate::client_options::{ParsedOptions, parse_options};
use crate::error_json;
use crate::json_writer::JsonWriter;

pub(crate) struct Client {
    pub(crate) tokens: ClientTokenState,
    pub(crate) budget: RetryBudget,
    /// The origins to which `auth.fetch` may send the token.
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
        let options = parse(options.as_bytes(), MAX_DEPTH).ok().filter(|options| options.as_object().is_some());
        let options = options.ok_or_else(|| error_json::invalid("it is not a JSON object"))?;
        let ParsedOptions { tokens, origins, description } = parse_options(&options)?;
        let budget = RetryBudget::default();
        Ok((Box::new(Self { tokens, budget, origins, last_token: None, is_closed: false, calls: 0 }), description))
    }

    /// Remembers the token of a request, and returns its generation.
    #[expect(clippy::cast_precision_loss, reason = "there are fewer than 2^53 tokens")]
    pub(crate) fn remember(&mut self, token: &VersionedToken) -> f64 {
        self.last_token = Some(token.token.value().clone());
        token.generation as f64
    }
}
