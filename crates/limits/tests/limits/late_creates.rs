//! Create calls that the service processes after another apply took over.

use ajo_core::{SandboxName, Verb};
use ajo_limits::{
    Action, ChangeReason, ConfigDefinition, DeployState, DesiredLimits, Digest, JOURNAL_VERSION, Journal, JournalEntry,
    JournalHeader, LateCreate, LimitsState, ObservedConfig, ObservedLimits, Plan, PlanOptions, SetOrder, StateSet,
    StepState, plan,
};
use proptest::prelude::*;

use super::support::{
    any_definition, any_desired_limits, any_limits_state, any_observed_limits, apply_plan, capping, config,
    desired_config, desired_limits, limits_state, observed_config, observed_limits, sandbox, throttling, uid,
};

const URL: &str = "https://a.example.org/*";
/// Only a late create may be deleted.
const NO_DELETES: PlanOptions = PlanOptions { prune: false, force_delete: false, max_deletes: Some(0) };

fn definition() -> ConfigDefinition {
    capping(URL, 1)
}

fn wanted() -> DesiredLimits {
    desired_limits(vec![desired_config(definition(), true)])
}

fn not_deployed(number: usize, definition: ConfigDefinition) -> ObservedConfig {
    observed_config(number, DeployState::from_desired(definition, false))
}

fn managed() -> ObservedConfig {
    observed_config(1, DeployState::from_desired(definition(), true))
}

/// The state of an apply that took over after a create call was lost.
fn taken_over() -> LimitsState {
    LimitsState { late_creates: vec![LateCreate::new(&sandbox(), &definition())], ..limits_state(&[managed()]) }
}

fn plan_with(others: &[ObservedConfig], state: &LimitsState) -> Plan {
    let observed = observed_limits([managed()].into_iter().chain(others.iter().cloned()).collect());
    plan(&wanted(), &observed, state, NO_DELETES)
}

/// The journal of an apply that started its first call.
fn journal(plan: &Plan, entries: impl IntoIterator<Item = JournalEntry>) -> Journal {
    let mut journal = Journal::new(JournalHeader {
        version: JOURNAL_VERSION,
        organization: "A1@AdobeOrg".to_owned(),
        started_at: "2026-11-26T00:00:00Z".to_owned(),
        files: Vec::new(),
        api: None,
        state_digest: Digest::compute(&""),
        plan: plan.clone(),
    });
    entries.into_iter().for_each(|entry| journal.push(entry));
    journal
}

/// The state after a create call that may have been lost.
fn after_lost_create(definition: ConfigDefinition, found: Vec<ObservedConfig>) -> LimitsState {
    let desired = desired_limits(vec![desired_config(definition, true)]);
    let plan = plan(&desired, &ObservedLimits::default(), &LimitsState::default(), NO_DELETES);
    let lost = journal(&plan, [JournalEntry::Started { change: 0, step: Verb::Create }]);
    let mut state = LimitsState::default();
    lost.reconcile(&observed_limits(found), &mut state, &sandbox());
    state
}

#[test]
fn lost_create_is_recorded() {
    let expected = [LateCreate::new(&sandbox(), &definition())];
    assert_eq!(after_lost_create(definition(), vec![]).late_creates, expected);
    let other = not_deployed(2, capping(URL, 2));
    assert_eq!(after_lost_create(definition(), vec![other]).late_creates, expected, "someone else's");
    let own = not_deployed(2, definition());
    let found = after_lost_create(definition(), vec![own.clone()]);
    assert_eq!((found.configs.len(), &found.late_creates[..]), (1, &[][..]), "it was not late");
    assert_eq!(after_lost_create(definition(), vec![own, not_deployed(3, definition())]).late_creates, []);
    assert_eq!(after_lost_create(throttling(URL, 200), vec![]).late_creates, [], "the service accepts only one");
}

