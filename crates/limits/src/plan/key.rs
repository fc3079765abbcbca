//! What a configuration is known by, before and without a uid.

use std::collections::BTreeSet;
use std::fmt;

use ajo_core::Api;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The natural key of a configuration within its sandbox: what it limits. A capping configuration has no name or label, so
/// nothing else tells two of them apart (documented).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Key {
    /// `capping` or `throttling`.
    #[schemars(with = "String")]
    pub api: Api,
    /// The `url` of capping, the `urlPattern` of throttling.
    pub url: String,
    /// The methods, in the order of the alphabet.
    pub methods: BTreeSet<String>,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let methods: Vec<_> = self.methods.iter().map(String::as_str).collect();
        write!(f, "{} {} {}", self.api, methods.join(","), self.url)
    }
}
