//! Access tokens as strings.

use std::time::Duration;

use ajo_engine::Timestamp;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::json;

use crate::api::response::to_json_string;
use crate::state::tokens::TokenGrant;

/// Encodes a token like Adobe's JWTs. `created_at` and `expires_in` are milliseconds as strings (documented); the other
/// claims are taken from decoded tokens. The signature is random: nobody can check it.
pub(crate) fn encode(grant: &TokenGrant, now: Timestamp, lifetime: Duration, random: &mut fastrand::Rng) -> String {
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
    format!(
        "{}.{}.{}",
        part(to_json_string(&header).as_bytes()),
        part(to_json_string(&claims).as_bytes()),
        part(&signature)
    )
}
