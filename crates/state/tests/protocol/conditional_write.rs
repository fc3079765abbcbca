use std::time::Duration;

use ajo_state::protocol::{ConditionalWrite, Machine as _, WriteOutcome};
use ajo_state::{BucketErrorKind, PutCondition};

use crate::support::{Fault, Network, id};

fn content(id: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(&serde_json::json!({ "writeId": id })).expect("JSON")
}

fn create() -> ConditionalWrite {
    let id = id();
    ConditionalWrite::new("object".to_owned(), content(&id), id, PutCondition::Absent)
}

fn update(network: &Network) -> ConditionalWrite {
    let (id, version) = (id(), network.read("object").expect("an object").version);
    ConditionalWrite::new("object".to_owned(), content(&id), id, PutCondition::Version(version))
}

/// Writes with these faults. Returns the outcome and the number of requests.
fn write(faults: &[Fault]) -> (WriteOutcome, usize) {
    let mut network = Network { latency: Duration::from_secs(1), ..Network::default() };
    let outcome = network.with_faults(faults).run(&mut create());
    (outcome, network.requests)
}

#[test]
fn write_survives_lost_requests() {
    for (faults, requests) in [
        (&[][..], 1),
        (&[Fault::LostResponse], 2),
        (&[Fault::LostRequest], 3),
        (&[Fault::FalseConflict], 3),
        (&[Fault::Unavailable], 2),
        (&[Fault::LostResponse, Fault::LostRequest], 3),
        // A stale read looks as if the write had not arrived. The second write conflicts with the first one.
        (&[Fault::LostResponse, Fault::Stale], 4),
        (&[Fault::LostRequest, Fault::None, Fault::LostResponse], 4),
    ] {
        let (outcome, sent) = write(faults);
        // However often it was sent: it counts from the first request.
        let is_first = matches!(outcome, WriteOutcome::Written { sent_at: Duration::ZERO, .. });
        assert!(is_first, "{faults:?}: {outcome:?}");
        assert_eq!(sent, requests, "{faults:?}");
    }
}

#[test]
fn unavailable_write_is_rejected() {
    let (outcome, requests) = write(&[Fault::Unavailable; 6]);
    assert!(matches!(outcome, WriteOutcome::Rejected(error) if error.kind == BucketErrorKind::Other));
    assert_eq!(requests, 6);
}

#[test]
fn denied_write_is_not_repeated() {
    let (outcome, requests) = write(&[Fault::Denied]);
    assert!(matches!(outcome, WriteOutcome::Rejected(error) if error.kind == BucketErrorKind::AccessDenied));
    assert_eq!(requests, 1);
}

#[test]
fn rejection_after_lost_request_is_unknown() {
    for faults in [
        // The first request may still be under way.
        &[Fault::LostRequest, Fault::None, Fault::Denied][..],
        &[Fault::LostResponse, Fault::Denied],
        &[Fault::LostRequest; 6],
        &[Fault::FalseConflict, Fault::Denied],
    ] {
        let (outcome, _) = write(faults);
        assert!(matches!(outcome, WriteOutcome::Unknown(_)), "{faults:?}: {outcome:?}");
    }
}

#[test]
fn write_is_superseded_by_another() {
    let mut network = Network::default();
    network.run(&mut create());
    let outcome = network.run(&mut create());
    assert_eq!(outcome, WriteOutcome::Superseded(network.read("object")));

    let mut late = update(&network);
    network.run(&mut update(&network));
    let outcome = network.run(&mut late);
    assert_eq!(outcome, WriteOutcome::Superseded(network.read("object")));
}

#[test]
fn lost_write_is_superseded_by_another() {
    let mut network = Network::default();
    network.run(&mut create());
    let (mut lost, mut other) = (update(&network), update(&network));
    assert_eq!(network.with_faults(&[Fault::LostRequest]).step(&mut lost), None);
    network.run(&mut other);
    assert_eq!(network.run(&mut lost), WriteOutcome::Superseded(network.read("object")));
}

#[test]
fn deleted_object_supersedes_update() {
    use ajo_state::Bucket as _;
    use futures_util::FutureExt as _;

    let mut network = Network::default();
    network.run(&mut create());
    let mut update = update(&network);
    network.store.delete("object").now_or_never().expect("ready").expect("deleted");
    assert_eq!(network.run(&mut update), WriteOutcome::Superseded(None));
}

#[test]
fn write_waits_longer_each_time() {
    let mut network = Network::default();
    let mut write = create();
    network.with_faults(&[Fault::Unavailable; 6]).run(&mut write);
    assert_eq!(network.now, Duration::from_millis(100 + 200 + 400 + 800 + 1600));
    assert!(matches!(write.next_step(Duration::ZERO), ajo_state::protocol::NextStep::Finished(_)));
}
