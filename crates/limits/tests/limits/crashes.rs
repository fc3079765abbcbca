//! Kills an apply at any call and reconciles its journal.

use ajo_core::{LiveLimit, Verb};
use ajo_limits::{
    ConfigChange, DeployState, JOURNAL_VERSION, Journal, JournalEntry, JournalHeader, LimitsState, LiveState,
    ObservedConfig, ObservedLimits, Plan, PlanOptions, StepError, StepState, plan,
};
use proptest::prelude::*;

use crate::support::{
    self, any_desired_limits, any_limits_state, any_observed_limits, apply_plan, config, observed_config, sandbox, uid,
};

/// The progress of the last call before the crash.
#[derive(Clone, Copy, Debug, PartialEq)]
enum LastCall {
    /// The request was not sent.
    NotSent,
    /// The service processed the call, but the response was lost.
    ResponseLost,
    /// The response arrived and was recorded.
    Recorded,
}

fn header(plan: &Plan) -> JournalHeader {
    JournalHeader {
        version: JOURNAL_VERSION,
        organization: "A1@AdobeOrg".to_owned(),
        started_at: "2026-11-26T00:00:00Z".to_owned(),
        files: Vec::new(),
        api: None,
        state_digest: ajo_limits::Digest::compute(&""),
        plan: plan.clone(),
    }
}

/// Makes the first calls of a plan; the last one only as far as `last`. Returns the service and the journal. The service may refuse
/// to deploy a deployed configuration.
fn interrupt_apply(
    plan: &Plan,
    observed: &ObservedLimits,
    state: &LimitsState,
    (calls, last, refuses): (usize, LastCall, bool),
) -> (ObservedLimits, String) {
    let mut current = observed.configs.clone();
    let mut uids: Vec<_> = plan.changes.iter().map(|change| change.uid.clone()).collect();
    let mut lines = vec![serde_json::to_string(&header(plan)).expect("JSON")];
    let steps = plan
        .schedule()
        .into_iter()
        .flat_map(|phase| phase.tasks)
        .flat_map(|task| task.steps.into_iter().map(move |step| (task.change, step)))
        .flat_map(|(change, step)| {
            let falls_back = refuses && step == Verb::Deploy && plan.changes[change].is_redeployed();
            let fallback = falls_back.then_some([(change, step, true), (change, Verb::Undeploy, false)]);
            fallback.into_iter().flatten().chain([(change, step, false)])
        });
    for (number, (change, step, is_refused)) in steps.take(calls).enumerate() {
        let is_last = number + 1 == calls;
        if step != Verb::CanDeploy {
            lines.push(serde_json::to_string(&JournalEntry::Started { change, step }).expect("JSON"));
        }
        if is_last && last == LastCall::NotSent {
            break;
        }
        if is_refused {
            if !is_last || last == LastCall::Recorded {
                let error =
                    StepError { message: "refused".to_owned(), hint: None, code: None, status: None, request_id: None };
                let (state, error) = (StepState::Failed, Some(error));
                let entry =
                    JournalEntry::Finished { change, step, state, uid: None, response: None, error, live: None };
                lines.push(serde_json::to_string(&entry).expect("JSON"));
            }
            continue;
        }
        let after = plan.changes[change].after.as_ref();
        match (step, uids[change].clone()) {
            (Verb::Create, _) => {
                uids[change] = Some(uid(6000 + number));
                current.push(observed_config(
                    6000 + number,
                    DeployState::from_desired(after.expect("a definition").saved.clone(), false),
                ));
            }
            (Verb::Delete, Some(uid)) => current.retain(|found| found.uid != uid),
            (step, Some(uid)) => {
                let found = current.iter_mut().find(|found| found.uid == uid).expect("an existing configuration");
                let definition = after.map_or(found.deploy_state.saved.clone(), |after| after.saved.clone());
                found.deploy_state = found.deploy_state.after_call(step, &definition);
                found.last_modified_at = Some(format!("later, {number}"));
            }
            (_, None) => unreachable!("it was created"),
        }
        if is_last && last == LastCall::ResponseLost {
            break;
        }
        let uid = (step == Verb::Create).then(|| uids[change].clone()).flatten();
        let entry = JournalEntry::Finished {
            change,
            step,
            state: StepState::Done,
            uid,
            response: None,
            error: None,
            live: None,
        };
        lines.push(serde_json::to_string(&entry).expect("JSON"));
    }
    let created: Vec<_> = uids.into_iter().flatten().collect();
    let mut observed = support::read_missing(&support::observed_limits(current), &[], state);
    // A deleted configuration was managed, and so is a created one.
    for uid in created.iter().filter(|uid| observed.get(uid).is_none()).cloned().collect::<Vec<_>>() {
        observed.insert_read(&uid, None);
    }
    (observed, lines.join("\n") + "\n")
}

