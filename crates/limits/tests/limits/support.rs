//! Random plan inputs, and the service as a pure function.

use std::collections::BTreeSet;

use ajo_core::{Api, SandboxName, Uid, Verb};
use ajo_limits::{
    ConfigDefinition, DeployState, DesiredConfig, DesiredLimits, LimitsState, LiveState, ManagedConfig, ObservedConfig,
    ObservedLimits, Plan,
};
use proptest::prelude::*;
use serde_json::{Map, json};

/// The configuration of the property tests. `PROPTEST_CASES` sets the number of cases; with `AJO_TEST_FULL=1` it is at least 1,500.
pub(crate) fn config() -> ProptestConfig {
    let default = ProptestConfig::default();
    let full = std::env::var("AJO_TEST_FULL").is_ok_and(|value| value == "1");
    let cases = if full { default.cases.max(1500) } else { default.cases };
    ProptestConfig { cases, max_global_rejects: cases.saturating_mul(1000), failure_persistence: None, ..default }
}

/// The only limits file.
pub(crate) const FILE: &str = "prod.yaml";

pub(crate) fn sandbox() -> SandboxName {
    "prod".parse().expect("a name")
}

pub(crate) fn capping(url: &str, calls: i64) -> ConfigDefinition {
    let limit = json!({"maxHttpConnections": 50, "rating": {"maxCallsCount": calls, "periodInMs": 1000}});
    let json = json!({"url": url, "methods": ["GET"], "services": {"dataSource": limit}});
    ConfigDefinition::from_json(Api::Capping, &json).expect("a definition")
}

pub(crate) fn throttling(url_pattern: &str, calls: i64) -> ConfigDefinition {
    let json = json!({"name": "partner", "urlPattern": url_pattern, "methods": ["POST"], "maxThroughput": calls});
    ConfigDefinition::from_json(Api::Throttling, &json).expect("a definition")
}

pub(crate) fn desired_config(definition: ConfigDefinition, deployed: bool) -> DesiredConfig {
    DesiredConfig { definition, deployed, file: Some(FILE.to_owned()), location: None }
}

pub(crate) fn desired_limits(configs: Vec<DesiredConfig>) -> DesiredLimits {
    DesiredLimits { sandbox: sandbox(), configs, files: vec![FILE.to_owned()] }
}

pub(crate) fn uid(number: usize) -> Uid {
    format!("uid-{number:04}").parse().expect("an identifier")
}

pub(crate) fn observed_config(number: usize, deploy_state: DeployState) -> ObservedConfig {
    ObservedConfig {
        uid: uid(number),
        deploy_state,
        last_modified_by: Some("Someone".to_owned()),
        last_modified_at: Some(format!("2026-11-26T00:00:{:02}Z", number % 60)),
        unknown_fields: Map::new(),
        live_unknown_fields: None,
    }
}

pub(crate) fn observed_limits(mut configs: Vec<ObservedConfig>) -> ObservedLimits {
    configs.sort_by(|one, other| one.uid.cmp(&other.uid));
    ObservedLimits { configs, ..ObservedLimits::default() }
}

/// The state after an apply that left these configurations.
pub(crate) fn limits_state(configs: &[ObservedConfig]) -> LimitsState {
    let mut state = LimitsState::default();
    for found in configs {
        state.record(ManagedConfig {
            digest: Some(found.deploy_state.digest()),
            service_digest: None,
            ..ManagedConfig::unsettled(&sandbox(), found.key(), Some(FILE.to_owned()), found)
        });
    }
    state
}

/// Reads each managed configuration that the list lacks, as `ajo` does. `service` has all configurations that exist.
pub(crate) fn read_missing(listed: &ObservedLimits, service: &[ObservedConfig], state: &LimitsState) -> ObservedLimits {
    let mut observed = listed.clone();
    for managed in &state.configs {
        if listed.get(&managed.uid).is_none() {
            observed.insert_read(&managed.uid, service.iter().find(|found| found.uid == managed.uid).cloned());
        }
    }
    observed
}

/// The first number from `start` for which no configuration has a UID, and none after it.
pub(crate) fn next_number(observed: &ObservedLimits, start: usize) -> usize {
    let is_used = |number: &usize| observed.get(&uid(*number)).is_some();
    (start..start + 1000).rfind(is_used).map_or(start, |last| last + 1)
}

