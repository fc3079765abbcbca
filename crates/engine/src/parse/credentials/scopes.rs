//! OAuth scopes.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

/// The scopes of a token request. `Display` separates them with commas, as the token request does.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Scopes(Vec<String>);

/// Text or a list without any scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the scopes are empty; copy them from the credential's page, for example `openid,AdobeID,read_organizations`")]
pub struct ScopesError;

impl Scopes {
    /// Creates a list from scopes. Items can contain commas; white space and empty scopes are dropped.
    pub fn new<S: AsRef<str>>(scopes: impl IntoIterator<Item = S>) -> Result<Self, ScopesError> {
        let scopes: Vec<String> = scopes
            .into_iter()
            .flat_map(|scope| scope.as_ref().split(',').map(|part| part.trim().to_owned()).collect::<Vec<_>>())
            .filter(|scope| !scope.is_empty())
            .collect();
        if scopes.is_empty() { Err(ScopesError) } else { Ok(Self(scopes)) }
    }

    /// Iterates over the scopes.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl FromStr for Scopes {
    type Err = ScopesError;

    /// Parses comma-separated scopes. Adobe's console sometimes adds a space after each comma.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new([text])
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_spaces_and_lists_are_equal() {
        let expected = Scopes::new(["openid", "AdobeID"]).expect("scopes");
        for text in ["openid,AdobeID", " openid ,  AdobeID ,", "openid,\nAdobeID"] {
            assert_eq!(text.parse::<Scopes>(), Ok(expected.clone()), "{text:?}");
        }
        assert_eq!(Scopes::new(["openid, AdobeID"]), Ok(expected));
        assert_eq!(" , ".parse::<Scopes>(), Err(ScopesError));
        assert_eq!(Scopes::new(Vec::<String>::new()), Err(ScopesError));
    }
}
