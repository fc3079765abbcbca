//! Digests of serializable values.

use std::fmt;
use std::io;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

// Digests are part of state files and saved plans, so the field order of digested types is part of those formats. Digested
// JSON objects must be sorted: their order depends on a `serde_json` feature that any dependency may enable.
/// The SHA-256 digest of a value's compact JSON, written as `sha256:` and 64 hexadecimal digits.
///
/// ```
/// use ajo_limits::Digest;
///
/// assert_eq!(Digest::compute(&"a"), Digest::compute(&"a"));
/// assert_ne!(Digest::compute(&"a"), Digest::compute(&"b"));
/// assert!(Digest::compute(&"a").as_str().starts_with("sha256:"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Digest(#[schemars(regex(pattern = r"^sha256:[0-9a-f]{64}$"))] String);

impl Digest {
    /// Computes the digest of a value.
    ///
    /// # Panics
    ///
    /// Never for the types of this crate, which contain only strings, numbers, and lists.
    pub fn compute(value: &impl Serialize) -> Self {
        let mut hash = HashWriter(Sha256::new());
        serde_json::to_writer(&mut hash, value).expect("strings, numbers, and lists");
        let mut text = String::with_capacity(71);
        text.push_str("sha256:");
        for byte in hash.0.finalize() {
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from_digit(digit.into(), 16).unwrap_or('0'));
            }
        }
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that is not a SHA-256 digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a digest is `sha256:` and 64 hexadecimal digits")]
pub struct DigestError;

/// Accepts upper case, and digests without `sha256:`.
///
/// ```
/// use ajo_limits::{Digest, DigestError};
///
/// let digest = Digest::compute(&"a");
/// let hex = digest.as_str().strip_prefix("sha256:").expect("the prefix");
/// assert_eq!(hex.to_uppercase().parse(), Ok(digest));
/// assert_eq!("".parse::<Digest>(), Err(DigestError));
/// ```
impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        let text = text.trim().to_ascii_lowercase();
        let hex = text.strip_prefix("sha256:").unwrap_or(&text);
        if hex.len() == 64 && hex.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            Ok(Self(format!("sha256:{hex}")))
        } else {
            Err(DigestError)
        }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Hashes the bytes written to it.
struct HashWriter(Sha256);

impl io::Write for HashWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
