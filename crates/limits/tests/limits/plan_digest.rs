//! An altered plan file is refused, or the alteration has no meaning.

use ajo_limits::{
    CommandOutcome, CommandReport, Digest, EffectCaveat, EndpointEffect, LimitEffect, ObservedTraffic, Plan,
    PlanOptions, TrafficEffect, UnmanagedCount, ValueRange, plan,
};
use proptest::prelude::*;

use crate::support::{any_desired_limits, any_limits_state, any_observed_limits, config};

/// A report with everything that the digest must cover, and nothing else.
fn covered_content(report: &CommandReport) -> CommandReport {
    let mut report = CommandReport {
        command: String::new(),
        outcome: CommandOutcome::Clean,
        diagnostics: Vec::new(),
        drift: None,
        results: Vec::new(),
        notes: Vec::new(),
        ..report.clone()
    };
    let plan = report.plan.as_mut().expect("a plan");
    plan.unmanaged.clear();
    plan.unmanaged_count = UnmanagedCount { deployed: 0, not_deployed: 0 };
    plan.desired.iter_mut().for_each(|desired| desired.location = None);
    plan.changes.iter_mut().for_each(|change| change.location = None);
    plan.normalized.iter_mut().for_each(|normalized| normalized.location = None);
    plan.blockers.iter_mut().for_each(|blocker| blocker.location = None);
    report
}

/// Whether a plan file is refused, or means the same as the original.
fn is_refused_or_equal(altered: &[u8], original: &CommandReport) -> bool {
    let Ok(report) = serde_json::from_slice::<CommandReport>(altered) else { return true };
    !report.has_sealed_plan()
        || covered_content(&report) == covered_content(original)
        || report.version != original.version
}

fn add_effects(plan: &mut Plan) {
    plan.observed_traffic = Some(ObservedTraffic {
        files: vec!["traffic.csv".to_owned()],
        from: "2026-11-29 08:00".to_owned(),
        to: "2026-11-29 08:59".to_owned(),
        calls: 3600,
        burst: 3,
    });
    let range = ValueRange { lower: 310, upper: 1240 };
    let after = LimitEffect { rejected_per_minute: range, p95_wait_ms: range, dropped: range, timed_out: range };
    let urls = vec!["https://a.example/x".to_owned()];
    let endpoint = EndpointEffect { urls, before: Some(LimitEffect::default()), after: Some(after) };
    let effect = TrafficEffect { endpoints: vec![endpoint], caveats: vec![EffectCaveat::CustomActionsOnly] };
    plan.changes.iter_mut().for_each(|change| change.traffic_effect = Some(effect.clone()));
}

fn any_saved_plan() -> impl Strategy<Value = CommandReport> {
    let limits = (any_desired_limits(), any_observed_limits().prop_flat_map(any_limits_state), any::<(bool, bool)>());
    limits.prop_map(|(desired, (observed, state), (prune, has_policy))| {
        let mut report = CommandReport::new("plan", CommandOutcome::Changes);
        report.organization = Some("A1B2@AdobeOrg".to_owned());
        report.sandbox = Some(desired.sandbox.to_string());
        report.files = vec!["limits/prod.yaml".to_owned()];
        report.state_location = Some("limits/ajo.state.json".to_owned());
        report.policy = has_policy.then(|| "policy.yaml".to_owned());
        report.policy_digest = has_policy.then(|| Digest::compute(&"a policy"));
        let mut plan = plan(&desired, &observed, &state, PlanOptions { prune, ..PlanOptions::default() });
        if has_policy {
            add_effects(&mut plan);
        }
        report.plan = Some(plan);
        report.seal_plan();
        report
    })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn saved_plan_is_accepted(report in any_saved_plan()) {
        let text = serde_json::to_string_pretty(&report).expect("JSON");
        let read: CommandReport = serde_json::from_str(&text).expect("a report");
        prop_assert!(read.has_sealed_plan());
        prop_assert_eq!(read, report);
    }

    #[test]
    fn flipped_bit_is_refused(report in any_saved_plan(), positions in prop::collection::vec(any::<prop::sample::Index>(), 16)) {
        let text = serde_json::to_vec_pretty(&report).expect("JSON");
        for position in positions {
            let (mut altered, bit) = (text.clone(), position.index(text.len() * 8));
            altered[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(is_refused_or_equal(&altered, &report), "{}", String::from_utf8_lossy(&altered));
        }
    }

    #[test]
    fn removed_line_is_refused(report in any_saved_plan(), positions in prop::collection::vec(any::<prop::sample::Index>(), 16)) {
        let text = serde_json::to_string_pretty(&report).expect("JSON");
        let lines: Vec<_> = text.lines().collect();
        for position in positions {
            let mut altered = lines.clone();
            altered.remove(position.index(lines.len()));
            prop_assert!(is_refused_or_equal(altered.join("\n").as_bytes(), &report), "{}", altered.join("\n"));
        }
    }
}
