//! A configuration that matches a call.

use ajo_core::Uid;
use serde::Serialize;

use super::statement::StatementLabel;
use crate::{ConfigDefinition, ConfigKey, LiveState, ObservedConfig, SourceLocation};

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
    pub(super) effective: Option<ConfigDefinition>,
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

impl MatchingConfig {
    pub(super) fn observed(found: &ObservedConfig) -> Self {
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
