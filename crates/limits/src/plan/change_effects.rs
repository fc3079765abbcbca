//! The effect of a change on the limit.

use std::collections::BTreeSet;

use crate::url_form::{pattern_covers, patterns_overlap};
use crate::{ConfigChange, ConfigDefinition, DeployState};

/// The consequence of having no configured limit. The default cap and the rate of data sources are documented.
pub const DEFAULT_CAP_APPLIES: &str = "without another limit, only the default cap of 300,000 calls per minute applies (from data sources, 15 per second)";

impl ConfigChange {
    /// What another URL or other methods mean for the limit.
    pub fn effects(&self) -> Vec<String> {
        let Some((previous, before)) = self.previous_key.as_ref().zip(self.before.as_ref()) else { return Vec::new() };
        if !before.is_deployed() {
            return Vec::new();
        }
        let previous = before.live_definition().map_or_else(|| previous.clone(), ConfigDefinition::key);
        let joined = |methods: &BTreeSet<String>| methods.iter().map(String::as_str).collect::<Vec<_>>().join(",");
        let when = if self.after.as_ref().is_some_and(DeployState::is_deployed) { "deployed" } else { "undeployed" };
        let is_covered = pattern_covers(&self.key.url, &previous.url);
        let lost = if is_covered { &previous.methods - &self.key.methods } else { previous.methods.clone() };
        if lost.is_empty() {
            return Vec::new();
        }
        let overlaps = !is_covered && patterns_overlap(&self.key.url, &previous.url);
        let unmatched = if overlaps { ", except what the new URL also matches" } else { "" };
        vec![format!(
            "once this is {when}, the limit no longer covers {} {}{unmatched}; {DEFAULT_CAP_APPLIES}",
            joined(&lost),
            previous.url
        )]
    }
}
