//! A service that stores other values than it received.

use ajo_core::{Api, Uid, Verb};
use ajo_limits::{
    ConfigDefinition, DeployState, DesiredLimits, JOURNAL_VERSION, Journal, JournalEntry, JournalHeader, LimitsState,
    LiveState, ObservedConfig, ObservedLimits, Plan, PlanOptions, StepState, plan,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{
    config, desired_config, desired_limits, limits_state, next_number, observed_config, read_missing, sandbox, uid,
};

/// The six normalizations.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "six independent switches")]
struct Normalization {
    host: bool,
    slash: bool,
    port: bool,
    trim: bool,
    clamp: bool,
    order: bool,
}

const MAX_CONNECTIONS: i64 = 400;

impl Normalization {
    fn apply(self, definition: &ConfigDefinition) -> ConfigDefinition {
        let mut json = Value::Object(definition.to_json());
        let field = if definition.api() == Api::Capping { "url" } else { "urlPattern" };
        let mut url = json[field].as_str().expect("a URL").to_owned();
        if self.host {
            url = url.to_lowercase();
        }
        if self.port {
            url = url.replace(":443", "");
        }
        if self.slash {
            url.truncate(url.trim_end_matches('/').len());
        }
        json[field] = url.into();
        if let (true, Some(name)) = (self.trim, json["name"].as_str()) {
            json["name"] = name.trim().into();
        }
        if self.order {
            json["methods"].as_array_mut().expect("methods").reverse();
        }
        let connections = json.pointer_mut("/services/action/maxHttpConnections");
        if let Some(connections) = connections.filter(|_| self.clamp) {
            *connections = connections.as_i64().map(|count| count.min(MAX_CONNECTIONS)).into();
        }
        ConfigDefinition::from_json(definition.api(), &json).expect("a definition")
    }
}

/// Applies a plan to a service that normalizes, with its responses in the journal.
fn apply(
    plan: &Plan,
    observed: &ObservedLimits,
    state: &LimitsState,
    how: Normalization,
) -> (ObservedLimits, LimitsState) {
    let (first, mut service) = (next_number(observed, 7000), observed.configs.clone());
    let mut journal = Journal::new(JournalHeader {
        version: JOURNAL_VERSION,
        organization: "A1@AdobeOrg".to_owned(),
        started_at: "2026-11-26T00:00:00Z".to_owned(),
        files: Vec::new(),
        api: None,
        state_digest: state.sandbox_digest("prod"),
        plan: plan.clone(),
    });
    let mut uids: Vec<Option<Uid>> = plan.changes.iter().map(|change| change.uid.clone()).collect();
    for task in plan.schedule().into_iter().flat_map(|phase| phase.tasks) {
        let (change, index) = (&plan.changes[task.change], task.change);
        for step in task.steps {
            let stored = change.after.as_ref().map(|after| how.apply(&after.saved));
            let uid = uids[index].get_or_insert_with(|| uid(first + index)).clone();
            let entry = JournalEntry::Started { change: index, step };
            journal.push(entry);
            match step {
                Verb::Create => service.push(observed_config(
                    first + index,
                    DeployState::from_desired(stored.expect("a definition"), false),
                )),
                Verb::Delete => service.retain(|found| found.uid != uid),
                step => {
                    let found = service.iter_mut().find(|found| found.uid == uid).expect("it exists");
                    let definition = stored.unwrap_or_else(|| found.deploy_state.saved.clone());
                    found.deploy_state = found.deploy_state.after_call(step, &definition);
                    found.last_modified_at = Some(format!("{step:?}"));
                }
            }
            let response = service.iter().find(|found| found.uid == uid).cloned().map(Box::new);
            let response = response.filter(|_| step != Verb::CanDeploy);
            let (uid, state) = (Some(uid), StepState::Done);
            journal.push(JournalEntry::Finished { change: index, step, state, uid, response, error: None, live: None });
        }
    }
    let mut state = state.clone();
    let service = ObservedLimits::from_list(service);
    journal.reconcile(&read_missing(&service, &[], &state), &mut state, &sandbox());
    (read_missing(&service, &[], &state), state)
}

fn any_capping() -> impl Strategy<Value = ConfigDefinition> {
    let host = prop::sample::select(vec!["API.example.org", "api.example.org:443", "Api.Example.org:443"]);
    let path = prop::sample::select(vec!["/v1/", "/v1", "/v2/*"]);
    let connections = prop::sample::select(vec![50, MAX_CONNECTIONS, 500, 30_000]);
    (host, path, connections, 1..4i64).prop_map(|(host, path, connections, calls)| {
        let limit = json!({"maxHttpConnections": connections, "rating": {"maxCallsCount": calls, "periodInMs": 1000}});
        let json =
            json!({"url": format!("https://{host}{path}"), "methods": ["POST", "GET"], "services": {"action": limit}});
        ConfigDefinition::from_json(Api::Capping, &json).expect("a definition")
    })
}

fn any_throttling() -> impl Strategy<Value = ConfigDefinition> {
    ("[ a]{0,3}", 200..203i64).prop_map(|(name, calls)| {
        let json = json!({"name": name, "urlPattern": "https://T.example.org/x/", "methods": ["POST"], "maxThroughput": calls});
        ConfigDefinition::from_json(Api::Throttling, &json).expect("a definition")
    })
}

fn any_desired() -> impl Strategy<Value = DesiredLimits> {
    let capping = prop::collection::vec((any_capping(), any::<bool>()), 0..3);
    let throttling = prop::option::of((any_throttling(), any::<bool>()));
    (capping, throttling).prop_map(|(capping, throttling)| {
        // The service cannot tell these apart after it normalized them.
        let mut urls = std::collections::BTreeSet::new();
        let unique = |(definition, _): &(ConfigDefinition, bool)| {
            urls.insert(definition.key().url.trim_end_matches('/').to_owned())
        };
        let configs = capping.into_iter().filter(unique).collect::<Vec<_>>().into_iter().chain(throttling);
        desired_limits(configs.map(|(definition, deployed)| desired_config(definition, deployed)).collect())
    })
}

fn any_normalization() -> impl Strategy<Value = Normalization> {
    any::<[bool; 6]>().prop_map(|[host, slash, port, trim, clamp, order]| Normalization {
        host,
        slash,
        port,
        trim,
        clamp,
        order,
    })
}

/// Whether the service reduced the connections of a definition.
fn is_clamped(definition: &ConfigDefinition, how: Normalization) -> bool {
    let connections = definition.integer_at(&["services", "action", "maxHttpConnections"]);
    how.clamp && connections.is_some_and(|count| count > MAX_CONNECTIONS)
}

fn check_converged(
    desired: &DesiredLimits,
    observed: &ObservedLimits,
    state: &LimitsState,
    how: Normalization,
) -> Result<(), TestCaseError> {
    let again = plan(desired, observed, state, PlanOptions::default());
    prop_assert_eq!(&again.changes, &[]);
    prop_assert_eq!(&again.blockers, &[]);
    prop_assert_eq!(&again.stale, &[], "the state is up to date");
    for wanted in &desired.configs {
        let key = wanted.key();
        let warned = again.normalized.iter().any(|normalized| normalized.key == key && normalized.changes_limit);
        prop_assert_eq!(warned, is_clamped(&wanted.definition, how), "{}", key);
    }
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn apply_converges_in_one_run(first in any_desired(), second in any_desired(), how in any_normalization()) {
        let (mut observed, mut state) = (ObservedLimits::default(), limits_state(&[]));
        for desired in [&first, &second] {
            let changes = plan(desired, &observed, &state, PlanOptions::default());
            prop_assert_eq!(&changes.blockers, &[]);
            (observed, state) = apply(&changes, &observed, &state, how);
            check_converged(desired, &observed, &state, how)?;
        }
    }

    #[test]
    fn edit_after_normalization_is_noticed(desired in any_desired(), how in any_normalization()) {
        let changes = plan(&desired, &ObservedLimits::default(), &limits_state(&[]), PlanOptions::default());
        let (mut observed, state) = apply(&changes, &ObservedLimits::default(), &limits_state(&[]), how);
        prop_assume!(!observed.configs.is_empty());
        let found: &mut ObservedConfig = &mut observed.configs[0];
        let deployed = found.deploy_state.is_deployed();
        found.deploy_state.live = if deployed { LiveState::NotDeployed } else { LiveState::SameAsSaved };
        let uid = found.uid.clone();
        let reverted = plan(&desired, &observed, &state, PlanOptions::default());
        prop_assert_eq!(reverted.changes.len(), 1);
        prop_assert_eq!(reverted.changes[0].uid.as_ref(), Some(&uid));
        let (observed, state) = apply(&reverted, &observed, &state, how);
        check_converged(&desired, &observed, &state, how)?;
    }
}