/// Applies a plan as the service would. Returns the resulting configurations and state.
pub(crate) fn apply_plan(plan: &Plan, observed: &ObservedLimits, state: &LimitsState) -> (ObservedLimits, LimitsState) {
    let (mut now, mut state) = (observed.clone(), state.clone());
    let mut next = next_number(observed, 5000);
    let mut uids: Vec<Option<Uid>> = plan.changes.iter().map(|change| change.uid.clone()).collect();
    for task in plan.schedule().into_iter().flat_map(|phase| phase.tasks) {
        let change = &plan.changes[task.change];
        for step in task.steps {
            let definition = change.after.as_ref().map(|after| &after.saved);
            if step == Verb::Create {
                next += 1;
                uids[task.change] = Some(uid(next));
                let definition = definition.expect("a definition").clone();
                now.configs.push(observed_config(next, DeployState::from_desired(definition, false)));
                continue;
            }
            let uid = uids[task.change].clone().expect("it was created");
            let index = now.configs.iter().position(|found| found.uid == uid).expect("an existing configuration");
            let deploy_state = now.configs[index].deploy_state.clone();
            match step {
                Verb::Delete => {
                    assert!(!deploy_state.is_deployed() || plan.options.force_delete, "deleted while deployed");
                    now.configs.remove(index);
                    state.remove(&uid);
                }
                Verb::Deploy if change.key.api == Api::Throttling => {
                    assert!(!deploy_state.is_deployed(), "throttling is not deployed twice");
                    now.configs[index].deploy_state = deploy_state.after_call(step, &deploy_state.saved);
                }
                _ => {
                    let definition = definition.unwrap_or(&deploy_state.saved);
                    now.configs[index].deploy_state = deploy_state.after_call(step, definition);
                }
            }
        }
    }
    let listed = self::observed_limits(now.configs);
    for (change, uid) in plan.changes.iter().zip(&uids) {
        let found = uid.as_ref().and_then(|uid| listed.get(uid));
        let wanted = plan.desired.iter().find(|wanted| wanted.key() == change.key);
        if let (Some(wanted), Some(found)) = (wanted, found) {
            state.record(ManagedConfig::settled(&sandbox(), wanted, found));
        }
    }
    (read_missing(&listed, &[], &state), state)
}

/// One of a few definitions, so that random inputs often share one.
pub(crate) fn any_definition() -> impl Strategy<Value = ConfigDefinition> {
    prop_oneof![
        4 => (0..4usize, 1..3i64).prop_map(|(url, calls)| capping(&format!("https://{url}.example.org/*"), calls)),
        1 => (0..2usize, 200..202i64)
            .prop_map(|(url, calls)| throttling(&format!("https://t{url}.example.org/*"), calls)),
    ]
}

pub(crate) fn any_deploy_state() -> impl Strategy<Value = DeployState> {
    (any_definition(), any_definition(), 0..4u8).prop_map(|(saved, other, kind)| {
        match (kind, saved.api(), other.api()) {
            (0, ..) => DeployState::from_desired(saved, false),
            (1, Api::Capping, Api::Capping) => DeployState::new(saved, Some(other)),
            (2, Api::Capping, _) => DeployState { saved, live: LiveState::Unknown },
            _ => DeployState::from_desired(saved, true),
        }
    })
}

/// Any number of capping configurations, possibly with equal keys, and at most one throttling configuration.
pub(crate) fn any_observed_limits() -> impl Strategy<Value = ObservedLimits> {
    proptest::collection::vec(any_deploy_state(), 0..7).prop_map(|deploy_states| {
        let mut throttled = false;
        let selected = deploy_states.into_iter().filter(|deploy_state| {
            deploy_state.saved.api() == Api::Capping || !std::mem::replace(&mut throttled, true)
        });
        observed_limits(
            selected.enumerate().map(|(number, deploy_state)| observed_config(number, deploy_state)).collect(),
        )
    })
}

/// Desired configurations with unique keys and at most one throttling configuration.
pub(crate) fn any_desired_limits() -> impl Strategy<Value = DesiredLimits> {
    proptest::collection::vec((any_definition(), any::<bool>()), 0..5).prop_map(|configs| {
        let (mut keys, mut throttled) = (BTreeSet::new(), false);
        let selected = configs.into_iter().filter(|(definition, _)| {
            keys.insert(definition.key())
                && (definition.api() == Api::Capping || !std::mem::replace(&mut throttled, true))
        });
        desired_limits(selected.map(|(definition, deployed)| desired_config(definition, deployed)).collect())
    })
}

/// A state with some of the configurations, some of them outdated.
pub(crate) fn any_limits_state(observed: ObservedLimits) -> impl Strategy<Value = (ObservedLimits, LimitsState)> {
    let count = observed.configs.len();
    (proptest::collection::vec((0..3u8, any_deploy_state()), count), proptest::option::of(any_deploy_state())).prop_map(
        move |(known, deleted)| {
            let mut entries = Vec::new();
            for (found, (kind, before)) in observed.configs.iter().zip(known) {
                match kind {
                    0 => {}
                    1 => entries.push(found.clone()),
                    _ if before.saved.api() == found.deploy_state.saved.api() => {
                        entries.push(ObservedConfig { deploy_state: before, ..found.clone() });
                    }
                    _ => {}
                }
            }
            entries.extend(deleted.map(|deploy_state| observed_config(4000, deploy_state)));
            let state = limits_state(&entries);
            (read_missing(&observed, &[], &state), state)
        },
    )
}
