//! A lease that this process holds: how long it may act, and when it must renew.

use std::time::Duration;

use super::write_id::write_id_of;
use super::{ConditionalWrite, LeaseDocument, WriteId, WriteOutcome};
use crate::{ObjectVersion, PutCondition};

/// The lease as its holder knows it. Times are readings of the holder's monotonic clock.
///
/// Others take over when the lease has not changed for a full lease time. The holder stops earlier, by a margin of a fifth, and
/// counts from the start of its last successful renewal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HeldLease {
    name: String,
    document: LeaseDocument,
    version: ObjectVersion,
    /// The start of the last successful renewal.
    renewed_at: Duration,
    /// Renewals that may have been written.
    unresolved: Vec<WriteId>,
    is_lost: bool,
}

/// Whether the holder may send a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RequestPermit {
    /// Before this time.
    Until(Duration),
    /// After the lease was renewed: the last renewal is a quarter of the lease time ago.
    RenewFirst,
    /// Never again.
    Lost,
}

impl HeldLease {
    pub(super) const fn new(
        name: String,
        document: LeaseDocument,
        version: ObjectVersion,
        renewed_at: Duration,
    ) -> Self {
        Self { name, document, version, renewed_at, unresolved: Vec::new(), is_lost: false }
    }

    pub const fn epoch(&self) -> u64 {
        self.document.epoch
    }

    pub const fn document(&self) -> &LeaseDocument {
        &self.document
    }

    pub const fn is_lost(&self) -> bool {
        self.is_lost
    }

    /// Records that someone else has taken the lease: the store rejected a write of this epoch.
    pub const fn mark_lost(&mut self) {
        self.is_lost = true;
    }

    /// When to renew.
    pub fn renew_at(&self) -> Duration {
        self.renewed_at + self.document.lease_time() / 4
    }

    /// From when on nothing may be sent, unless the lease is renewed before.
    pub fn stops_at(&self) -> Duration {
        self.renewed_at + self.document.lease_time() * 4 / 5
    }

    /// Whether a request may be sent at `now`. A lease that has expired stays lost, even if nobody has taken it.
    pub fn permit(&mut self, now: Duration) -> RequestPermit {
        self.is_lost |= now >= self.stops_at();
        if self.is_lost {
            RequestPermit::Lost
        } else if now >= self.renew_at() {
            RequestPermit::RenewFirst
        } else {
            RequestPermit::Until(self.stops_at())
        }
    }

    /// The write that renews the lease.
    pub fn renewal(&self, write_id: WriteId) -> ConditionalWrite {
        self.update(LeaseDocument { write_id, ..self.document.clone() })
    }

    /// The write that releases the lease. The epoch stays.
    pub fn release(&self, write_id: WriteId) -> ConditionalWrite {
        self.update(LeaseDocument { write_id, holder: None, ..self.document.clone() })
    }

    fn update(&self, document: LeaseDocument) -> ConditionalWrite {
        let condition = PutCondition::Version(self.version.clone());
        ConditionalWrite::new(self.name.clone(), document.to_bytes(), document.write_id, condition)
    }

    /// Records the result of the renewal with this id. Without a result, the lease ends when it expires.
    pub fn renewed(&mut self, write_id: WriteId, outcome: &WriteOutcome) {
        match outcome {
            WriteOutcome::Written { version, sent_at } => {
                self.version = version.clone();
                self.document.write_id = write_id;
                self.renewed_at = *sent_at;
                self.unresolved.clear();
            }
            WriteOutcome::Superseded(found) => {
                let found = found.as_ref().and_then(|object| Some((write_id_of(&object.content)?, &object.version)));
                match found {
                    // An earlier renewal was written after all. When is unclear, so it does not extend the lease.
                    Some((id, version)) if self.unresolved.contains(&id) => self.version = version.clone(),
                    _ => self.is_lost = true,
                }
            }
            WriteOutcome::Unknown(_) => self.unresolved.push(write_id),
            WriteOutcome::Rejected(_) => {}
        }
    }
}
