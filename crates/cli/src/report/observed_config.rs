//! A configuration of the service in one line.

use ajo_limits::{LiveState, ObservedConfig};

use crate::safe_text::{SafeText, safe};

/// The key, the UID, and the limit with its last modification.
pub(super) fn describe(config: &ObservedConfig) -> SafeText {
    safe!("{} ({}): {}", config.key(), config.uid.as_str(), limit_and_edit(config))
}

/// The limit, and the time and author of the last modification.
pub(super) fn limit_and_edit(config: &ObservedConfig) -> SafeText {
    let edited = last_modified(config.last_modified_at.as_ref(), config.last_modified_by.as_ref());
    let edited = edited.map(|edited| safe!(", last modified {}", edited)).unwrap_or_default();
    safe!("{}{}", deployed_limit(config), edited)
}

/// Whether it is deployed, and its limit.
pub(super) fn deployed_limit(config: &ObservedConfig) -> SafeText {
    let state = match config.deploy_state.live {
        LiveState::NotDeployed => "not deployed",
        LiveState::SameAsSaved | LiveState::Differs(_) => "deployed",
        LiveState::Unknown => "deployed, but the service does not return the live limit; saved",
    };
    safe!("{}: {}", state, config.deploy_state.limit_summary())
}

/// The time and author of the last modification.
pub(super) fn last_modified(at: Option<&String>, by: Option<&String>) -> Option<SafeText> {
    let by = by.map(|by| safe!("by {}", by));
    let edited: Vec<_> = at.map(SafeText::escape).into_iter().chain(by).collect();
    (!edited.is_empty()).then(|| SafeText::join(edited, " "))
}
