//! Explains which limits apply to one call, with a label for every statement.

mod caller_limits;
mod statement;

use ajo_core::{Api, Uid};
use serde::Serialize;

pub use self::statement::{Statement, StatementLabel};
use crate::url_form::{normalize_url_pattern, patterns_overlap};
use crate::{ConfigDefinition, ConfigKey, DesiredLimits, LiveState, ObservedConfig, ObservedLimits, SourceLocation};

/// What limits calls of one method to one URL.
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
    /// What limits the calls of custom actions.
    pub custom_actions: Vec<Statement>,
    /// What limits the calls of external data sources.
    pub data_sources: Vec<Statement>,
    /// How configurations are matched and counted.
    pub matching: Vec<Statement>,
}

/// A configuration that matches the call.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MatchingConfig {
    /// Always `observed`.
    pub label: StatementLabel,
    pub key: ConfigKey,
    /// The UID at the service; absent for an entry of a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uid: Option<Uid>,
    /// The position of an entry of a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<SourceLocation>,
    pub status: MatchStatus,
    /// The live limit, or the saved one, such as `action 500 calls/1000 ms`.
    pub limit: String,
    /// The saved limit, if another one is live.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saved_limit: Option<String>,
    /// The definition that limits calls, if it is live or, without the service, if the file deploys it.
    #[serde(skip)]
    effective: Option<ConfigDefinition>,
}

/// Whether a matching configuration limits calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum MatchStatus {
    Live,
    NotDeployed,
    /// It is deployed, but the service does not return the live definition.
    LiveUnknown,
    /// An entry of a file that deploys the limit.
    InFile,
    /// An entry of a file with `deployed: false`.
    InFileNotDeployed,
}

impl MatchStatus {
    /// The status in text.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::NotDeployed => "not deployed",
            Self::LiveUnknown => "live definition unknown",
            Self::InFile => "in the file",
            Self::InFileNotDeployed => "in the file, not deployed",
        }
    }
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
    let is_read = observed.is_some() || desired.is_some();
    let is_complete = is_read && configs.iter().all(|config| config.status != MatchStatus::LiveUnknown);
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

impl MatchingConfig {
    fn observed(found: &ObservedConfig) -> Self {
        let state = &found.deploy_state;
        let status = match state.live {
            LiveState::NotDeployed => MatchStatus::NotDeployed,
            LiveState::SameAsSaved | LiveState::Differs(_) => MatchStatus::Live,
            LiveState::Unknown => MatchStatus::LiveUnknown,
        };
        let live = state.live_definition();
        let differs = matches!(state.live, LiveState::Differs(_));
        Self {
            label: StatementLabel::Observed,
            // The live definition decides which calls match.
            key: live.unwrap_or(&state.saved).key(),
            uid: Some(found.uid.clone()),
            location: None,
            status,
            limit: state.limit_summary(),
            saved_limit: differs.then(|| state.saved.limit_summary()),
            effective: live.cloned(),
        }
    }
}

#[cfg(test)]
mod tests;
