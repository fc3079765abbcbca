//! The secrets of a definition.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::secret_hmac::SecretSalt;
use super::secret_value::SecretValue;

/// Strings with placeholders, by path. Field names are joined with `/`, and the items of a list share a path. A string of the service that differs only in the secret has another value.
pub(crate) type StringTemplates = BTreeMap<String, String>;

/// The secrets that the strings of a definition may contain. `None` if they contain none.
#[derive(Clone, Debug, Default)]
pub(crate) struct DefinitionSecrets {
    pub(crate) values: Option<Arc<BTreeMap<String, SecretValue>>>,
    pub(crate) salt: Option<SecretSalt>,
}

impl DefinitionSecrets {
    pub(crate) fn get(&self, name: &str) -> Option<&SecretValue> {
        self.values.as_ref()?.get(name)
    }
}
