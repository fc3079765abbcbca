//! Converts configurations into definitions.

use std::fmt;

use ajo_engine::config_definition;

use crate::{Api, CappingConfig, CappingDefinition, ThrottlingConfig, ThrottlingDefinition};

/// A configuration without a complete definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncompleteConfigError(String);

impl fmt::Display for IncompleteConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the configuration has no complete definition: {}", self.0)
    }
}

impl std::error::Error for IncompleteConfigError {}

impl TryFrom<&CappingConfig> for CappingDefinition {
    type Error = IncompleteConfigError;

    /// The saved definition, for `update` or for `create` in another sandbox. Drops the fields that the service adds, including the
    /// organization, which the client fills in. Unknown fields go to `extra`.
    ///
    /// ```
    /// use ajo_core::{CappingConfig, CappingDefinition};
    ///
    /// let config: CappingConfig = serde_json::from_str(
    ///     r#"{"uid": "u-1", "state": "deployed", "url": "https://api.example.org/*", "methods": ["GET"], "priority": 3,
    ///         "services": {"action": {"rating": {"maxCallsCount": 500, "periodInMs": 1000}}}}"#,
    /// )?;
    /// let definition = CappingDefinition::try_from(&config)?;
    /// assert_eq!(definition.url, config.url);
    /// assert_eq!(definition.extra["priority"], 3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn try_from(config: &CappingConfig) -> Result<Self, IncompleteConfigError> {
        convert(Api::Capping, config)
    }
}

impl TryFrom<&ThrottlingConfig> for ThrottlingDefinition {
    type Error = IncompleteConfigError;

    /// Like the conversion of a [`CappingConfig`].
    fn try_from(config: &ThrottlingConfig) -> Result<Self, IncompleteConfigError> {
        convert(Api::Throttling, config)
    }
}

fn convert<D: serde::de::DeserializeOwned>(
    api: Api,
    config: &impl serde::Serialize,
) -> Result<D, IncompleteConfigError> {
    let json = serde_json::to_string(config).map_err(|error| error.to_string());
    let definition = json.and_then(|json| config_definition(api, &json)).map_err(IncompleteConfigError)?;
    serde_json::from_str(&definition).map_err(|error| IncompleteConfigError(error.to_string()))
}

#[cfg(test)]
mod tests;
