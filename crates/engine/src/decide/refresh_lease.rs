//! The lease that lets one caller fetch a token.

use core::time::Duration;

/// A lease for runtimes that can kill a call without dropping it, as Workers do when a request ends. A healthy token endpoint
/// responds faster.
pub const SHORT_LEASE_DURATION: Duration = Duration::from_secs(3);

/// How often to look whether the lease is free in runtimes where one call cannot wake another, as in Workers. It is much shorter
/// than a token request.
pub const RELEASE_POLL_INTERVAL: Duration = Duration::from_millis(20);

/// Lets one caller fetch a token while the others wait.
///
/// The lease expires, so a caller that is killed before it releases the lease does not block the others forever.
#[derive(Debug, Default)]
pub struct RefreshLease {
    holder: Option<LeaseHolder>,
    last_ticket: u64,
}

#[derive(Debug)]
struct LeaseHolder {
    ticket: u64,
    expires_at: Duration,
}

impl RefreshLease {
    /// Acquires the lease for at most `length` if it is free, and returns the ticket for [`RefreshLease::release`].
    /// `now` is the time on a monotonic clock.
    pub fn acquire(&mut self, now: Duration, length: Duration) -> Option<u64> {
        if self.holder.as_ref().is_some_and(|holder| now < holder.expires_at) {
            return None;
        }
        self.last_ticket += 1;
        self.holder = Some(LeaseHolder { ticket: self.last_ticket, expires_at: now.saturating_add(length) });
        Some(self.last_ticket)
    }

    /// Releases the lease, unless it has expired and another caller holds it.
    pub fn release(&mut self, ticket: u64) {
        if self.holder.as_ref().is_some_and(|holder| holder.ticket == ticket) {
            self.holder = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LENGTH: Duration = Duration::from_secs(5);

    #[test]
    fn lease_has_one_holder() {
        let mut lease = RefreshLease::default();
        let first = lease.acquire(Duration::ZERO, LENGTH).expect("free");
        assert_eq!(lease.acquire(Duration::from_millis(4999), LENGTH), None);
        lease.release(first);
        assert!(lease.acquire(Duration::from_millis(4999), LENGTH).is_some());
    }

    #[test]
    fn expired_ticket_releases_nothing() {
        let mut lease = RefreshLease::default();
        let expired = lease.acquire(Duration::ZERO, LENGTH).expect("free");
        let second = lease.acquire(LENGTH, LENGTH).expect("the first lease has expired");
        lease.release(expired);
        assert_eq!(lease.acquire(LENGTH, LENGTH), None);
        lease.release(second);
        assert!(lease.acquire(LENGTH, LENGTH).is_some());
    }
}
