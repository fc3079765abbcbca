//! The store entry of a token, and its key.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use sha2::{Digest as _, Sha256};

use crate::json::{Json, MAX_DEPTH, parse, write_string};
use crate::parse::access_token::MAX_LIFETIME;
use crate::{AccessToken, Credentials, Endpoint, Secret, Timestamp};

/// Of the form below. A later form gets another number, so that older programs pass over it.
const VERSION: u32 = 1;

/// How far the clock of the machine that kept a token may be ahead of this one's. Chosen here.
const CLOCK_SKEW: Duration = Duration::from_secs(5 * 60);

/// Why an entry of a store is of no use. None shows what the entry holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// Rubbish, or of a version to come.
    #[error("the entry is not one of version {VERSION}")]
    Form,
    /// Its times contradict each other or the clock.
    #[error("the times in the entry make no sense")]
    Times,
    /// Its token could not be sent in a header.
    #[error("the token in the entry has characters that cannot be sent in a header")]
    Token,
}

/// The key that a store keeps the token of these credentials under: the digest (SHA-256, in hexadecimal) of the client id, the
/// scopes, the token host and the secrets. A secret cannot be found from it; other secrets have another key, so nobody gets a
/// token with a secret that is not the client's.
pub fn store_key(credentials: &Credentials, ims: &Endpoint) -> String {
    let mut scopes: Vec<&str> = Vec::new();
    for scope in credentials.scopes().iter() {
        // In order; of a few scopes, and in WebAssembly a sort is some kilobytes of code.
        scopes.insert(scopes.partition_point(|other| *other < scope), scope);
    }
    let secrets = credentials.secrets().iter().map(Secret::expose);
    let parts = [credentials.client_id().as_str(), ims.as_str()].into_iter().chain(scopes).chain(secrets);
    let mut digest = Sha256::new();
    for part in parts {
        // The length before each part: where one ends and the next begins is part of what is told apart.
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part.as_bytes());
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A token as a text to be kept.
pub fn encode_entry(token: &AccessToken) -> Secret {
    let expires_at = token.expires_at();
    let granted_at =
        expires_at.as_millis().saturating_sub(u64::try_from(token.lifetime().as_millis()).unwrap_or(u64::MAX));
    let mut quoted = String::new();
    write_string(&mut quoted, token.value().expose());
    let expires_at = expires_at.as_millis();
    Secret::new(format!(
        r#"{{"version":{VERSION},"accessToken":{quoted},"grantedAtMillis":{granted_at},"expiresAtMillis":{expires_at}}}"#
    ))
}

/// The token in such a text, whoever wrote it.
pub fn decode_entry(text: &Secret, now: Timestamp) -> Result<AccessToken, EntryError> {
    let entry = parse(text.expose().as_bytes(), MAX_DEPTH).map_err(|_| EntryError::Form)?;
    let number = |name: &str| Json::get(&entry, name).and_then(Json::as_u64).ok_or(EntryError::Form);
    let token = entry.str_at("accessToken").ok_or(EntryError::Form)?;
    if number("version")? != u64::from(VERSION) {
        return Err(EntryError::Form);
    }
    let granted_at = Timestamp::from_millis(number("grantedAtMillis")?);
    let lifetime = Timestamp::from_millis(number("expiresAtMillis")?).saturating_since(granted_at);
    if lifetime.is_zero() || lifetime > MAX_LIFETIME || granted_at > now.saturating_add(CLOCK_SKEW) {
        return Err(EntryError::Times);
    }
    AccessToken::new(Secret::new(token), granted_at, lifetime).ok_or(EntryError::Token)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn key(client_id: &str, secret: &str, scopes: &str, ims: &str) -> String {
        let credentials = Credentials::new(client_id, secret, "A1@AdobeOrg", scopes).expect("credentials");
        store_key(&credentials, &Endpoint::parse(ims).expect("an endpoint"))
    }

    #[test]
    fn a_token_is_read_back_as_it_was_kept() {
        let token = AccessToken::new(Secret::new("abc"), NOW, Duration::from_millis(86_399_123)).expect("a token");
        let read = decode_entry(&encode_entry(&token), NOW).expect("a token");
        assert_eq!(
            (read.value().expose(), read.expires_at(), read.lifetime()),
            ("abc", token.expires_at(), token.lifetime())
        );
    }

    #[test]
    fn rubbish_is_told_from_a_token() {
        let entry = |token: &str, version: u32, granted: u64, expires: u64| {
            Secret::new(format!(
                r#"{{"version":{version},"accessToken":{token:?},"grantedAtMillis":{granted},"expiresAtMillis":{expires}}}"#
            ))
        };
        let now = NOW.as_millis();
        let day = 86_400_000;
        let cases = [
            (Secret::new(""), EntryError::Form),
            (Secret::new("abc"), EntryError::Form),
            (Secret::new("{}"), EntryError::Form),
            (entry("abc", 2, now, now + day), EntryError::Form),
            (entry("abc", 1, now, now), EntryError::Times),
            (entry("abc", 1, now + day, now), EntryError::Times),
            (entry("abc", 1, now, now + 32 * day), EntryError::Times),
            (entry("abc", 1, 0, u64::MAX), EntryError::Times),
            (entry("abc", 1, now + 400_000, now + day), EntryError::Times),
            (entry("", 1, now, now + day), EntryError::Token),
            (entry("a\nb", 1, now, now + day), EntryError::Token),
        ];
        for (text, expected) in cases {
            assert_eq!(decode_entry(&text, NOW).err(), Some(expected), "{}", text.expose());
        }
        decode_entry(&entry("abc", 1, now, now + day), NOW).expect("the same form, in order");
    }

    #[test]
    fn whatever_tells_credentials_apart_is_in_the_key_and_the_order_of_scopes_is_not() {
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
