//! Filters the list of configurations.

use ajo_core::CallResponse;
use ajo_limits::url_form::{normalize_url_pattern, patterns_overlap};
use ajo_limits::{LiveState, ObservedConfig};
use serde_json::Value;

use super::print::print_response;
use crate::arguments::{DeployStateArg, ListArgs};
use crate::command_error::CommandError;
use crate::output;
use crate::report::OutputFormat;
use crate::safe_text::SafeText;

/// Prints the configurations that pass the filters. As JSON, the service's response with only these.
pub(super) fn print<T>(
    format: OutputFormat,
    filters: &ListArgs,
    response: &CallResponse<Vec<T>>,
    text: impl FnOnce(&[T]) -> SafeText,
) -> Result<(), CommandError>
where
    T: Clone,
    ObservedConfig: for<'c> From<&'c T>,
{
    if filters.url.is_none() && filters.deploy_state.is_none() {
        return print_response(format, response, |list| text(list));
    }
    let matching: Vec<T> =
        response.value.iter().filter(|config| matches(filters, &ObservedConfig::from(*config))).cloned().collect();
    if format == OutputFormat::Json {
        let uids: Vec<String> =
            matching.iter().map(|config| ObservedConfig::from(config).uid.as_str().to_owned()).collect();
        return output::print_serialized(&retain(&response.body, &uids)?);
    }
    if matching.is_empty() && !response.value.is_empty() {
        return output::print_data("no configuration matches the filters");
    }
    output::print_data(text(&matching))
}

/// A URL matches its own configuration and the patterns that cover it; a pattern, all patterns with a common URL.
pub(crate) fn matches(filters: &ListArgs, config: &ObservedConfig) -> bool {
    let is_match = |url: &String| patterns_overlap(&config.key().url, &normalize_url_pattern(url));
    filters.url.as_ref().is_none_or(is_match)
        && filters.deploy_state.is_none_or(|wanted| wanted == deploy_state(config))
}

/// The state of a configuration, as `--deploy-state` names it.
pub(crate) const fn deploy_state(config: &ObservedConfig) -> DeployStateArg {
    match config.deploy_state.live {
        LiveState::NotDeployed => DeployStateArg::Undeployed,
        LiveState::SameAsSaved => DeployStateArg::Deployed,
        LiveState::Differs(_) | LiveState::Unknown => DeployStateArg::Updated,
    }
}

/// The response with only these configurations.
fn retain(body: &[u8], uids: &[String]) -> Result<Value, CommandError> {
    let mut json: Value = serde_json::from_slice(body).map_err(|error| CommandError::new(error.to_string()))?;
    if let Some(results) = json.get_mut("results").and_then(Value::as_array_mut) {
        results.retain(|config| config["uid"].as_str().is_some_and(|uid| uids.iter().any(|it| it == uid)));
    }
    Ok(json)
}
