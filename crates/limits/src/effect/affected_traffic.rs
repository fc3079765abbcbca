//! The observed endpoints that a change concerns, and their limits before and after the plan.

use std::collections::BTreeMap;

use super::caller_limit_change::CallerLimitChange;
use super::caller_limits::{ACTION, CallerLimits, DATA_SOURCE};
use super::live_definitions::{LiveDefinitions, MatchingDefinitions};
use super::traffic_effect::EffectCaveat;
use crate::url_form::normalize_url_pattern;
use crate::{ConfigChange, ObservedLimits, Plan};

/// The observed endpoints that a change concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AffectedTraffic {
    pub groups: Vec<AffectedEndpoints>,
    pub caveats: Vec<EffectCaveat>,
}

/// Endpoints that share their limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AffectedEndpoints {
    /// Their indexes in the list of observed URLs.
    pub endpoints: Vec<usize>,
    /// The limits that are live now; `None` if the service does not return one of them.
    pub before: Option<CallerLimits>,
    /// The limits after the plan; `None` if the service does not return one of them.
    pub after: Option<CallerLimits>,
}

/// For each change of a plan, the endpoints it concerns; `None` if it does not change a live limit.
///
/// An endpoint matches a configuration whose live URL pattern matches its URL. Methods are ignored, because exports have none. If
/// several configurations of an API match, the lowest limit is assumed to apply; which one applies is unknown.
pub fn affected_traffic(plan: &Plan, observed: &ObservedLimits, urls: &[&str]) -> Vec<Option<AffectedTraffic>> {
    let urls: Vec<_> = urls.iter().map(|url| normalize_url_pattern(url)).collect();
    let (before, after) = (LiveDefinitions::before(observed), LiveDefinitions::after(plan, observed));
    let affected = |change: &ConfigChange| {
        let [actions, data_sources] = [ACTION, DATA_SOURCE].map(|service| CallerLimitChange::new(change, service));
        let mut groups: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (index, url) in urls.iter().enumerate().filter(|(_, url)| actions.is_change_for(url)) {
            groups.entry((before.find(url), after.find(url))).or_default().push(index);
        }
        let caveats = [
            (EffectCaveat::NoObservedCalls, actions.is_change() && groups.is_empty()),
            (EffectCaveat::CustomActionsOnly, data_sources.is_change()),
        ];
        let caveats: Vec<_> = caveats.into_iter().filter(|(_, applies)| *applies).map(|(caveat, _)| caveat).collect();
        let to_group = |((was, will), endpoints): ((MatchingDefinitions, MatchingDefinitions), _)| AffectedEndpoints {
            endpoints,
            before: before.limits(was),
            after: after.limits(will),
        };
        let mut groups: Vec<_> = groups.into_iter().map(to_group).collect();
        groups.sort_by_key(|group| group.endpoints[0]);
        (!groups.is_empty() || !caveats.is_empty()).then_some(AffectedTraffic { groups, caveats })
    };
    plan.changes.iter().map(affected).collect()
}