#[test]
fn newer_lost_create_replaces_older() {
    let mut state = after_lost_create(capping(URL, 2), vec![]);
    let plan = plan(&wanted(), &ObservedLimits::default(), &state, NO_DELETES);
    let lost = journal(&plan, [JournalEntry::Started { change: 0, step: Verb::Create }]);
    lost.reconcile(&ObservedLimits::default(), &mut state, &sandbox());
    assert_eq!(state.late_creates, [LateCreate::new(&sandbox(), &definition())]);
}

#[test]
fn late_create_is_deleted() {
    let plan = plan_with(&[not_deployed(2, definition())], &taken_over());
    let changes: Vec<_> = plan.changes.iter().map(|it| (it.action, &it.reason, &it.steps[..], &it.uid)).collect();
    assert_eq!(changes, [(Action::Delete, &ChangeReason::LateCreate, &[Verb::Delete][..], &Some(uid(2)))]);
    assert_eq!((&plan.blockers[..], &plan.unmanaged[..], plan.unchanged), (&[][..], &[][..], 1));
    let edited = ObservedConfig { last_modified_at: None, ..not_deployed(2, definition()) };
    assert_ne!(plan_with(&[edited], &taken_over()).digest, plan.digest);
}

#[test]
fn other_duplicates_are_not_deleted() {
    let deployed = observed_config(2, DeployState::from_desired(definition(), true));
    let other_definition = not_deployed(2, capping(URL, 2));
    let other_live = observed_config(2, DeployState::new(definition(), Some(capping(URL, 2))));
    let mut other_sandbox = taken_over();
    other_sandbox.late_creates[0].sandbox = "dev".to_owned();
    let late = not_deployed(2, definition());
    for (others, state) in [
        (vec![late.clone()], limits_state(&[managed()])),
        (vec![late.clone()], other_sandbox),
        (vec![deployed], taken_over()),
        (vec![other_live], taken_over()),
        (vec![other_definition], taken_over()),
        (vec![late, not_deployed(3, definition())], taken_over()),
    ] {
        let plan = plan_with(&others, &state);
        assert_eq!((&plan.changes[..], &plan.blockers[..]), (&[][..], &[][..]));
        assert_eq!(plan.unmanaged, others, "they are reported");
    }
}

#[test]
fn deleted_late_create_is_forgotten() {
    let late = not_deployed(2, definition());
    let before = observed_limits(vec![managed(), late.clone()]);
    let plan = plan_with(&[late], &taken_over());
    let entry = |state| JournalEntry::Finished {
        change: 0,
        step: Verb::Delete,
        state,
        uid: None,
        response: None,
        error: None,
        live: None,
    };
    let started = JournalEntry::Started { change: 0, step: Verb::Delete };
    let mut gone = observed_limits(vec![managed()]);
    gone.insert_read(&uid(2), None);
    for (entries, observed, left) in [
        (vec![], &before, 1),
        (vec![started.clone(), entry(StepState::Failed)], &before, 1),
        (vec![started.clone()], &before, 1),
        (vec![started.clone()], &gone, 0),
        (vec![started, entry(StepState::Done)], &gone, 0),
    ] {
        let mut state = taken_over();
        journal(&plan, entries).reconcile(observed, &mut state, &sandbox());
        assert_eq!(state.late_creates.len(), left);
        assert_eq!(state.configs, taken_over().configs, "it is never managed");
    }
}

#[test]
fn unused_late_creates_are_dropped() {
    let other: SandboxName = "dev".parse().expect("a name");
    let late = |sandbox: &SandboxName, url: &str| LateCreate::new(sandbox, &capping(url, 1));
    let mut state = limits_state(&[managed(), not_deployed(2, capping("https://orphaned.example.org/*", 1))]);
    let (in_files, orphaned) =
        (late(&sandbox(), "https://new.example.org/*"), late(&sandbox(), "https://orphaned.example.org/*"));
    let of_other = late(&other, "https://removed.example.org/*");
    let removed = late(&sandbox(), "https://removed.example.org/*");
    state.late_creates = vec![in_files.clone(), orphaned.clone(), of_other.clone(), removed];
    let desired = desired_limits(vec![desired_config(capping("https://new.example.org/*", 1), true)]);
    let plan = plan(&desired, &ObservedLimits::default(), &state, NO_DELETES);
    journal(&plan, []).reconcile(&observed_limits(vec![managed()]), &mut state, &sandbox());
    assert_eq!(state.late_creates, [in_files, orphaned, of_other]);
}

