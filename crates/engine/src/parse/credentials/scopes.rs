//! OAuth scopes.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

/// The scopes a token is asked for. Printed as the token request sends them, with commas.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Scopes(Vec<String>);

/// Text or a list that holds no scopes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "no scope is named; copy the scopes from the credential's page, for example `openid,AdobeID,read_organizations`"
)]
pub struct ScopesError;

impl Scopes {
    /// From single scopes; white space around them and empty ones are dropped.
    pub fn new<S: AsRef<str>>(scopes: impl IntoIterator<Item = S>) -> Result<Self, ScopesError> {
        let scopes: Vec<String> = scopes
            .into_iter()
            .flat_map(|scope| scope.as_ref().split(',').map(|part| part.trim().to_owned()).collect::<Vec<_>>())
            .filter(|scope| !scope.is_empty())
            .collect();
        if scopes.is_empty() { Err(ScopesError) } else { Ok(Self(scopes)) }
    }

    /// The scopes one by one.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl FromStr for Scopes {
    type Err = ScopesError;

    /// Scopes with commas between them; Adobe's console sometimes shows a space after each.
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
    fn commas_spaces_and_lists_all_read_alike() {
        let expected = Scopes::new(["openid", "AdobeID"]).expect("scopes");
        for text in ["openid,AdobeID", " openid ,  AdobeID ,", "openid,\nAdobeID"] {
            assert_eq!(text.parse::<Scopes>(), Ok(expected.clone()), "{text:?}");
        }
        assert_eq!(Scopes::new(["openid, AdobeID"]), Ok(expected));
        assert_eq!(" , ".parse::<Scopes>(), Err(ScopesError));
        assert_eq!(Scopes::new(Vec::<String>::new()), Err(ScopesError));
    }
}
