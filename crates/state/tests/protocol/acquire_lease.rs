use std::time::Duration;

use ajo_state::BucketErrorKind;
use ajo_state::protocol::{
    AcquireOutcome, DocumentError, LeaseDocument, MAX_LEASE_TIME, Machine as _, NextStep, RequestPermit, StoreRequest,
    StoreResponse, WriteOutcome,
};

use crate::support::{Fault, LEASE_TIME, Network, acquire, fence, id, names};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn lease_survives_any_single_fault() {
    for fault in [Fault::LostRequest, Fault::LostResponse, Fault::Stale, Fault::FalseConflict, Fault::Unavailable] {
        for position in 0..4 {
            let mut network = Network { latency: SECOND, ..Network::default() };
            let faults: Vec<Fault> = (0..=position).map(|n| if n == position { fault } else { Fault::None }).collect();
            let mut lease = network.with_faults(&faults).acquire(1);
            assert_eq!(lease.epoch(), 1, "{fault:?} at {position}");
            assert!(lease.stops_at() <= SECOND * 8 + LEASE_TIME * 4 / 5, "{fault:?} at {position}");
            assert_ne!(lease.permit(network.now), RequestPermit::Lost);
            let outcome = network.run(&mut lease.renewal(id()));
            assert!(matches!(outcome, WriteOutcome::Written { .. }), "{fault:?} at {position}: {outcome:?}");
        }
    }
}

#[test]
fn lease_counts_from_its_first_write() {
    let mut network = Network { latency: SECOND, ..Network::default() };
    // Two reads, then a write whose response is lost.
    let faults = [Fault::None, Fault::None, Fault::LostResponse, Fault::LostRequest, Fault::None];
    let lease = network.with_faults(&faults).acquire(1);
    assert_eq!(lease.stops_at(), SECOND * 2 + LEASE_TIME * 4 / 5);
}

#[test]
fn waiter_takes_over_after_lease_time() {
    let mut network = Network::default();
    let lease = network.acquire(1);
    let mut waiter = network.other(SECOND * 5000);
    let mut machine = acquire(2, Duration::MAX);
    while waiter.now < SECOND * 5000 + LEASE_TIME / 2 {
        assert_eq!(waiter.step(&mut machine), None);
    }
    // A renewal starts the wait again.
    network.run(&mut lease.renewal(id()));
    let renewed_at = waiter.now;
    let AcquireOutcome::Acquired { lease, taken_over_from } = waiter.run(&mut machine) else { panic!("no lease") };
    assert_eq!((lease.epoch(), taken_over_from.expect("a holder").owner.as_str()), (2, "runner 1"));
    let time = waiter.now.saturating_sub(renewed_at);
    assert!(time >= LEASE_TIME && time <= LEASE_TIME + SECOND * 2, "{time:?}");
}

#[test]
fn released_lease_is_free_at_once() {
    let mut network = Network::default();
    let lease = network.acquire(1);
    network.release(&lease);
    let AcquireOutcome::Acquired { lease, taken_over_from } = network.run(&mut acquire(2, Duration::ZERO)) else {
        panic!("no lease")
    };
    assert_eq!((lease.epoch(), taken_over_from, network.now), (2, None, Duration::ZERO));
}

#[test]
fn busy_lease_names_holder() {
    for timeout in [Duration::ZERO, SECOND * 10] {
        let mut network = Network::default();
        network.acquire(1);
        let AcquireOutcome::Busy(lease) = network.run(&mut acquire(2, timeout)) else { panic!("not busy") };
        assert_eq!(lease.holder.expect("a holder").owner, "runner 1");
        assert_eq!(network.now, timeout);
    }
}

#[test]
fn one_of_two_acquires() {
    let mut network = Network::default();
    let (mut one, mut other) = (acquire(1, Duration::ZERO), acquire(2, Duration::ZERO));
    for _ in 0..2 {
        assert_eq!((network.step(&mut one), network.step(&mut other)), (None, None));
    }
    assert!(matches!(network.run(&mut one), AcquireOutcome::Acquired { .. }));
    let AcquireOutcome::Busy(lease) = network.run(&mut other) else { panic!("not busy") };
    assert_eq!(lease.holder.expect("a holder").owner, "runner 1");
}

