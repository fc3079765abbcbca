//! Questions of the test.

use std::collections::BTreeMap;

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum Question {
    Call(Box<CallQuestion>),
    Request(Box<RequestQuestion>),
    Validate { api: String, definition: String },
    DefinitionOf { config: String },
}

/// One call of a new client.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CallQuestion {
    /// Milliseconds since 1970.
    pub(crate) now: u64,
    pub(crate) options: ClientOptions,
    /// As in JavaScript: `capping.canDeploy`. Without it, the question is only about the options.
    #[serde(default)]
    pub(crate) operation: String,
    pub(crate) uid: Option<String>,
    /// JSON.
    pub(crate) definition: Option<String>,
    /// The call is `setRating`.
    pub(crate) rating: Option<Rating>,
    #[serde(default)]
    pub(crate) force: bool,
    #[serde(default)]
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) max_attempts: Option<u32>,
    /// The request id that the npm package sent.
    pub(crate) request_id: Option<String>,
    /// The responses of the service, in order.
    #[serde(default)]
    pub(crate) responses: Vec<Reply>,
    /// The responses of the token endpoint, in order.
    #[serde(default)]
    pub(crate) token_responses: Vec<Reply>,
    /// The value in the token store.
    pub(crate) stored: Option<String>,
}

/// The rating of `setRating`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Rating {
    pub(crate) service: Option<String>,
    pub(crate) max_calls_count: i64,
    pub(crate) period_in_ms: i64,
}

/// One request of `AjoClient.request`, with one attempt.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RequestQuestion {
    /// Milliseconds since 1970.
    pub(crate) now: u64,
    pub(crate) token: String,
    /// The origin of the base URL.
    pub(crate) origin: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    /// The request id that the npm package sent.
    pub(crate) request_id: Option<String>,
    pub(crate) response: Reply,
}

/// The options of `new AjoClient`.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct ClientOptions {
    pub(crate) client_id: String,
    pub(crate) client_secrets: Vec<String>,
    pub(crate) org_id: String,
    pub(crate) scopes: String,
    pub(crate) sandbox: String,
    /// JSON.
    pub(crate) credentials: Option<String>,
    pub(crate) credential_name: Option<String>,
    pub(crate) access_token: Option<String>,
    /// The token comes from a function.
    pub(crate) has_token_function: bool,
    pub(crate) token_store: bool,
    pub(crate) base_url: Option<String>,
    pub(crate) ims_url: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
    /// Environment variables, which replace all options above.
    pub(crate) variables: Option<BTreeMap<String, String>>,
}

/// A response, or `problem` with its text.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[derive(Default)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// With lower-case names.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
    pub(crate) problem: Option<String>,
}
