//! A token store in memory, shared within a process.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{StoreFuture, TokenStore};
use crate::{Secret, StoreLocks};

/// Shares tokens between clients of one process that are not clones of each other.
#[derive(Default)]
pub struct MemoryStore {
    entries: Mutex<BTreeMap<String, MemoryEntry>>,
    locks: Mutex<BTreeMap<String, MemoryLock>>,
}

struct MemoryLock {
    ticket: String,
    until: Option<Instant>,
}

struct MemoryEntry {
    value: Secret,
    until: Option<Instant>,
}

impl MemoryStore {
    fn entries(&self) -> MutexGuard<'_, BTreeMap<String, MemoryEntry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MemoryEntry {
    fn is_expired(&self) -> bool {
        self.until.is_some_and(|until| until <= Instant::now())
    }
}

impl TokenStore for MemoryStore {
    fn get<'s>(&'s self, key: &'s str) -> StoreFuture<'s, Option<Secret>> {
        let found = self.entries().get(key).filter(|entry| !entry.is_expired()).map(|entry| entry.value.clone());
        Box::pin(async { Ok(found) })
    }

    fn set<'s>(&'s self, key: &'s str, value: &'s Secret, lifetime: Duration) -> StoreFuture<'s, ()> {
        let mut entries = self.entries();
        // Removes the expired tokens of replaced credentials.
        entries.retain(|_, entry| !entry.is_expired());
        entries
            .insert(key.to_owned(), MemoryEntry { value: value.clone(), until: Instant::now().checked_add(lifetime) });
        Box::pin(async { Ok(()) })
    }

    fn remove<'s>(&'s self, key: &'s str) -> StoreFuture<'s, ()> {
        self.entries().remove(key);
        Box::pin(async { Ok(()) })
    }

    fn locks(&self) -> StoreLocks {
        StoreLocks::Expiring
    }

    fn lock<'s>(&'s self, key: &'s str, lease: Duration) -> StoreFuture<'s, Option<String>> {
        let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
        let is_held = locks.get(key).is_some_and(|lock| lock.until.is_none_or(|until| Instant::now() < until));
        let ticket = (!is_held).then(|| format!("{:032x}", fastrand::u128(..)));
        if let Some(ticket) = &ticket {
            let until = Instant::now().checked_add(lease);
            locks.insert(key.to_owned(), MemoryLock { ticket: ticket.clone(), until });
        }
        Box::pin(async { Ok(ticket) })
    }

    fn unlock<'s>(&'s self, key: &'s str, ticket: &'s str) -> StoreFuture<'s, ()> {
        let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
        if locks.get(key).is_some_and(|lock| lock.ticket == ticket) {
            locks.remove(key);
        }
        Box::pin(async { Ok(()) })
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").field("entries", &self.entries().len()).finish()
    }
}
