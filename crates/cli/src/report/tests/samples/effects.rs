//! A plan with effects on observed traffic, one of them above a maximum of the policy.

use ajo_limits::{
    BlockReason, Blocker, CommandOutcome, CommandReport, DeployState, EffectCaveat, EndpointEffect, LimitEffect,
    ObservedTraffic, PlanOptions, TrafficEffect, ValueRange,
};

use super::{PlanFixture, capping, key, location};

pub(in super::super) fn effects() -> CommandReport {
    let mut fixture = PlanFixture::new();
    let state = DeployState::from_desired;
    for (id, name) in [(1, "lower"), (2, "raise"), (3, "unused")] {
        fixture.add_desired(capping(name, 20), true);
        fixture.add_observed(id, state(capping(name, 50), true), Some(state(capping(name, 50), true)));
    }
    let mut report = fixture.report(CommandOutcome::Blocked, PlanOptions::default());
    let plan = report.plan.as_mut().expect("a plan");
    let range = |lower, upper| ValueRange { lower, upper };
    let rejects = |rejected_per_minute| LimitEffect { rejected_per_minute, ..LimitEffect::default() };
    let names = ["send", "read", "update", "remove", "list"];
    let lower = EndpointEffect {
        urls: names.map(|name| format!("https://lower.example.org/v1/{name}")).into(),
        before: Some(LimitEffect::default()),
        after: Some(LimitEffect { p95_wait_ms: range(1500, 38_000), ..rejects(range(310, 1240)) }),
    };
    let raise = EndpointEffect {
        urls: vec!["https://raise.example.org/x".to_owned()],
        before: None,
        after: Some(LimitEffect { dropped: range(7, 7), timed_out: range(0, 9), ..LimitEffect::default() }),
    };
    let effects = [
        TrafficEffect { endpoints: vec![lower], caveats: vec![EffectCaveat::CustomActionsOnly] },
        TrafficEffect { endpoints: vec![raise], caveats: Vec::new() },
        TrafficEffect { endpoints: Vec::new(), caveats: vec![EffectCaveat::NoObservedCalls] },
    ];
    for (change, effect) in plan.changes.iter_mut().zip(effects) {
        change.traffic_effect = Some(effect);
    }
    plan.observed_traffic = Some(ObservedTraffic {
        files: vec!["traffic.csv".to_owned()],
        from: "2026-11-29 08:00".to_owned(),
        to: "2026-11-29 08:59".to_owned(),
        calls: 13_500,
        burst: 3,
    });
    plan.blockers.push(Blocker {
        reason: BlockReason::EffectMaximum,
        key: Some(key("https://lower.example.org/*")),
        message: "rejected per minute at peak: 0 → 310–1,240, but the maximum is 0 (policy rule at p.yaml:3:5)"
            .to_owned(),
        hint: "choose another limit, or change the policy in a review".to_owned(),
        candidates: Vec::new(),
        location: location(4, 5, 3),
    });
    report
}
