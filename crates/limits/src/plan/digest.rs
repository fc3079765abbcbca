//! Digests, for comparing without keeping.

use std::fmt;
use std::io;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The SHA-256 of something's JSON, without white space and with the fields in the order in which the type declares them. Written
/// `sha256:` and 64 hexadecimal digits.
///
/// It stands in ledgers and saved plans, so the order of fields is part of their form. A JSON object that is digested is
/// sorted, because its order would depend on who else is in the program.
///
/// ```
/// use ajo_limits::Digest;
///
/// assert_eq!(Digest::of(&"a"), Digest::of(&"a"));
/// assert_ne!(Digest::of(&"a"), Digest::of(&"b"));
/// assert!(Digest::of(&"a").as_str().starts_with("sha256:"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Digest(#[schemars(regex(pattern = r"^sha256:[0-9a-f]{64}$"))] String);

impl Digest {
    /// The digest of this.
    ///
    /// # Panics
    ///
    /// Never, for what is made of texts, numbers and lists, as everything in this crate is.
    pub fn of(what: &impl Serialize) -> Self {
        let mut hash = Hash(Sha256::new());
        serde_json::to_writer(&mut hash, what).expect("texts, numbers and lists");
        let mut text = String::with_capacity(71);
        text.push_str("sha256:");
        for byte in hash.0.finalize() {
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from_digit(digit.into(), 16).unwrap_or('0'));
            }
        }
        Self(text)
    }

    /// The digest as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A hash that can be written to.
struct Hash(Sha256);

impl io::Write for Hash {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
