//! The claims of an access token. They are not verified: only the service can do that.

use std::time::Duration;

use ajo_auth::Timestamp;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;

/// The claims of Adobe's access tokens.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct TokenClaims {
    pub(crate) client_id: Option<String>,
    pub(crate) org_id: Option<String>,
    pub(crate) scopes: Vec<String>,
    pub(crate) expires_at: Option<Timestamp>,
}

impl TokenClaims {
    /// Reads the claims. `None` if the token is not a JWT.
    pub(crate) fn parse(token: &str) -> Option<Self> {
        let mut parts = token.split('.');
        let (Some(_), Some(payload), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return None;
        };
        let payload = BASE64_URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
        let claims: Value = serde_json::from_slice(&payload).ok()?;
        claims.as_object()?;
        let text = |name: &str| claims[name].as_str().map(str::to_owned);
        let scopes = claims["scope"].as_str().unwrap_or_default();
        Some(Self {
            client_id: text("client_id"),
            org_id: ["org", "org_id", "ims_org_id"].into_iter().find_map(text),
            scopes: scopes
                .split(|separator: char| separator == ',' || separator.is_whitespace())
                .filter(|scope| !scope.is_empty())
                .map(str::to_owned)
                .collect(),
            expires_at: expiry(&claims),
        })
    }
}

/// Adobe's tokens have `created_at` and `expires_in`, in milliseconds and as strings. Others have `exp` in seconds (RFC 7519).
fn expiry(claims: &Value) -> Option<Timestamp> {
    let number = |name: &str| claims[name].as_u64().or_else(|| claims[name].as_str()?.trim().parse().ok());
    match (number("created_at"), number("expires_in")) {
        (Some(created), Some(lifetime)) => {
            Some(Timestamp::from_millis(created).saturating_add(Duration::from_millis(lifetime)))
        }
        _ => Some(Timestamp::from_millis(number("exp")?.saturating_mul(1000))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(claims: &str) -> String {
        format!("e30.{}.sig", BASE64_URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn adobe_claims_are_milliseconds() {
        let claims = TokenClaims::parse(&token(
            r#"{"client_id":"c","scope":"openid,AdobeID","created_at":"1700000000000","expires_in":"86400000","org":"A@AdobeOrg"}"#,
        ))
        .expect("claims");
        assert_eq!(claims.expires_at, Some(Timestamp::from_millis(1_700_086_400_000)));
        assert_eq!((claims.client_id.as_deref(), claims.org_id.as_deref()), (Some("c"), Some("A@AdobeOrg")));
        assert_eq!(claims.scopes, ["openid", "AdobeID"]);
    }

    #[test]
    fn other_tokens_have_few_claims() {
        let claims = TokenClaims::parse(&token(r#"{"exp":1700000000,"scope":"a b"}"#)).expect("claims");
        assert_eq!((claims.expires_at, claims.scopes.len()), (Some(Timestamp::from_millis(1_700_000_000_000)), 2));
        assert_eq!(TokenClaims::parse(&token("{}")), Some(TokenClaims::default()));
        for opaque in ["", "opaque", "a.b", "a.!.c", "a.e30.c.d", "e30.W10.sig"] {
            assert_eq!(TokenClaims::parse(opaque), None, "{opaque}");
        }
    }
}