#[test]
fn only_late_create_is_adopted() {
    let lost = after_lost_create(definition(), vec![]);
    let adopted = |others: &[ObservedConfig]| {
        let mut state = lost.clone();
        let observed = observed_limits(others.to_vec());
        state.adopt_late_creates(&wanted(), &observed);
        (plan(&wanted(), &observed, &state, NO_DELETES), state)
    };
    let late = not_deployed(2, definition());
    let (plan, state) = adopted(std::slice::from_ref(&late));
    let changes: Vec<_> = plan.changes.iter().map(|it| (it.action, it.uid.clone())).collect();
    assert_eq!((changes, &plan.blockers[..]), (vec![(Action::Deploy, Some(uid(2)))], &[][..]));
    assert_eq!(state.late_creates, []);
    for others in [vec![not_deployed(2, capping(URL, 2))], vec![late, not_deployed(3, definition())]] {
        assert_eq!(adopted(&others).1, lost);
    }
    let mut state = taken_over();
    state.adopt_late_creates(&wanted(), &observed_limits(vec![managed(), not_deployed(2, definition())]));
    assert_eq!(state, taken_over(), "a managed configuration has the key");
}

#[test]
fn late_creates_belong_to_their_sandbox() {
    let (before, mut state) = (limits_state(&[managed()]), taken_over());
    assert!(!before.to_json_string().contains("lateCreates"));
    state.advance_serials(&before);
    let prod = StateSet::Sandbox(sandbox());
    assert_eq!(state.compare_set(&before, &prod), SetOrder::Newer);
    assert_eq!(state.part(&prod), state);
    assert_eq!(state.part(&StateSet::Throttling).late_creates, []);
    let mut copy = LimitsState::default();
    copy.replace_part(&prod, &state);
    assert_eq!(LimitsState::parse(&copy.to_json_string()).expect("valid"), state);
    let invalid = state.to_json_string().replace(r#""sandbox": "prod""#, r#""sandbox": "pr od""#);
    LimitsState::parse(&invalid).expect_err("an invalid name");
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn only_late_creates_change_the_plan(
        desired in any_desired_limits(),
        (observed, state) in any_observed_limits().prop_flat_map(any_limits_state),
        lost in proptest::collection::vec((any_definition(), any::<bool>()), 0..6),
    ) {
        let mut with_late = state.clone();
        for (definition, is_own) in lost {
            let sandbox = if is_own { sandbox() } else { "dev".parse().expect("a name") };
            with_late.late_creates.push(LateCreate::new(&sandbox, &definition));
        }
        let (before, after) = (plan(&desired, &observed, &state, NO_DELETES), plan(&desired, &observed, &with_late, NO_DELETES));
        prop_assert_eq!(&after.changes[..before.changes.len()], &before.changes[..]);
        prop_assert_eq!(&after.blockers, &before.blockers);
        for change in &after.changes[before.changes.len()..] {
            prop_assert_eq!((&change.reason, &change.steps[..]), (&ChangeReason::LateCreate, &[Verb::Delete][..]));
            let found = observed.get(change.uid.as_ref().expect("it exists")).expect("it exists");
            prop_assert!(!found.deploy_state.is_deployed() && state.get(&found.uid).is_none());
            prop_assert!(with_late.late_creates.iter().any(|late| late.sandbox == "prod" && late.matches(found)));
            let twin = |managed: &&ajo_limits::ManagedConfig| {
                managed.key == found.key() || observed.get(&managed.uid).is_some_and(|twin| twin.key() == found.key())
            };
            prop_assert!(state.configs.iter().filter(twin).any(|managed| observed.get(&managed.uid).is_some()));
        }
        if after.blockers.is_empty() {
            let (observed, state) = apply_plan(&after, &observed, &with_late);
            prop_assert!(plan(&desired, &observed, &state, NO_DELETES).is_empty());
        }
    }
}
