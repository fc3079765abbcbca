use std::time::Duration;

use ajo_state::protocol::{LeaseDocument, UnlockLease, UnlockOutcome, WriteOutcome};

use crate::support::{Fault, Network, id, ids, names};

fn unlock(epoch: u64) -> UnlockLease {
    UnlockLease::new(names().lease(), epoch, ids())
}

#[test]
fn unlock_excludes_holder() {
    for faults in [
        &[][..],
        &[Fault::LostRequest],
        &[Fault::None, Fault::LostRequest],
        &[Fault::None, Fault::LostResponse],
        &[Fault::None, Fault::FalseConflict],
        &[Fault::None, Fault::Unavailable],
    ] {
        let mut network = Network::default();
        let mut lease = network.acquire(1);
        let outcome = network.with_faults(faults).run(&mut unlock(1));
        assert!(
            matches!(&outcome, UnlockOutcome::Unlocked(holder) if holder.owner == "runner 1"),
            "{faults:?}: {outcome:?}"
        );
        let id = id();
        let outcome = network.run(&mut lease.renewal(id.clone()));
        lease.renewed(id, &outcome);
        assert!(lease.is_lost());
        let before = network.now;
        assert_eq!(network.acquire(2).epoch(), 2);
        assert_eq!(network.now, before, "nobody waits for the lease to expire");
    }
}

#[test]
fn unlock_refuses_another_epoch() {
    let mut network = Network::default();
    network.acquire(1);
    let before = network.read(&names().lease());
    for epoch in [0, 2, u64::MAX] {
        let outcome = network.run(&mut unlock(epoch));
        assert!(
            matches!(&outcome, UnlockOutcome::Refused(LeaseDocument { epoch: 1, holder: Some(_), .. })),
            "{outcome:?}"
        );
    }
    assert_eq!(network.read(&names().lease()), before);
}

#[test]
fn unlock_needs_a_holder() {
    let mut network = Network::default();
    assert_eq!(network.run(&mut unlock(1)), UnlockOutcome::NotHeld);
    let lease = network.acquire(1);
    network.release(&lease);
    assert_eq!(network.run(&mut unlock(1)), UnlockOutcome::NotHeld);
}

#[test]
fn unlock_succeeds_despite_renewal() {
    let mut network = Network::default();
    let lease = network.acquire(1);
    let mut unlock = unlock(1);
    assert_eq!(network.step(&mut unlock), None);
    let outcome = network.run(&mut lease.renewal(id()));
    assert!(matches!(outcome, WriteOutcome::Written { .. }));
    assert!(matches!(network.run(&mut unlock), UnlockOutcome::Unlocked(_)));
}

#[test]
fn unlock_refuses_holder_that_takes_over() {
    let mut network = Network::default();
    network.acquire(1);
    let mut unlock = unlock(1);
    assert_eq!(network.step(&mut unlock), None);
    network.other(Duration::ZERO).acquire(2);
    assert!(matches!(network.run(&mut unlock), UnlockOutcome::Refused(LeaseDocument { epoch: 2, .. })));
}

#[test]
fn unlock_reports_errors() {
    let mut network = Network::default();
    network.acquire(1);
    assert!(matches!(network.with_faults(&[Fault::Denied]).run(&mut unlock(1)), UnlockOutcome::Failed(_)));
    assert!(matches!(network.with_faults(&[Fault::None, Fault::Denied]).run(&mut unlock(1)), UnlockOutcome::Failed(_)));
    network.overwrite(&names().lease(), "{}");
    assert!(matches!(network.run(&mut unlock(1)), UnlockOutcome::Invalid(_)));
}
