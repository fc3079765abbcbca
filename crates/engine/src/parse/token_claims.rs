//! The claims of Adobe's access tokens, which are JWTs.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use core::time::Duration;

use crate::json::{JsonValue, MAX_DEPTH, parse};
use crate::parse::base64::decode_base64;
use crate::{Secret, Timestamp};

/// The claims of an access token. Only the service can verify the signature, so they are for display and early errors.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenClaims {
    pub client_id: Option<String>,
    /// The organization, if the token names one.
    pub org_id: Option<String>,
    /// Comma-separated scopes.
    pub scopes: Option<String>,
    pub created_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
}

impl TokenClaims {
    /// Parses the claims; `None` if the token is not a JWT.
    pub fn parse(token: &Secret) -> Option<Self> {
        let mut parts = token.expose().split('.');
        let (Some(_), Some(claims), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return None;
        };
        let claims = decode_base64(claims)?;
        let claims = parse(&claims, MAX_DEPTH).ok()?;
        claims.as_object()?;
        let text = |names: &[&str]| names.iter().find_map(|name| claims.get_str(name)).map(str::to_owned);
        // Adobe writes numbers as strings.
        let number = |name: &str| {
            let value = claims.get(name)?;
            value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
        };
        let created_at = number("created_at").map(Timestamp::from_millis);
        let lifetime = number("expires_in").map(Duration::from_millis);
        let expires_at = match (created_at, lifetime) {
            (Some(created_at), Some(lifetime)) => Some(created_at.saturating_add(lifetime)),
            // The claim of RFC 7519, in seconds.
            _ => number("exp").map(|seconds| Timestamp::from_millis(seconds.saturating_mul(1000))),
        };
        Some(Self {
            client_id: text(&["client_id", "azp"]),
            org_id: text(&["org", "org_id", "ims_org_id"]),
            scopes: text(&["scope", "scopes"]),
            created_at,
            expires_at,
        })
    }

    /// Whether the token has expired; `false` if it does not name its expiry.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|expires_at| expires_at <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The claims `{"client_id":"c1","created_at":"1000","expires_in":"86400000","scope":"openid,AdobeID"}`.
    const TOKEN: &str = "eyJhbGciOiJub25lIn0.eyJjbGllbnRfaWQiOiJjMSIsImNyZWF0ZWRfYXQiOiIxMDAwIiwiZXhwaXJlc19pbiI6Ijg2NDAwMDAwIiwic2NvcGUiOiJvcGVuaWQsQWRvYmVJRCJ9.c2ln";

    #[test]
    fn claims_are_in_milliseconds() {
        let claims = TokenClaims::parse(&Secret::new(TOKEN)).expect("claims");
        assert_eq!(claims.client_id.as_deref(), Some("c1"));
        assert_eq!(claims.scopes.as_deref(), Some("openid,AdobeID"));
        let expires_at = Timestamp::from_millis(86_401_000);
        assert_eq!(claims.expires_at, Some(expires_at));
        assert!(claims.is_expired(expires_at) && !claims.is_expired(Timestamp::from_millis(86_400_999)));
    }

    #[test]
    fn standard_expiry_is_in_seconds() {
        // {"exp":2000}
        let claims = TokenClaims::parse(&Secret::new("eyJhIjoxfQ.eyJleHAiOjIwMDB9.x")).expect("claims");
        assert_eq!(claims.expires_at, Some(Timestamp::from_millis(2_000_000)));
    }

    #[test]
    fn opaque_token_has_no_claims() {
        for token in ["", "opaque", "a.b", "a.b.c", "a.e30", "..", "a.e30.c.d", "eyJhIjoxfQ.W10.x"] {
            assert_eq!(TokenClaims::parse(&Secret::new(token)), None, "{token}");
        }
    }
}