#[test]
fn own_write_is_found_after_stale_read() {
    let mut network = Network::default();
    let lease = network.acquire(1);
    let oldest = network.read(&names().lease());
    network.release(&lease);
    let mut machine = acquire(2, Duration::MAX);
    // The write arrives, and its response is lost.
    network.with_faults(&[Fault::None, Fault::LostResponse]);
    assert_eq!((network.step(&mut machine), network.step(&mut machine)), (None, None));
    network.now += SECOND;
    // The read shows neither our write nor the version that it replaced.
    assert!(matches!(machine.next_step(network.now), NextStep::Send(StoreRequest::Get { .. })));
    machine.receive(StoreResponse::Got(Ok(oldest)), network.now, network.now);
    let AcquireOutcome::Acquired { lease, .. } = network.run(&mut machine) else { panic!("no lease") };
    assert_eq!((lease.epoch(), lease.stops_at()), (2, LEASE_TIME * 4 / 5));
    assert!(matches!(network.run(&mut lease.renewal(id())), WriteOutcome::Written { .. }));
}

#[test]
fn deleted_lease_continues_after_state() {
    use ajo_state::Bucket as _;
    use futures_util::FutureExt as _;

    let mut network = Network::default();
    for owner in 1..=3 {
        let (lease, _) = network.lock(owner);
        network.release(&lease);
    }
    network.store.delete(&names().lease()).now_or_never().expect("ready").expect("deleted");
    let (lease, fenced) = network.lock(4);
    assert_eq!((lease.epoch(), fenced.document.epoch), (4, 4));
}

#[test]
fn permanent_error_ends_at_once() {
    let mut network = Network::default();
    let outcome = network.with_faults(&[Fault::Denied]).run(&mut acquire(1, Duration::MAX));
    assert!(matches!(outcome, AcquireOutcome::Failed(error) if error.kind == BucketErrorKind::AccessDenied));
    assert_eq!((network.requests, network.now), (1, Duration::ZERO));
    // A network that stays away ends as well.
    let outcome = network.with_faults(&[Fault::LostRequest; 100]).run(&mut acquire(1, Duration::MAX));
    assert!(matches!(outcome, AcquireOutcome::Failed(error) if error.kind == BucketErrorKind::Network));
    let outcome = network.with_faults(&[Fault::LostRequest; 100]).run(&mut fence(&Network::default().acquire(1)));
    assert!(matches!(outcome, ajo_state::protocol::FenceOutcome::Failed(_)));
}

/// The lease of runner 1, changed.
fn changed_lease(change: impl FnOnce(&mut serde_json::Value)) -> Network {
    let mut network = Network::default();
    let mut document = serde_json::to_value(network.acquire(1).document()).expect("JSON");
    change(&mut document);
    network.overwrite(&names().lease(), document.to_string());
    network
}

#[test]
fn endless_lease_expires_after_an_hour() {
    let mut network = changed_lease(|lease| lease["leaseMs"] = u64::MAX.into());
    network.acquire(2);
    assert!(network.now >= MAX_LEASE_TIME && network.now < MAX_LEASE_TIME + SECOND * 2, "{:?}", network.now);

    // Its holder stops before, too.
    let mut network = Network::default();
    let mut document = network.acquire(1).document().clone();
    document.lease_ms = u64::MAX;
    assert_eq!(document.lease_time(), MAX_LEASE_TIME);
}

#[test]
fn invalid_leases_are_refused() {
    type Change = fn(&mut serde_json::Value);
    let changes: [(Change, &str); 7] = [
        (|lease| lease["epoch"] = u64::MAX.into(), "epoch 18446744073709551615 is too large"),
        (|lease| lease["epoch"] = (-1).into(), "invalid value"),
        (|lease| lease["leaseMs"] = "60".into(), "invalid type"),
        (|lease| lease["owner"] = "me".into(), "unknown field"),
        (|lease| lease["holder"] = serde_json::json!({ "owner": "me" }), "missing field"),
        (|lease| lease["holder"]["owner"] = "x".repeat(100_000).into(), "the limit is 65536"),
        (|lease| *lease = serde_json::json!([]), "invalid"),
    ];
    for (change, expected) in changes {
        let mut network = changed_lease(change);
        match network.run(&mut acquire(2, Duration::MAX)) {
            AcquireOutcome::Invalid(DocumentError::Malformed { message, .. }) => {
                assert!(message.contains(expected), "{message}");
            }
            outcome => panic!("{expected}: {outcome:?}"),
        }
    }
    let outcome = changed_lease(|lease| lease["version"] = 2.into()).run(&mut acquire(2, Duration::MAX));
    let error = DocumentError::UnsupportedVersion { name: names().lease(), found: 2, expected: 1 };
    assert_eq!(outcome, AcquireOutcome::Invalid(error));
}

#[test]
fn lease_without_lease_time_is_taken_at_once() {
    let mut network = changed_lease(|lease| lease["leaseMs"] = 0.into());
    assert_eq!(network.acquire(2).epoch(), 2);
    let document = LeaseDocument { lease_ms: 0, ..network.acquire(3).document().clone() };
    assert_eq!(document.lease_time(), Duration::ZERO);
}
