//! Store entries of tokens and their keys.
//!
//! Limits in this module are ours unless a source is given.

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use sha2::{Digest as _, Sha256};

use crate::json::{JsonValue, MAX_DEPTH, parse, write_string};
use crate::parse::access_token::MAX_LIFETIME;
use crate::text::{concat, decimal, hexadecimal};
use crate::{AccessToken, BaseUrl, Credentials, Secret, Timestamp};

/// Version of the entry format. Programs ignore entries of other versions.
const VERSION: u64 = 1;

/// Maximum clock skew: how far ahead the clock of the machine that stored the token can be.
const CLOCK_SKEW: Duration = Duration::from_secs(5 * 60);

/// An unusable store entry. The messages do not show the content of the entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
pub enum TokenEntryError {
    /// Invalid JSON, or another version.
    InvalidFormat,
    /// The times contradict each other or the clock.
    InvalidTimes,
    InvalidToken,
}

impl TokenEntryError {
    pub const fn message(self) -> &'static str {
        match self {
            Self::InvalidFormat => "the entry does not have the format of version 1",
            Self::InvalidTimes => "the times in the entry are inconsistent",
            Self::InvalidToken => "the token in the entry has characters that cannot be sent in a header",
        }
    }
}

/// The store key of these credentials: a hexadecimal SHA-256 digest of the client id, the scopes, the token endpoint,
/// and the secrets. It does not reveal a secret. The secrets are part of it, so a wrong secret never finds a valid
/// token.
pub fn store_key(credentials: &Credentials, ims: &BaseUrl) -> String {
    let mut scopes: Vec<&str> = Vec::new();
    for scope in credentials.scopes().iter() {
        // An insertion sort: there are only a few scopes, and a library sort adds kilobytes to a WebAssembly build.
        scopes.insert(scopes.partition_point(|other| *other < scope), scope);
    }
    let secrets = credentials.secrets().iter().map(Secret::expose);
    let parts = [credentials.client_id().as_str(), ims.as_str()].into_iter().chain(scopes).chain(secrets);
    let mut digest = Sha256::new();
    for part in parts {
        // Each part is prefixed with its length, so that different parts never produce the same input.
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part.as_bytes());
    }
    digest.finalize().iter().map(|byte| hexadecimal((*byte).into(), 2)).collect()
}

/// Encodes a token as a store entry.
pub fn encode_entry(token: &AccessToken) -> Secret {
    let expires_at = token.expires_at();
    let issued_at =
        expires_at.as_millis().saturating_sub(u64::try_from(token.lifetime().as_millis()).unwrap_or(u64::MAX));
    let mut quoted = String::new();
    write_string(&mut quoted, token.value().expose());
    let expires_at = expires_at.as_millis();
    Secret::new(concat(&[
        r#"{"version":"#,
        &decimal(VERSION),
        r#","accessToken":"#,
        &quoted,
        r#","issuedAtMillis":"#,
        &decimal(issued_at),
        r#","expiresAtMillis":"#,
        &decimal(expires_at),
        "}",
    ]))
}

/// Decodes the token of a store entry. The entry is not trusted.
pub fn decode_entry(text: &Secret, now: Timestamp) -> Result<AccessToken, TokenEntryError> {
    let entry = parse(text.expose().as_bytes(), MAX_DEPTH).map_err(|_| TokenEntryError::InvalidFormat)?;
    let number =
        |name: &str| JsonValue::get(&entry, name).and_then(JsonValue::as_u64).ok_or(TokenEntryError::InvalidFormat);
    let token = entry.get_str("accessToken").ok_or(TokenEntryError::InvalidFormat)?;
    if number("version")? != VERSION {
        return Err(TokenEntryError::InvalidFormat);
    }
    let issued_at = Timestamp::from_millis(number("issuedAtMillis")?);
    let lifetime = Timestamp::from_millis(number("expiresAtMillis")?).saturating_since(issued_at);
    if lifetime.is_zero() || lifetime > MAX_LIFETIME || issued_at > now.saturating_add(CLOCK_SKEW) {
        return Err(TokenEntryError::InvalidTimes);
    }
    AccessToken::new(Secret::new(token), issued_at, lifetime).ok_or(TokenEntryError::InvalidToken)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn key(client_id: &str, secret: &str, scopes: &str, ims: &str) -> String {
        let credentials = Credentials::new(client_id, secret, "A1@AdobeOrg", scopes).expect("credentials");
        store_key(&credentials, &BaseUrl::parse(ims).expect("an endpoint"))
    }

    #[test]
    fn entry_round_trips() {
        let token = AccessToken::new(Secret::new("abc"), NOW, Duration::from_millis(86_399_123)).expect("a token");
        let read = decode_entry(&encode_entry(&token), NOW).expect("a token");
        assert_eq!(
            (read.value().expose(), read.expires_at(), read.lifetime()),
            ("abc", token.expires_at(), token.lifetime())
        );
    }

    #[test]
    fn invalid_entries_are_rejected() {
        let entry = |token: &str, version: u32, granted: u64, expires: u64| {
            Secret::new(format!(
                r#"{{"version":{version},"accessToken":{token:?},"issuedAtMillis":{granted},"expiresAtMillis":{expires}}}"#
            ))
        };
        let now = NOW.as_millis();
        let day = 86_400_000;
        let cases = [
            (Secret::new(""), TokenEntryError::InvalidFormat),
            (Secret::new("abc"), TokenEntryError::InvalidFormat),
            (Secret::new("{}"), TokenEntryError::InvalidFormat),
            (entry("abc", 2, now, now + day), TokenEntryError::InvalidFormat),
            (entry("abc", 1, now, now), TokenEntryError::InvalidTimes),
            (entry("abc", 1, now + day, now), TokenEntryError::InvalidTimes),
            (entry("abc", 1, now, now + 32 * day), TokenEntryError::InvalidTimes),
            (entry("abc", 1, 0, u64::MAX), TokenEntryError::InvalidTimes),
            (entry("abc", 1, now + 400_000, now + day), TokenEntryError::InvalidTimes),
            (entry("", 1, now, now + day), TokenEntryError::InvalidToken),
            (entry("a\nb", 1, now, now + day), TokenEntryError::InvalidToken),
        ];
        for (text, expected) in cases {
            assert_eq!(decode_entry(&text, NOW).err(), Some(expected), "{}", text.expose());
        }
        decode_entry(&entry("abc", 1, now, now + day), NOW).expect("a valid entry");
    }

    #[test]
    fn key_ignores_only_the_scope_order() {
        let one = key("client", "s3cr3t", "a,b", "https://a.example");
        assert_eq!(key("client", "s3cr3t", "b,a", "https://a.example"), one);
        for other in [
            key("client2", "s3cr3t", "a,b", "https://a.example"),
            key("client", "s3cr3t2", "a,b", "https://a.example"),
            key("client", "s3cr3t", "a,c", "https://a.example"),
            key("client", "s3cr3t", "ab", "https://a.example"),
            key("client", "bs3cr3t", "a", "https://a.example"),
            key("client", "s3cr3t", "a,b", "https://b.example"),
        ] {
            assert_ne!(other, one);
        }
        assert!(!one.contains("s3cr3t"));
    }
}
