//! HMACs of secrets.

use std::fmt;
use std::str::FromStr;

use ajo_engine::Secret;
use hmac::{Hmac, KeyInit as _, Mac as _};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::Sha256;

use super::placeholders::decode_percent;

/// The random salt of an entry, so that equal values in two entries have different HMACs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecretSalt([u8; 16]);

/// The HMAC-SHA-256 of a secret's name and value with the salt as the key, written as `hmac-sha256:SALT:HMAC` in hexadecimal.
///
/// ```
/// use ajo_engine::Secret;
/// use ajo_limits::{SecretHmac, SecretHmacError, SecretSalt};
///
/// let salt = SecretSalt::new([7; 16]);
/// let hmac = SecretHmac::compute(salt, "TOKEN", &Secret::new("0123456789abcdef"));
/// assert!(hmac.to_string().starts_with("hmac-sha256:07070707070707070707070707070707:"));
/// assert_eq!(hmac.to_string().parse(), Ok(hmac.clone()));
/// assert_ne!(hmac, SecretHmac::compute(salt, "TOKEN", &Secret::new("0123456789abcdeF")));
/// assert_eq!("hmac-sha256:07:08".parse::<SecretHmac>(), Err(SecretHmacError));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretHmac {
    salt: SecretSalt,
    mac: [u8; 32],
}

/// A text that is not an HMAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an HMAC is `hmac-sha256:`, 32 hexadecimal digits, `:`, and 64 hexadecimal digits")]
pub struct SecretHmacError;

impl SecretSalt {
    /// A salt of these random bytes.
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl SecretHmac {
    /// Computes the HMAC. The spelling of percent-encoding does not matter.
    ///
    /// # Panics
    ///
    /// Never: HMAC accepts keys of any length.
    pub fn compute(salt: SecretSalt, name: &str, value: &Secret) -> Self {
        let mut mac = Hmac::<Sha256>::new_from_slice(&salt.0).expect("any length");
        mac.update(name.as_bytes());
        mac.update(&[0]);
        mac.update(&decode_percent(value.expose()));
        Self { salt, mac: mac.finalize().into_bytes().into() }
    }

    pub(crate) const fn salt(&self) -> SecretSalt {
        self.salt
    }
}

impl fmt::Display for SecretHmac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("hmac-sha256:")?;
        self.salt.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(":")?;
        self.mac.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for SecretHmac {
    type Err = SecretHmacError;

    fn from_str(text: &str) -> Result<Self, SecretHmacError> {
        let parts = text.strip_prefix("hmac-sha256:").and_then(|text| text.split_once(':'));
        let parsed = parts.and_then(|(salt, mac)| Some((parse_hex(salt)?, parse_hex(mac)?)));
        parsed.map(|(salt, mac)| Self { salt: SecretSalt(salt), mac }).ok_or(SecretHmacError)
    }
}

fn parse_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != 2 * N || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let bytes: Option<Vec<u8>> =
        (0..N).map(|index| u8::from_str_radix(&text[2 * index..2 * index + 2], 16).ok()).collect();
    bytes?.try_into().ok()
}

impl Serialize for SecretHmac {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SecretHmac {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl JsonSchema for SecretHmac {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "SecretHmac".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({
            "description": "The HMAC-SHA-256 of a secret's name and value, after its salt.",
            "type": "string",
            "pattern": "^hmac-sha256:[0-9a-f]{32}:[0-9a-f]{64}$",
        })
    }
}
