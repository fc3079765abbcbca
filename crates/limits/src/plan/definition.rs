//! The one normal form in which what is wanted and what is there are compared.

use std::collections::BTreeSet;

use ajo_core::Api;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Key;

/// A definition in normal form: methods are a set, `maxHttpConnections: -1` is none, empty texts are none, and the organization
/// is not part of it, because it is that of the credential.
///
/// Every field but the first two can be missing: the service keeps drafts that cannot be deployed.
///
/// ```
/// use ajo_core::Api;
/// use ajo_limits::{Capping, Definition, InForce, Key, Limit, Rating, Services, Standing, Throttling, Unsendable};
///
/// let rating = |calls| Rating { max_calls_count: calls, period_in_ms: Some(1000) };
/// let capping = |calls| Capping {
///     url: "https://api.example.org/*".to_owned(),
///     methods: ["GET".to_owned()].into(),
///     services: Services {
///         action: Some(Limit { max_http_connections: Some(-1), rating: Some(rating(calls)) }),
///         data_source: None,
///     },
/// };
/// assert_eq!(capping(None).to_send().unwrap_err(), Unsendable("maxCallsCount"));
///
/// // Without a limit of connections it is the same, and so is its key.
/// let definition = Definition::Capping(capping(Some(200))).normal();
/// let Key { api: Api::Capping, url, .. } = definition.key() else { panic!() };
/// assert_eq!((definition.api(), url.as_str()), (Api::Capping, "https://api.example.org/*"));
///
/// // An update of capping changes what is saved; what limits is what was deployed.
/// let lower = Definition::Capping(capping(Some(100))).normal();
/// let standing = Standing::of(definition.clone(), Some(definition.clone()));
/// assert!(standing.in_force == InForce::Saved && standing.is_deployed());
/// assert_eq!(standing.after(ajo_core::Verb::Update, &lower).in_force, InForce::Other(definition));
///
/// // One of throttling cannot lack its number either.
/// assert!(Throttling { url_pattern: url, ..Throttling::default() }.to_send().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "api", rename_all = "camelCase")]
pub enum Definition {
    /// Calls over the limit are rejected.
    Capping(Capping),
    /// Calls over the limit wait in a queue.
    Throttling(Throttling),
}

/// A capping definition.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Capping {
    /// The URL of the endpoint; `*` stands for any text in the path.
    pub url: String,
    /// The HTTP methods that are limited.
    #[serde(default)]
    pub methods: BTreeSet<String>,
    /// Each kind of caller with its limit.
    #[serde(default)]
    pub services: Services,
}

/// Each kind of caller with its limit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Services {
    /// Custom actions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<Limit>,
    /// Data sources.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_source: Option<Limit>,
}

/// The limit for one kind of caller.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Limit {
    /// Connections open at the same time, a count; none is no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_http_connections: Option<i64>,
    /// Calls in a period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
}

/// Calls in a period.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Rating {
    /// Calls allowed in one period, a count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_calls_count: Option<i64>,
    /// Length of the period in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period_in_ms: Option<i64>,
}

/// A throttling definition.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Throttling {
    /// A name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Pattern of the endpoint's URL.
    pub url_pattern: String,
    /// The HTTP methods that are limited.
    #[serde(default)]
    pub methods: BTreeSet<String>,
    /// Calls allowed per second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_throughput: Option<i64>,
}

impl Definition {
    /// The same in normal form; what this crate makes is in it already.
    #[must_use]
    pub fn normal(self) -> Self {
        match self {
            Self::Capping(mut capping) => {
                for limit in [&mut capping.services.action, &mut capping.services.data_source].into_iter().flatten() {
                    limit.max_http_connections = drop_sentinel(limit.max_http_connections);
                }
                Self::Capping(capping)
            }
            Self::Throttling(mut throttling) => {
                throttling.name = non_empty(throttling.name);
                throttling.description = non_empty(throttling.description);
                Self::Throttling(throttling)
            }
        }
    }

    /// Which API it is of.
    pub const fn api(&self) -> Api {
        match self {
            Self::Capping(_) => Api::Capping,
            Self::Throttling(_) => Api::Throttling,
        }
    }

    /// What it is known by.
    pub fn key(&self) -> Key {
        let (url, methods) = match self {
            Self::Capping(capping) => (&capping.url, &capping.methods),
            Self::Throttling(throttling) => (&throttling.url_pattern, &throttling.methods),
        };
        Key { api: self.api(), url: url.clone(), methods: methods.clone() }
    }
}

/// A deployed definition that set no limit of connections shows -1 (observed).
fn drop_sentinel(connections: Option<i64>) -> Option<i64> {
    connections.filter(|count| *count != -1)
}

/// Whether the service keeps an empty text is unknown; it says as little as none.
fn non_empty(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}
