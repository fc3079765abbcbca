//! The issued tokens.

use std::collections::BTreeMap;

use ajo_engine::{Scopes, Timestamp};

#[derive(Clone, Debug)]
pub(crate) struct TokenGrant {
    pub(crate) client_id: String,
    pub(crate) scopes: Scopes,
    pub(crate) expires_at: Timestamp,
}

/// The issued tokens, valid or recently expired.
#[derive(Debug, Default)]
pub(crate) struct IssuedTokens {
    grants: BTreeMap<String, TokenGrant>,
}

impl IssuedTokens {
    pub(crate) fn get(&self, token: &str) -> Option<&TokenGrant> {
        self.grants.get(token)
    }

    pub(crate) fn len(&self) -> usize {
        self.grants.len()
    }

    pub(crate) fn clear(&mut self) {
        self.grants.clear();
    }

    /// Removes the tokens of these clients.
    pub(crate) fn revoke(&mut self, is_revoked: impl Fn(&str) -> bool) {
        self.grants.retain(|_, grant| !is_revoked(&grant.client_id));
    }

    /// Stores a token. At the limit, it drops the token that expires first.
    pub(crate) fn insert(&mut self, token: String, grant: TokenGrant, max: usize) {
        if self.grants.len() >= max {
            let first = self.grants.iter().min_by_key(|(_, grant)| grant.expires_at).map(|(token, _)| token.clone());
            if let Some(first) = first {
                self.grants.remove(&first);
            }
        }
        self.grants.insert(token, grant);
    }
}
