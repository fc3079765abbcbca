//! Client ids.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use crate::text::{is_any, trim};

/// Characters of quotes, placeholders, and JSON around a value.
const WRAPPERS: &[u8] = b"\"'`<>{}[]()$%,;";

/// The client id of a credential, which is also its API key. It is not secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClientId(String);

/// Text that is not a valid client id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
pub enum ClientIdError {
    Empty,
    InvalidCharacter,
}

impl ClientIdError {
    pub const fn message(self) -> &'static str {
        match self {
            Self::Empty => "the client id is empty",
            Self::InvalidCharacter => {
                "the client id contains a space, a quote, a bracket, or another character that client ids do not have; copy it again"
            }
        }
    }
}

impl ClientId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ClientId {
    type Err = ClientIdError;

    /// Trims white space, which often comes with copying.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = trim(text);
        if text.is_empty() {
            Err(ClientIdError::Empty)
        } else if text.bytes().all(|byte| byte.is_ascii_graphic() && !is_any(byte, WRAPPERS)) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ClientIdError::InvalidCharacter)
        }
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn client_id_must_be_a_header_value() {
        for (text, error) in [
            ("", ClientIdError::Empty),
            (" \n", ClientIdError::Empty),
            ("a b", ClientIdError::InvalidCharacter),
            ("a\r\nx: y", ClientIdError::InvalidCharacter),
            ("\"c\"", ClientIdError::InvalidCharacter),
            ("${CLIENT_ID}", ClientIdError::InvalidCharacter),
            ("<your id>", ClientIdError::InvalidCharacter),
            ("é", ClientIdError::InvalidCharacter),
        ] {
            assert_eq!(text.parse::<ClientId>(), Err(error), "{text:?}");
        }
        assert_eq!(" client-1\n".parse::<ClientId>().expect("an id").as_str(), "client-1");
    }
}
