//! The tokens that were granted.

use std::collections::BTreeMap;

use ajo_engine::{Scopes, Timestamp};

/// A token that was granted.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) client_id: String,
    pub(crate) scopes: Scopes,
    pub(crate) expires_at: Timestamp,
}

/// The tokens that are valid, or were until a moment ago.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    grants: BTreeMap<String, Grant>,
}

impl Tokens {
    pub(crate) fn get(&self, token: &str) -> Option<&Grant> {
        self.grants.get(token)
    }

    pub(crate) fn len(&self) -> usize {
        self.grants.len()
    }

    pub(crate) fn clear(&mut self) {
        self.grants.clear();
    }

    /// Forgets those of one client.
    pub(crate) fn revoke(&mut self, client_id: &str) {
        self.grants.retain(|_, grant| grant.client_id != client_id);
    }

    /// Keeps a token. Where there are too many, the one that ends first makes room.
    pub(crate) fn keep(&mut self, token: String, grant: Grant, most: usize) {
        if self.grants.len() >= most {
            let first = self.grants.iter().min_by_key(|(_, grant)| grant.expires_at).map(|(token, _)| token.clone());
            if let Some(first) = first {
                self.grants.remove(&first);
            }
        }
        self.grants.insert(token, grant);
    }
}
