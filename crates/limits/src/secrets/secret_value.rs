//! A secret of a definition.

use ajo_engine::Secret;

use super::secret_hmac::{SecretHmac, SecretSalt};

/// A value, or its HMAC if the definition was read from a file.
#[derive(Clone, Debug)]
pub(crate) enum SecretValue {
    Known(Secret),
    Stored(SecretHmac),
}

impl SecretValue {
    /// Whether both have the same value.
    pub(crate) fn is_same(&self, name: &str, other: &Self) -> bool {
        match (self, other) {
            (Self::Known(one), Self::Known(other)) => one == other,
            (Self::Stored(one), Self::Stored(other)) => one == other,
            (Self::Known(value), Self::Stored(stored)) | (Self::Stored(stored), Self::Known(value)) => {
                SecretHmac::compute(stored.salt(), name, value) == *stored
            }
        }
    }

    /// The HMAC; `None` without a salt.
    pub(crate) fn hmac(&self, name: &str, salt: Option<SecretSalt>) -> Option<SecretHmac> {
        match self {
            Self::Known(value) => Some(SecretHmac::compute(salt?, name, value)),
            Self::Stored(stored) => Some(stored.clone()),
        }
    }
}
