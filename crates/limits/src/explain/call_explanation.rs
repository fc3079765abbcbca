//! The limits of one call.

use ajo_core::Api;
use serde::Serialize;

use super::caller_limits;
use super::matching_config::{MatchStatus, MatchingConfig};
use super::statement::{Statement, StatementLabel};
use crate::url_form::{normalize_url_pattern, patterns_overlap};
use crate::{ConfigDefinition, ConfigKey, DesiredLimits, ObservedLimits};

/// The limits of calls with one method to one URL.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CallExplanation {
    pub method: String,
    /// The URL in its normal form.
    pub url: String,
    /// Whether the configurations of the service were read.
    pub is_service_read: bool,
    /// The configurations whose URL pattern and methods match, at the service and in the files.
    pub configs: Vec<MatchingConfig>,
    /// The limits of custom actions.
    pub custom_actions: Vec<Statement>,
    /// The limits of external data sources.
    pub data_sources: Vec<Statement>,
    /// How configurations are matched and counted.
    pub matching: Vec<Statement>,
}

/// Explains the limits of a call. Without the service, the entries of the files count as live.
///
/// ```
/// use ajo_limits::{CallExplanation, ObservedLimits, StatementLabel, explain_call};
///
/// let explanation: CallExplanation = explain_call("post", "https://API.example.org/v1/send", Some(&ObservedLimits::default()), None);
/// assert_eq!((explanation.method.as_str(), explanation.url.as_str()), ("POST", "https://api.example.org/v1/send"));
/// let default_cap = &explanation.custom_actions[0];
/// assert!(default_cap.text.contains("300,000") && default_cap.label == StatementLabel::Documented);
/// ```
pub fn explain_call(
    method: &str,
    url: &str,
    observed: Option<&ObservedLimits>,
    desired: Option<&DesiredLimits>,
) -> CallExplanation {
    let method = method.to_ascii_uppercase();
    let url = normalize_url_pattern(url);
    // The service writes the method OPTIONS without its last letter.
    let service_method = if method == "OPTIONS" { "OPTION" } else { &method };
    let matches = |key: &ConfigKey| key.methods.contains(service_method) && patterns_overlap(&key.url, &url);
    let mut configs: Vec<MatchingConfig> =
        observed.iter().flat_map(|it| &it.configs).map(MatchingConfig::observed).collect();
    for wanted in desired.iter().flat_map(|desired| &desired.configs) {
        let status = if wanted.deployed { MatchStatus::InFile } else { MatchStatus::InFileNotDeployed };
        configs.push(MatchingConfig {
            label: StatementLabel::Observed,
            key: wanted.key(),
            uid: None,
            location: wanted.location.clone(),
            status,
            limit: wanted.definition.limit_summary(),
            saved_limit: None,
            effective: Some(&wanted.definition).filter(|_| wanted.deployed && observed.is_none()).cloned(),
        });
    }
    configs.retain(|config| matches(&config.key));
    let effective = |api: Api| -> Vec<&ConfigDefinition> {
        configs
            .iter()
            .filter_map(|config| config.effective.as_ref())
            .filter(|definition| definition.api() == api)
            .collect()
    };
    let is_complete = observed.is_some() && configs.iter().all(|config| config.status != MatchStatus::LiveUnknown);
    let (capping, throttling) = (effective(Api::Capping), effective(Api::Throttling));
    CallExplanation {
        custom_actions: caller_limits::custom_actions(service_method, &url, &capping, &throttling, is_complete),
        data_sources: caller_limits::data_sources(service_method, &url, &capping),
        matching: caller_limits::matching(&configs),
        is_service_read: observed.is_some(),
        method,
        url,
        configs,
    }
}
