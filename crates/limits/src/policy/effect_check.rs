//! Checks the effects of a plan on observed traffic against a policy.

use super::check::Policy;
use super::maximum_rule::{EffectMaximum, MaximumRule};
use crate::effect::changes_action_limit;
use crate::{BlockReason, Blocker, ConfigChange, LimitEffect, Plan, TrafficEffect, ValueRange};

impl Policy {
    /// Reports each change whose effect is above a maximum, and each whose effect is unknown although there is a maximum. Compares
    /// upper bounds. A change that does not make a value worse is allowed.
    pub fn check_effects(&self, plan: &Plan) -> Vec<Blocker> {
        let rules: Vec<_> = self.maximums.iter().filter(|rule| !rule.effects.is_empty()).collect();
        let check = |change: &ConfigChange| {
            let keys = || std::iter::once(&change.key).chain(&change.previous_key);
            let rules = rules.iter().filter(|rule| keys().any(|key| rule.url.overlaps(&key.url)));
            rules.flat_map(|rule| check_change(rule, change)).collect::<Vec<_>>()
        };
        plan.changes.iter().flat_map(check).collect()
    }
}

fn check_change(rule: &MaximumRule, change: &ConfigChange) -> Vec<Blocker> {
    let blocker = |reason, problem: String, hint: &str| Blocker {
        reason,
        key: Some(change.key.clone()),
        message: format!("{problem} (policy rule at {})", rule.location),
        hint: hint.to_owned(),
        candidates: Vec::new(),
        location: change.location.clone(),
    };
    let Some(effect) = &change.traffic_effect else {
        let unknown = changes_action_limit(change).then(|| {
            let problem = "the policy has a maximum for the effect on traffic, but there is no observed traffic";
            let hint = "pass an export with `--observed FILE`, or name it in the policy with `observed: FILE`";
            blocker(BlockReason::EffectUnknown, problem.to_owned(), hint)
        });
        return unknown.into_iter().collect();
    };
    if effect.endpoints.iter().any(|endpoint| endpoint.after.is_none()) {
        let problem =
            "the policy has a maximum for the effect on traffic, but the service does not return a live limit";
        let hint = "deploy the configuration whose live definition is unknown again";
        return vec![blocker(BlockReason::EffectUnknown, problem.to_owned(), hint)];
    }
    let exceeded = rule.effects.iter().filter_map(|maximum| describe_excess(*maximum, effect));
    let hint = "choose another limit, or change the policy in a review";
    exceeded.map(|problem| blocker(BlockReason::EffectMaximum, problem, hint)).collect()
}

/// The highest value above the maximum that the change makes worse.
fn describe_excess(EffectMaximum { metric, maximum }: EffectMaximum, effect: &TrafficEffect) -> Option<String> {
    let value = |effect: &LimitEffect| metric.value(effect);
    let values = effect.endpoints.iter().filter_map(|endpoint| {
        let (before, after) = (endpoint.before.as_ref().map(value), value(endpoint.after.as_ref()?));
        let is_worse = before.is_none_or(|before| after.upper > before.upper);
        (after.upper > maximum && is_worse).then_some((before, after))
    });
    let (before, after) = values.max_by_key(|(_, after)| after.upper)?;
    let text = |range| metric.format(range);
    let from = before.map_or_else(|| "unknown".to_owned(), text);
    let maximum = text(ValueRange::between(maximum, maximum));
    Some(format!("{}: {from} → {}, but the maximum is {maximum}", metric.as_str(), text(after)))
}
