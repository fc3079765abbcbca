//! A model of the protocol of shared state: two writers, each with three requests, in all possible orders of events.
//!
//! The machines are the real ones. Each request to the store is sent, arrives, and is answered in separate events, and any time
//! may pass between two of them. Requests and responses get lost, writes arrive late, reads are stale. `world.rs` checks the
//! invariants. By symmetry, writer 0 gets the lease first.

mod explore;
mod fingerprint;
mod mutation;
mod world;
mod writer;

use explore::{Budget, Report, explore};
use mutation::Mutation;
use writer::Rules;

const RULES: Rules = Rules { steps: 3, renewals: [0, 0], suspends: false, mutation: Mutation::None };

/// Explores all runs. There is no violation.
fn explore_all(rules: Rules, budget: Budget) -> Report {
    let report = explore(rules, budget).unwrap_or_else(|violation| panic!("{violation}"));
    assert!(report.both_done > 0 && report.lost > 0, "no run with a takeover, or none that ends: {report:?}");
    assert!(report.late_accepted > 0 || budget.late == 0, "no late write is accepted: {report:?}");
    report
}

fn is_full() -> bool {
    std::env::var("AJO_TEST_FULL").is_ok_and(|value| value == "1")
}

#[test]
fn writers_exclude_each_other() {
    let renewals = if is_full() { [2, 1] } else { [1, 0] };
    let report = explore_all(Rules { renewals, ..RULES }, Budget::default());
    assert!(report.states > 100_000, "{report:?}");
}

#[test]
fn suspended_writer_sends_one_request() {
    explore_all(Rules { suspends: true, ..RULES }, Budget::default());
}

#[test]
fn lost_and_late_writes_break_nothing() {
    let budget = Budget { lost: 1, late: 1, ..Budget::default() };
    explore_all(RULES, if is_full() { Budget { lost: 2, ..budget } } else { budget });
}

#[test]
fn false_conflicts_break_nothing() {
    let budget = Budget { false_conflicts: 1, ..Budget::default() };
    explore_all(RULES, if is_full() { Budget { false_conflicts: 2, refused: 1, ..budget } } else { budget });
}

#[test]
fn stale_reads_break_nothing() {
    let budget = Budget { stale: 1, ..Budget::default() };
    explore_all(RULES, if is_full() { Budget { stale: 2, lost: 1, ..budget } } else { budget });
}

#[test]
fn renewals_survive_faults() {
    let rules = Rules { steps: 0, renewals: [1, 0], ..RULES };
    let budget = Budget { refused: 1, ..Budget::default() };
    explore_all(rules, if is_full() { Budget { lost: 1, late: 1, ..budget } } else { budget });
}

/// The model finds each mistake.
#[test]
fn mutations_violate_invariants() {
    let lost = Budget { lost: 1, ..Budget::default() };
    for (mutation, budget, violated) in [
        (Mutation::NoSeal, Budget::default(), "journal: a write of epoch 1 after the fence of epoch 2"),
        (Mutation::NoRewrite, Budget::default(), "nothing lost: "),
        (Mutation::RenewalFromResponse, Budget::default(), "deadline: "),
        (Mutation::ConflictIgnored, Budget::default(), ""),
        (Mutation::JournalAfterConflict, Budget::default(), "nothing lost: "),
        (Mutation::EarlyTakeover, Budget::default(), "mutual exclusion: "),
        (Mutation::NoPermit, Budget::default(), "deadline: "),
        (Mutation::RequestBeforeBatch, Budget::default(), "nothing lost: "),
        (Mutation::LeaseDeleted, Budget::default(), "epoch 1 "),
        (Mutation::StoreIgnoresConditions, lost, ""),
    ] {
        let rules = Rules { renewals: [1, 0], mutation, ..RULES };
        let violation = explore(rules, budget).err().unwrap_or_else(|| panic!("{mutation:?} violates nothing"));
        assert!(violation.starts_with(violated), "{mutation:?}: {violation}");
    }
}
