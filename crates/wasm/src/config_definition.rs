//! The definition in a configuration.

use ajo_core::{Api, config_definition};
use ajo_engine::json::{JsonValue, MAX_DEPTH, parse};

/// The definition in a configuration of either API as JSON; `null` if it is not an object.
pub(crate) fn definition_of(config: &str) -> String {
    let is_throttling = parse(config.as_bytes(), MAX_DEPTH).is_ok_and(|it| JsonValue::get(&it, "urlPattern").is_some());
    let api = if is_throttling { Api::Throttling } else { Api::Capping };
    config_definition(api, config).unwrap_or_else(|_| "null".to_owned())
}
