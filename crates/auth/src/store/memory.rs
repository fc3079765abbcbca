//! Tokens shared within a process.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{StoreFuture, TokenStore};
use crate::Secret;

/// Shares tokens between the clients of one process that are not clones of each other.
#[derive(Default)]
pub struct MemoryStore {
    kept: Mutex<BTreeMap<String, Kept>>,
    locks: Mutex<BTreeMap<String, Lock>>,
}

struct Lock {
    ticket: String,
    until: Option<Instant>,
}

struct Kept {
    text: Secret,
    until: Option<Instant>,
}

impl MemoryStore {
    fn kept(&self) -> MutexGuard<'_, BTreeMap<String, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn is_over(&self) -> bool {
        self.until.is_some_and(|until| until <= Instant::now())
    }
}

impl TokenStore for MemoryStore {
    fn get<'s>(&'s self, key: &'s str) -> StoreFuture<'s, Option<Secret>> {
        let found = self.kept().get(key).filter(|kept| !kept.is_over()).map(|kept| kept.text.clone());
        Box::pin(async { Ok(found) })
    }

    fn set<'s>(&'s self, key: &'s str, text: &'s Secret, lifetime: Duration) -> StoreFuture<'s, ()> {
        let mut kept = self.kept();
        // So that the tokens of credentials that have been replaced do not pile up.
        kept.retain(|_, kept| !kept.is_over());
        kept.insert(key.to_owned(), Kept { text: text.clone(), until: Instant::now().checked_add(lifetime) });
        Box::pin(async { Ok(()) })
    }

    fn remove<'s>(&'s self, key: &'s str) -> StoreFuture<'s, ()> {
        self.kept().remove(key);
        Box::pin(async { Ok(()) })
    }

    fn locks(&self) -> bool {
        true
    }

    fn lock<'s>(&'s self, key: &'s str, lease: Duration) -> StoreFuture<'s, Option<String>> {
        let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
        let is_held = locks.get(key).is_some_and(|lock| lock.until.is_none_or(|until| Instant::now() < until));
        let ticket = (!is_held).then(|| format!("{:032x}", fastrand::u128(..)));
        if let Some(ticket) = &ticket {
            let until = Instant::now().checked_add(lease);
            locks.insert(key.to_owned(), Lock { ticket: ticket.clone(), until });
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
        f.debug_struct("MemoryStore").field("entries", &self.kept().len()).finish()
    }
}
