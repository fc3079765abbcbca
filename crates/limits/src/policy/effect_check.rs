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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::{ParsedLimits, SourceFile, SourceSet, parse_limits};
    use crate::{EffectCaveat, EndpointEffect, LimitsState, ObservedLimits, PlanOptions, plan};

    /// The plan for new limits: a capping limit on each host, with these effects on `a.example.org`.
    fn plan_with_effects(effects: Option<Vec<[Option<u64>; 2]>>) -> Plan {
        let entry = |host: &str| {
            let action = "{ maxHttpConnections: 50, rating: { maxCallsCount: 500, periodInMs: 1000 } }";
            format!("  - {{ url: 'https://{host}.example.org/*', methods: [GET], services: {{ action: {action} }} }}\n")
        };
        let content = format!("version: 1\nsandbox: prod\ncapping:\n{}{}", entry("a"), entry("b"));
        let sources = SourceSet::new(vec![SourceFile { name: "limits.yaml".to_owned(), content }]);
        let ParsedLimits { desired, diagnostics, .. } = parse_limits(&sources, &|_| None);
        let desired = desired.unwrap_or_else(|| panic!("{diagnostics:?}"));
        let options = PlanOptions::default();
        let mut plan = plan(&desired, &ObservedLimits::default(), &LimitsState::default(), options);
        let endpoint = |rejected: [Option<u64>; 2]| {
            let [before, after] = rejected.map(|upper| {
                let rejected_per_minute = ValueRange { lower: 0, upper: upper? };
                Some(LimitEffect { rejected_per_minute, p95_wait_ms: rejected_per_minute, ..LimitEffect::default() })
            });
            EndpointEffect { urls: vec!["https://a.example.org/x".to_owned()], before, after }
        };
        let effect = |endpoints: Vec<[Option<u64>; 2]>| TrafficEffect {
            endpoints: endpoints.into_iter().map(endpoint).collect(),
            caveats: Vec::new(),
        };
        plan.changes[0].traffic_effect = effects.map(effect);
        plan.changes[1].traffic_effect =
            Some(TrafficEffect { endpoints: Vec::new(), caveats: vec![EffectCaveat::NoObservedCalls] });
        plan
    }

    fn policy(maximums: &str) -> Policy {
        let content = format!("version: 1\nmaximums:\n  - {{ url: 'https://*.example.org/*', {maximums} }}\n");
        let (policy, diagnostics) = Policy::parse(&SourceFile { name: "p.yaml".to_owned(), content });
        policy.unwrap_or_else(|| panic!("{diagnostics:?}"))
    }

    fn blockers(maximums: &str, effects: Option<Vec<[Option<u64>; 2]>>) -> Vec<(&'static str, String)> {
        let blockers = policy(maximums).check_effects(&plan_with_effects(effects)).into_iter();
        blockers
            .map(|blocker| {
                let key = blocker.key.expect("a key").to_string();
                assert_eq!((key.as_str(), blocker.location.is_some()), ("capping GET https://a.example.org/*", true));
                (blocker.reason.code(), blocker.message)
            })
            .collect()
    }

    const NONE: [(&str, String); 0] = [];

    #[test]
    fn effect_above_maximum_is_a_blocker() {
        let max = "maxRejectedPerMinute: 100, maxP95WaitSeconds: 0";
        let found = blockers(max, Some(vec![[Some(0), Some(50)], [Some(0), Some(1240)], [Some(0), Some(101)]]));
        let rejected = "rejected per minute at peak: 0 → 0–1,240, but the maximum is 100 (policy rule at p.yaml:3:5)";
        let wait = "p95 wait: 0 → 0–2 s, but the maximum is 0 (policy rule at p.yaml:3:5)";
        let code = "AJO_LIMITS_EFFECT_MAXIMUM";
        assert_eq!(found, [(code, rejected.to_owned()), (code, wait.to_owned())]);
        assert_eq!(blockers("maxRejectedPerMinute: 1240", Some(vec![[Some(0), Some(1240)]])), NONE);
        assert_eq!(blockers("maxDropped: 0, maxTimedOut: 0", Some(vec![[Some(0), Some(1240)]])), NONE);
    }

    #[test]
    fn seconds_are_compared_with_milliseconds() {
        assert_eq!(blockers("maxP95WaitSeconds: 2", Some(vec![[Some(0), Some(2000)]])), NONE);
        assert_eq!(blockers("maxP95WaitSeconds: 2", Some(vec![[Some(0), Some(2001)]])).len(), 1);
    }

    #[test]
    fn effect_that_is_not_worse_is_allowed() {
        for before in [1240, 2000] {
            assert_eq!(blockers("maxRejectedPerMinute: 0", Some(vec![[Some(before), Some(1240)]])), NONE);
        }
        let unknown = blockers("maxRejectedPerMinute: 0", Some(vec![[None, Some(1240)]]));
        assert!(unknown[0].1.starts_with("rejected per minute at peak: unknown → 0–1,240, but"), "{unknown:?}");
    }

    #[test]
    fn unknown_effect_is_a_blocker() {
        let max = "maxRejectedPerMinute: 100, maxP95WaitSeconds: 0";
        for (effects, problem) in
            [(None, "there is no observed traffic"), (Some(vec![[Some(0), None]]), "does not return a live limit")]
        {
            let found = blockers(max, effects);
            assert!(found[0].0 == "AJO_LIMITS_EFFECT_UNKNOWN" && found[0].1.contains(problem), "{found:?}");
            assert_eq!(found.len(), 1);
        }
        assert_eq!(blockers("maxThroughput: 100", None), NONE);
    }
}
