use std::time::Duration;

use ajo_limits::LimitsState;
use ajo_state::PutCondition;
use ajo_state::protocol::{
    ConditionalWrite, FenceOutcome, Fenced, JournalDocument, OpenJournal, StateDocument, WriteOutcome,
};

use crate::support::{Fault, Network, batch, fence, id, names};

fn epochs(fenced: &Fenced) -> Vec<u64> {
    fenced.document.open_journals.iter().map(|journal| journal.epoch).collect()
}

/// The journals: their epochs, and their batches.
fn journals(fenced: &Fenced) -> Vec<(u64, Vec<JournalDocument>)> {
    fenced.journals.iter().map(|sealed| (sealed.open.epoch, sealed.batches.clone())).collect()
}

/// Another state, as the holder writes it.
fn write_state(fenced: &Fenced, organization: &str) -> ConditionalWrite {
    let id = id();
    let state = LimitsState { organization: Some(organization.to_owned()), ..fenced.document.state.clone() };
    let document = StateDocument { write_id: id.clone(), state, ..fenced.document.clone() };
    let condition = PutCondition::Version(fenced.version.clone());
    ConditionalWrite::new(names().state(), document.to_bytes(), id, condition)
}

fn is_written(outcome: &WriteOutcome) -> bool {
    matches!(outcome, WriteOutcome::Written { .. })
}

#[test]
fn first_fence_creates_state() {
    let (_, fenced) = Network::default().lock(1);
    assert_eq!((fenced.document.epoch, epochs(&fenced)), (1, vec![1]));
    assert_eq!((fenced.document.state, fenced.journals), (LimitsState::default(), Vec::new()));
}

/// A holder that wrote two batches is dead.
fn dead_holder() -> (Network, Vec<JournalDocument>) {
    let mut network = Network::default();
    network.lock(1);
    let mut batches = Vec::new();
    for number in 0..2 {
        let (document, mut write) = batch(1, number);
        assert!(is_written(&network.run(&mut write)));
        batches.push(document);
    }
    (network, batches)
}

#[test]
fn fence_reads_and_seals_journal() {
    let (mut network, batches) = dead_holder();
    let (_, fenced) = network.lock(2);
    assert_eq!((fenced.document.epoch, epochs(&fenced)), (2, vec![1, 2]));
    assert_eq!(journals(&fenced), [(1, batches)]);
    assert!(matches!(network.run(&mut batch(1, 2).1), WriteOutcome::Superseded(Some(_))), "it is sealed");
}

#[test]
fn fence_survives_any_single_fault() {
    let faults = [Fault::LostRequest, Fault::LostResponse, Fault::Stale, Fault::FalseConflict, Fault::Unavailable];
    for fault in faults {
        for position in 0..8 {
            let (mut network, batches) = dead_holder();
            let lease = network.acquire(2);
            let faults: Vec<Fault> = (0..=position).map(|n| if n == position { fault } else { Fault::None }).collect();
            let fenced = network.with_faults(&faults).fence(&lease);
            assert_eq!(
                (epochs(&fenced), journals(&fenced)),
                (vec![1, 2], vec![(1, batches)]),
                "{fault:?} at {position}"
            );
            assert!(is_written(&network.run(&mut write_state(&fenced, "A"))), "{fault:?} at {position}");
        }
    }
}

#[test]
fn batch_that_beats_seal_is_read() {
    // The former holder writes a batch before each request of the fence.
    for position in 0..7 {
        let (mut network, mut batches) = dead_holder();
        let lease = network.acquire(2);
        let mut fence = fence(&lease);
        for _ in 0..position {
            assert_eq!(network.step(&mut fence), None);
        }
        let (document, mut write) = batch(1, 2);
        let is_accepted = is_written(&network.run(&mut write));
        batches.extend(is_accepted.then_some(document));
        let FenceOutcome::Fenced(fenced) = network.run(&mut fence) else { panic!("not fenced") };
        let next = batches.len() as u64;
        assert_eq!(journals(&fenced), [(1, batches)]);
        assert_eq!(is_accepted, position < 6, "{position}");
        assert!(!is_written(&network.run(&mut batch(1, next).1)), "{position}: it is sealed");
    }
}

#[test]
fn state_before_rewrite_is_read() {
    let mut network = Network::default();
    let (_, former) = network.lock(1);
    let lease = network.acquire(2);
    let mut fence = fence(&lease);
    assert_eq!(network.step(&mut fence), None);
    // After the takeover, and after the new holder read the state.
    assert!(is_written(&network.run(&mut write_state(&former, "A"))));
    let FenceOutcome::Fenced(fenced) = network.run(&mut fence) else { panic!("not fenced") };
    assert_eq!(fenced.document.state.organization.as_deref(), Some("A"));
    assert!(matches!(network.run(&mut write_state(&former, "B")), WriteOutcome::Superseded(Some(_))));
}

#[test]
fn journal_survives_three_holders() {
    // The second holder dies after each request of its fence. Then it wakes up and goes on.
    for requests in 0..8 {
        let (mut network, batches) = dead_holder();
        let mut second = fence(&network.acquire(2));
        let finished = (0..requests).find_map(|_| network.step(&mut second));
        let (_, fenced) = network.lock(3);
        let is_rewritten = requests >= 2;
        let mut expected = vec![(1, batches.clone())];
        expected.extend(is_rewritten.then(|| (2, Vec::new())));
        assert_eq!(journals(&fenced), expected, "{requests}");

        let outcome = finished.unwrap_or_else(|| network.run(&mut second));
        match outcome {
            FenceOutcome::Lost { epoch } => assert!(epoch == 3 && !is_rewritten, "{requests}"),
            FenceOutcome::Fenced(former) => {
                // It rewrote the state in time, so it can finish, but not write.
                assert!(is_rewritten && journals(&former) == [(1, batches)], "{requests}");
                assert!(!is_written(&network.run(&mut write_state(&former, "B"))));
            }
            outcome => panic!("{requests}: {outcome:?}"),
        }
        assert!(!is_written(&network.run(&mut batch(1, 2).1)));
        assert_eq!(is_written(&network.run(&mut batch(2, 0).1)), !is_rewritten, "nobody reads it");
        assert!(is_written(&network.run(&mut write_state(&fenced, "C"))));
    }
}

#[test]
fn fence_stops_after_later_holder() {
    let mut network = Network::default();
    let lease = network.acquire(1);
    network.lock(2);
    assert_eq!(network.run(&mut fence(&lease)), FenceOutcome::Lost { epoch: 2 });
}

#[test]
fn closed_journal_is_not_read() {
    let (mut network, _) = dead_holder();
    let (_, fenced) = network.lock(2);
    let id = id();
    let open_journals = vec![OpenJournal { epoch: 2, reconciled: None }];
    let document = StateDocument { write_id: id.clone(), open_journals, ..fenced.document };
    let condition = PutCondition::Version(fenced.version);
    let mut write = ConditionalWrite::new(names().state(), document.to_bytes(), id, condition);
    assert!(is_written(&network.run(&mut write)));
    let (_, fenced) = network.lock(3);
    assert_eq!(journals(&fenced), [(2, Vec::new())]);
}

#[test]
fn fence_waits_after_failed_reads() {
    let (mut network, batches) = dead_holder();
    let lease = network.acquire(2);
    let start = network.now;
    let fenced = network.with_faults(&[Fault::LostRequest; 5]).fence(&lease);
    assert_eq!(journals(&fenced), [(1, batches)]);
    assert_eq!(network.now.saturating_sub(start), Duration::from_secs(1));
}
