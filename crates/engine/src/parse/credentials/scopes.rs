//! OAuth scopes.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use crate::text::{is_white_space, join};
use crate::untrusted_text::push_escaped;

/// The scopes of a token request. `Display` separates them with commas, as the token request does.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Scopes(Vec<String>);

/// A list without any scope, or with one that cannot be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
#[non_exhaustive]
pub enum ScopesError {
    Empty,
    /// No scope of Adobe contains this character.
    InvalidCharacter(char),
}

impl ScopesError {
    pub fn message(self) -> String {
        match self {
            Self::Empty => {
                "the scopes are empty; copy them from the credential's page, for example `openid,AdobeID,read_organizations`".to_owned()
            }
            Self::InvalidCharacter(character) => {
                let mut message = "the scopes contain `".to_owned();
                push_escaped(&mut message, character);
                message.push_str("`; separate scopes with commas or spaces, for example `openid,AdobeID`");
                message
            }
        }
    }
}

impl Scopes {
    /// Creates a list from scopes. Items are split at commas and white space.
    pub fn new<S: AsRef<str>>(scopes: impl IntoIterator<Item = S>) -> Result<Self, ScopesError> {
        let mut list = Vec::new();
        for scopes in scopes {
            split(scopes.as_ref(), &mut list)?;
        }
        if list.is_empty() { Err(ScopesError::Empty) } else { Ok(Self(list)) }
    }

    /// The scopes, separated with commas.
    pub(crate) fn to_list(&self) -> String {
        join(&self.iter().collect::<Vec<_>>(), ",")
    }

    /// Iterates over the scopes.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

/// Splits scopes at commas and white space.
fn split(scopes: &str, list: &mut Vec<String>) -> Result<(), ScopesError> {
    let mut scope = String::new();
    for character in scopes.chars().chain([',']) {
        if character != ',' && !is_white_space(character) {
            if !is_scope_character(character) {
                return Err(ScopesError::InvalidCharacter(character));
            }
            scope.push(character);
        } else if !scope.is_empty() {
            list.push(core::mem::take(&mut scope));
        }
    }
    Ok(())
}

/// Narrower than RFC 6749, section 3.3: the other characters come from wrappers such as lists, quotes, and templates.
fn is_scope_character(character: char) -> bool {
    character.is_ascii_graphic()
        && !matches!(
            character,
            '"' | '\'' | '`' | '\\' | '[' | ']' | '(' | ')' | '{' | '}' | '<' | '>' | ';' | '%' | '$'
        )
}

impl FromStr for Scopes {
    type Err = ScopesError;

    /// Parses scopes that are separated by commas, as in Adobe's console, or by spaces, as in RFC 6749.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new([text])
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_list())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_spaces_and_lists_are_equal() {
        let expected = Scopes::new(["openid", "AdobeID"]).expect("scopes");
        for text in
            ["openid,AdobeID", " openid ,  AdobeID ,", "openid,\nAdobeID", "openid AdobeID", "openid\r\nAdobeID\t"]
        {
            assert_eq!(text.parse::<Scopes>(), Ok(expected.clone()), "{text:?}");
        }
        assert_eq!(Scopes::new(["openid, AdobeID"]), Ok(expected));
        assert_eq!(" , ".parse::<Scopes>(), Err(ScopesError::Empty));
        assert_eq!(Scopes::new(Vec::<String>::new()), Err(ScopesError::Empty));
    }

    #[test]
    fn wrapped_scopes_are_rejected() {
        for (text, invalid) in [
            ("[openid,AdobeID]", '['),
            ("\"openid,AdobeID\"", '"'),
            ("'openid'", '\''),
            ("openid;AdobeID", ';'),
            ("openid%2CAdobeID", '%'),
            ("${SCOPES}", '$'),
            ("<scopes>", '<'),
            ("openid\u{200b}", '\u{200b}'),
        ] {
            assert_eq!(text.parse::<Scopes>(), Err(ScopesError::InvalidCharacter(invalid)), "{text}");
        }
        let error = ScopesError::InvalidCharacter('\u{200b}').to_string();
        assert!(error.starts_with("the scopes contain `\\u{200b}`; separate"), "{error}");
    }
}