/// The limits that the results report as live for redeploys that did not finish.
fn reported_limits<'p>(plan: &'p Plan, journal: &Journal) -> Vec<(&'p ConfigChange, LiveLimit)> {
    let results = journal.results();
    let redeployed = plan.changes.iter().filter(|change| change.is_redeployed());
    let reported = redeployed.filter_map(|change| {
        let mut of_change = results.iter().filter(|result| result.key == change.key && result.uid == change.uid);
        Some((change, of_change.find_map(|result| result.live)?))
    });
    reported.collect()
}

fn is_possible(live: LiveLimit, change: &ConfigChange, found: &ObservedConfig) -> bool {
    let before = change.before.as_ref().expect("it was deployed");
    match live {
        LiveLimit::Unknown => true,
        LiveLimit::None => !found.deploy_state.is_deployed(),
        LiveLimit::New => found.deploy_state.live == LiveState::SameAsSaved,
        // An update back to the live definition makes both equal.
        LiveLimit::Old => match (&before.live, &found.deploy_state.live) {
            (LiveState::SameAsSaved, LiveState::Differs(live)) => *live == before.saved,
            (before, live) => before == live,
        },
    }
}

fn sorted_deploy_states(observed: &ObservedLimits) -> Vec<String> {
    let mut all: Vec<_> = observed.configs.iter().map(|found| format!("{:?}", found.deploy_state)).collect();
    all.sort();
    all
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn killed_apply_can_be_finished(
        desired in any_desired_limits(),
        (observed, state) in any_observed_limits().prop_flat_map(any_limits_state),
        prune in any::<bool>(),
        calls in 0..24usize,
        last in prop_oneof![Just(LastCall::NotSent), Just(LastCall::ResponseLost), Just(LastCall::Recorded)],
        (cut, refuses) in (0..3usize, any::<bool>()),
    ) {
        let options = PlanOptions { prune, force_delete: false, max_deletes: Some(9) };
        let first = plan(&desired, &observed, &state, options);
        prop_assume!(first.blockers.is_empty() && !first.changes.is_empty());
        let (whole, _) = apply_plan(&first, &observed, &state);

        let (left, mut text) = interrupt_apply(&first, &observed, &state, (calls, last, refuses));
        // A partial line: the process died while writing it.
        if cut > 0 {
            text.push_str(&r#"{"entry":"started","#[..cut * 5]);
        }
        let journal = Journal::parse(&text).expect("a journal").expect("one with a header");
        for (change, live) in reported_limits(&first, &journal) {
            let found = left.get(change.uid.as_ref().expect("it exists")).expect("it exists");
            prop_assert!(is_possible(live, change, found), "{live:?}: {found:#?}\n{:#?}", journal.results());
        }
        let mut reconciled = state.clone();
        journal.reconcile(&left, &mut reconciled, &sandbox());
        let second = plan(&desired, &left, &reconciled, options);
        prop_assert!(second.blockers.is_empty(), "{:#?}", second.blockers);
        let (finished, reconciled) = apply_plan(&second, &left, &reconciled);
        prop_assert_eq!(sorted_deploy_states(&finished), sorted_deploy_states(&whole));
        prop_assert!(plan(&desired, &finished, &reconciled, options).is_empty());
    }

    #[test]
    fn reconciling_is_idempotent(
        desired in any_desired_limits(),
        (observed, state) in any_observed_limits().prop_flat_map(any_limits_state),
        calls in 0..24usize,
    ) {
        let first = plan(&desired, &observed, &state, PlanOptions::default());
        let (left, text) = interrupt_apply(&first, &observed, &state, (calls, LastCall::ResponseLost, calls % 2 == 0));
        let journal = Journal::parse(&text).expect("a journal").expect("one with a header");
        let mut once = state.clone();
        journal.reconcile(&left, &mut once, &sandbox());
        let mut twice = once.clone();
        journal.reconcile(&left, &mut twice, &sandbox());
        prop_assert_eq!(twice.to_json_string(), once.to_json_string());
    }
}

fn edit_remotely(found: &mut ObservedConfig, calls: i64) {
    found.deploy_state.saved = support::capping("https://0.example.org/*", calls);
    found.last_modified_by = Some("Someone Else".to_owned());
}

#[test]
fn remote_edit_after_crash_is_a_conflict() {
    let wanted =
        support::desired_limits(vec![support::desired_config(support::capping("https://0.example.org/*", 2), true)]);
    let before =
        support::observed_config(1, DeployState::from_desired(support::capping("https://0.example.org/*", 1), true));
    let (observed, state) = (support::observed_limits(vec![before.clone()]), support::limits_state(&[before]));
    let first = plan(&wanted, &observed, &state, PlanOptions::default());
    let (mut left, text) = interrupt_apply(&first, &observed, &state, (1, LastCall::Recorded, false));
    edit_remotely(&mut left.configs[0], 7);

    let mut reconciled = state;
    Journal::parse(&text).expect("a journal").expect("a header").reconcile(&left, &mut reconciled, &sandbox());
    let second = plan(&wanted, &left, &reconciled, PlanOptions::default());
    assert_eq!(second.changes, []);
    assert!(second.blockers[0].message.contains("Someone Else"), "{}", second.blockers[0].message);
}

#[test]
fn journal_without_header_is_none() {
    assert_eq!(Journal::parse("").expect("no error"), None);
    assert_eq!(Journal::parse("{\"version\":1,").expect("no error"), None);
}

#[test]
fn invalid_journal_is_an_error() {
    let plan = plan(
        &support::desired_limits(Vec::new()),
        &support::observed_limits(Vec::new()),
        &support::limits_state(&[]),
        PlanOptions::default(),
    );
    let header = serde_json::to_string(&header(&plan)).expect("JSON");
    let damaged = Journal::parse(&format!("{header}\n{{\"entry\":\"x\"}}\n")).expect_err("invalid").to_string();
    assert!(damaged.starts_with("failed to parse line 2"), "{damaged}");
    let newer = Journal::parse("{\"version\":7}\n").expect_err("newer").to_string();
    assert_eq!(newer, "unsupported version 7; this ajo reads version 1");
}

/// The calls: update, `can_deploy`, a refused deploy, undeploy, deploy.
#[test]
fn killed_redeploy_reports_live_limit() {
    let url = "https://0.example.org/*";
    let wanted = support::desired_limits(vec![support::desired_config(support::capping(url, 2), true)]);
    let before = support::observed_config(1, DeployState::from_desired(support::capping(url, 1), true));
    let (observed, state) = (support::observed_limits(vec![before.clone()]), support::limits_state(&[before]));
    let first = plan(&wanted, &observed, &state, PlanOptions::default());
    let (old, none, unknown) = (Some(LiveLimit::Old), Some(LiveLimit::None), Some(LiveLimit::Unknown));
    let expected = [
        (1, LastCall::ResponseLost, old),
        (1, LastCall::Recorded, old),
        (2, LastCall::Recorded, old),
        (3, LastCall::NotSent, unknown),
        (3, LastCall::Recorded, old),
        (4, LastCall::NotSent, unknown),
        (4, LastCall::ResponseLost, unknown),
        (4, LastCall::Recorded, none),
        (5, LastCall::NotSent, unknown),
        (5, LastCall::ResponseLost, unknown),
        (5, LastCall::Recorded, None),
    ];
    for (calls, last, live) in expected {
        let (_, text) = interrupt_apply(&first, &observed, &state, (calls, last, true));
        let journal = Journal::parse(&text).expect("a journal").expect("a header");
        let reported: Vec<_> = reported_limits(&first, &journal).into_iter().map(|(_, live)| live).collect();
        assert_eq!(reported, Vec::from_iter(live), "call {calls}, {last:?}: {:#?}", journal.results());
    }
}
