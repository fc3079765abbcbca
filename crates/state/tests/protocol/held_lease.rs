use std::time::Duration;

use ajo_state::protocol::{LeaseDocument, RequestPermit, WriteOutcome};

use crate::support::{Fault, LEASE_TIME, Network, id, names};

const SECOND: Duration = Duration::from_secs(1);

/// A network whose clock does not begin at zero.
fn network() -> Network {
    Network { now: SECOND * 1000, ..Network::default() }
}

#[test]
fn permit_depends_on_last_renewal() {
    let mut lease = network().acquire(1);
    let start = SECOND * 1000;
    assert_eq!(lease.permit(start), RequestPermit::Until(start + SECOND * 48));
    assert_eq!(lease.permit(start + Duration::from_nanos(14_999_999_999)), RequestPermit::Until(lease.stops_at()));
    assert_eq!(lease.permit(start + SECOND * 15), RequestPermit::RenewFirst);
    assert_eq!(lease.permit(start + Duration::from_nanos(47_999_999_999)), RequestPermit::RenewFirst);
    assert_eq!(lease.permit(start + SECOND * 48), RequestPermit::Lost);
    assert!(lease.is_lost());
}

#[test]
fn expired_lease_stays_lost() {
    let mut network = network();
    let mut lease = network.acquire(1);
    assert_eq!(lease.permit(lease.stops_at()), RequestPermit::Lost);
    let id = id();
    let outcome = network.run(&mut lease.renewal(id.clone()));
    assert!(matches!(outcome, WriteOutcome::Written { .. }));
    lease.renewed(id, &outcome);
    assert_eq!(lease.permit(network.now), RequestPermit::Lost);
}

#[test]
fn renewal_counts_from_first_request() {
    let mut network = network();
    let mut lease = network.acquire(1);
    network.now += SECOND * 15;
    let renewed_at = network.now;
    network.latency = SECOND * 5;
    let id = id();
    let outcome =
        network.with_faults(&[Fault::LostRequest, Fault::None, Fault::None]).run(&mut lease.renewal(id.clone()));
    lease.renewed(id, &outcome);
    assert!(network.now >= renewed_at + SECOND * 15);
    assert_eq!(lease.stops_at(), renewed_at + SECOND * 48);
}

#[test]
fn late_response_extends_lease_from_its_start() {
    let mut network = network();
    let mut lease = network.acquire(1);
    network.now += SECOND * 40;
    network.latency = SECOND * 40;
    let (id, start) = (id(), network.now);
    let outcome = network.run(&mut lease.renewal(id.clone()));
    // The response arrives after the old deadline, and before the new one.
    lease.renewed(id, &outcome);
    assert_eq!(lease.permit(network.now), RequestPermit::RenewFirst);
    assert_eq!(lease.permit(start + SECOND * 48), RequestPermit::Lost);
}

#[test]
fn unknown_renewal_is_not_another_holder() {
    for first in [Fault::LostResponse, Fault::LostRequest] {
        let mut network = network();
        let mut lease = network.acquire(1);
        let unknown = id();
        let faults = [&[first][..], &[Fault::LostRequest; 5]].concat();
        let outcome = network.with_faults(&faults).run(&mut lease.renewal(unknown.clone()));
        assert!(matches!(outcome, WriteOutcome::Unknown(_)), "{outcome:?}");
        lease.renewed(unknown, &outcome);
        let stops_at = lease.stops_at();

        let second = id();
        let outcome = network.run(&mut lease.renewal(second.clone()));
        lease.renewed(second, &outcome);
        assert!(!lease.is_lost(), "{first:?}: {outcome:?}");
        if first == Fault::LostResponse {
            // It is not clear when it was written.
            assert_eq!(lease.stops_at(), stops_at);
            let third = id();
            let outcome = network.run(&mut lease.renewal(third.clone()));
            lease.renewed(third, &outcome);
        }
        assert_eq!(lease.stops_at(), network.now + SECOND * 48);
    }
}

#[test]
fn renewal_after_takeover_loses_lease() {
    let mut network = network();
    let mut lease = network.acquire(1);
    let mut other = network.other(SECOND);
    let taken = other.acquire(2);
    assert_eq!((lease.epoch(), taken.epoch()), (1, 2));
    assert!(other.now >= SECOND + LEASE_TIME, "it waits for a full lease time: {:?}", other.now);
    let id = id();
    let outcome = network.run(&mut lease.renewal(id.clone()));
    lease.renewed(id, &outcome);
    assert_eq!(lease.permit(network.now), RequestPermit::Lost);
    assert!(matches!(network.run(&mut lease.release(crate::support::id())), WriteOutcome::Superseded(Some(_))));
}

#[test]
fn release_keeps_epoch() {
    let mut network = network();
    let lease = network.acquire(1);
    network.release(&lease);
    let name = names().lease();
    let document = LeaseDocument::parse(&name, &network.read(&name).expect("it is never deleted").content);
    let document = document.expect("a lease");
    assert_eq!((document.epoch, document.holder), (1, None));
    assert_eq!(network.acquire(2).epoch(), 2);
}
