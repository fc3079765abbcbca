//! An apply that is killed at any call, and what is made of its journal.

use ajo_core::Verb;
use ajo_limits::{Entry, Found, Header, JOURNAL_VERSION, Journal, Observed, Options, Plan, Standing, StepState, plan};
use proptest::prelude::*;

use crate::support::{self, any_desired, any_ledger, any_observed, carried_out, config, found, sandbox, uid};

/// How the last call before the crash went.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Last {
    /// It never arrived.
    NotSent,
    /// It was carried out, and nobody was told.
    AnswerLost,
    /// It was carried out and written down.
    WrittenDown,
}

fn header(plan: &Plan) -> Header {
    Header {
        version: JOURNAL_VERSION,
        organization: "A1@AdobeOrg".to_owned(),
        began: "2026-11-26T00:00:00Z".to_owned(),
        files: Vec::new(),
        ledger: ajo_limits::Digest::of(&""),
        plan: plan.clone(),
    }
}

/// Carries out the first calls of a plan; the last one of these as said. What is left at the service, and on the disk.
fn killed(plan: &Plan, observed: &Observed, calls: usize, last: Last) -> (Observed, String) {
    let mut now = observed.configs.clone();
    let mut uids: Vec<_> = plan.changes.iter().map(|change| change.uid.clone()).collect();
    let mut lines = vec![serde_json::to_string(&header(plan)).expect("JSON")];
    let steps = plan
        .schedule()
        .into_iter()
        .flat_map(|phase| phase.tasks)
        .flat_map(|task| task.steps.into_iter().map(move |step| (task.change, step)));
    for (number, (change, step)) in steps.take(calls).enumerate() {
        let is_last = number + 1 == calls;
        if step != Verb::CanDeploy {
            lines.push(serde_json::to_string(&Entry::Begun { change, step }).expect("JSON"));
        }
        if is_last && last == Last::NotSent {
            break;
        }
        let after = plan.changes[change].after.as_ref();
        match (step, uids[change].clone()) {
            (Verb::Create, _) => {
                uids[change] = Some(uid(6000 + number));
                now.push(found(6000 + number, Standing::wanted(after.expect("a definition").saved.clone(), false)));
            }
            (Verb::Delete, Some(uid)) => now.retain(|found| found.uid != uid),
            (step, Some(uid)) => {
                let found = now.iter_mut().find(|found| found.uid == uid).expect("it is there");
                let definition = after.map_or(found.standing.saved.clone(), |after| after.saved.clone());
                found.standing = found.standing.after(step, &definition);
                found.last_modified_at = Some(format!("later, {number}"));
            }
            (_, None) => unreachable!("it was created"),
        }
        if is_last && last == Last::AnswerLost {
            break;
        }
        let uid = (step == Verb::Create).then(|| uids[change].clone()).flatten();
        let entry = Entry::Ended { change, step, state: StepState::Done, uid, error: None };
        lines.push(serde_json::to_string(&entry).expect("JSON"));
    }
    (support::observed(now), lines.join("\n") + "\n")
}

fn standings(observed: &Observed) -> Vec<String> {
    let mut all: Vec<_> = observed.configs.iter().map(|found| format!("{:?}", found.standing)).collect();
    all.sort();
    all
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_killed_apply_is_finished_with_nothing_twice_and_nothing_lost(
        desired in any_desired(),
        (observed, ledger) in any_observed().prop_flat_map(any_ledger),
        prune in any::<bool>(),
        calls in 0..24usize,
        last in prop_oneof![Just(Last::NotSent), Just(Last::AnswerLost), Just(Last::WrittenDown)],
        cut in 0..3usize,
    ) {
        let options = Options { prune, force_delete: false, max_deletes: Some(9) };
        let first = plan(&desired, &observed, &ledger, options);
        prop_assume!(first.refusals.is_empty() && !first.changes.is_empty());
        let (whole, _) = carried_out(&first, &observed, &ledger);

        let (left, mut text) = killed(&first, &observed, calls, last);
        // A line that was being written when the process died.
        if cut > 0 {
            text.push_str(&r#"{"entry":"begun","#[..cut * 5]);
        }
        let journal = Journal::parse(&text).expect("a journal").expect("one with a header");
        let mut noted = ledger.clone();
        journal.settle(&left, &mut noted, &sandbox());
        let second = plan(&desired, &left, &noted, options);
        prop_assert!(second.refusals.is_empty(), "{:#?}", second.refusals);
        let (finished, noted) = carried_out(&second, &left, &noted);
        prop_assert_eq!(standings(&finished), standings(&whole));
        prop_assert!(plan(&desired, &finished, &noted, options).is_empty());
    }

    #[test]
    fn settling_twice_is_settling_once(
        desired in any_desired(),
        (observed, ledger) in any_observed().prop_flat_map(any_ledger),
        calls in 0..24usize,
    ) {
        let first = plan(&desired, &observed, &ledger, Options::default());
        let (left, text) = killed(&first, &observed, calls, Last::AnswerLost);
        let journal = Journal::parse(&text).expect("a journal").expect("one with a header");
        let mut once = ledger.clone();
        journal.settle(&left, &mut once, &sandbox());
        let mut twice = once.clone();
        journal.settle(&left, &mut twice, &sandbox());
        prop_assert_eq!(twice.to_text(), once.to_text());
    }
}

fn edited(found: &mut Found, calls: i64) {
    found.standing.saved = support::capping("https://0.example.org/*", calls);
    found.last_modified_by = Some("Somebody Else".to_owned());
}

#[test]
fn what_somebody_else_changes_after_a_crash_is_theirs_and_not_overwritten_unseen() {
    let wanted = support::desired(vec![support::wanted(support::capping("https://0.example.org/*", 2), true)]);
    let before = support::found(1, Standing::wanted(support::capping("https://0.example.org/*", 1), true));
    let (there, ledger) = (support::observed(vec![before.clone()]), support::ledger(&[before]));
    let first = plan(&wanted, &there, &ledger, Options::default());
    let (mut left, text) = killed(&first, &there, 1, Last::WrittenDown);
    edited(&mut left.configs[0], 7);

    let mut noted = ledger;
    Journal::parse(&text).expect("a journal").expect("a header").settle(&left, &mut noted, &sandbox());
    let second = plan(&wanted, &left, &noted, Options::default());
    assert_eq!(second.changes, []);
    assert!(second.refusals[0].message.contains("Somebody Else"), "{}", second.refusals[0].message);
}

#[test]
fn a_journal_without_a_whole_first_line_says_that_nothing_was_done() {
    assert_eq!(Journal::parse("").expect("no error"), None);
    assert_eq!(Journal::parse("{\"version\":1,").expect("no error"), None);
}

#[test]
fn a_journal_that_is_damaged_or_newer_is_an_error_that_says_where() {
    let plan =
        plan(&support::desired(Vec::new()), &support::observed(Vec::new()), &support::ledger(&[]), Options::default());
    let header = serde_json::to_string(&header(&plan)).expect("JSON");
    let damaged = Journal::parse(&format!("{header}\n{{\"entry\":\"x\"}}\n")).expect_err("no entry").to_string();
    assert!(damaged.starts_with("its line 2 cannot be read"), "{damaged}");
    let newer = Journal::parse("{\"version\":7}\n").expect_err("newer").to_string();
    assert_eq!(newer, "it is of version 7, and this ajo reads version 1");
}
