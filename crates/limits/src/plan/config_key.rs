//! Identifies a configuration without its UID.

use std::collections::BTreeSet;
use std::fmt;

use ajo_core::Api;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The natural key of a configuration within its sandbox. Capping configurations have no name or label, so only URL and
/// methods identify them (documented).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConfigKey {
    /// `capping` or `throttling`.
    #[schemars(with = "String")]
    pub api: Api,
    /// The `url` of capping or the `urlPattern` of throttling.
    pub url: String,
    /// The methods, sorted.
    pub methods: BTreeSet<String>,
}

impl ConfigKey {
    /// Whether both are equal except for slashes at the end of the URL, which a service may remove.
    pub(crate) fn equals_without_slash(&self, other: &Self) -> bool {
        let url = |key: &Self| key.url.trim_end_matches('/').to_owned();
        (self.api, &self.methods, url(self)) == (other.api, &other.methods, url(other))
    }
}

impl fmt::Display for ConfigKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let methods: Vec<_> = self.methods.iter().map(String::as_str).collect();
        write!(f, "{} {} {}", self.api, methods.join(","), self.url)
    }
}
