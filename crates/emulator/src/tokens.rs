//! The tokens that were granted.

use std::collections::BTreeMap;
use std::time::Duration;

use ajo_auth::{Scopes, Timestamp};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::json;

use crate::answer::text;

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

/// A token in the shape of a JWT, with the claims that Adobe's have. `created_at` and `expires_in` are milliseconds as text
/// (documented); the other claims are observed in decoded tokens. Its signature is by chance: nobody can check it.
pub(crate) fn shaped(grant: &Grant, now: Timestamp, lifetime: Duration, random: &mut fastrand::Rng) -> String {
    let part = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let header = json!({"alg": "RS256", "typ": "JWT", "kid": "emulator", "itt": "at"});
    let claims = json!({
        "id": format!("{:016x}", random.u64(..)),
        "type": "access_token",
        "client_id": grant.client_id,
        "scope": grant.scopes.to_string(),
        "created_at": now.as_millis().to_string(),
        "expires_in": lifetime.as_millis().to_string(),
    });
    let mut signature = [0; 64];
    random.fill(&mut signature);
    format!("{}.{}.{}", part(text(&header).as_bytes()), part(text(&claims).as_bytes()), part(&signature))
}
