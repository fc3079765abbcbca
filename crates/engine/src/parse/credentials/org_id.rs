//! Organization ids.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use crate::text::{is_any, trim};

/// The suffix of every organization id. Source: Adobe's documentation of the header `x-gw-ims-org-id`.
const SUFFIX: &str = "@AdobeOrg";

/// The id of an organization, such as `0123456789ABCDEF01234567@AdobeOrg`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OrgId(String);

/// Text that is not a valid organization id. The text is not shown, because it could be a secret in the wrong setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
pub struct OrgIdError;

impl OrgIdError {
    pub const fn message(self) -> &'static str {
        "the organization id must look like `0123456789ABCDEF01234567@AdobeOrg`"
    }
}

impl OrgId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OrgId {
    type Err = OrgIdError;

    /// Trims white space, which often comes with copying.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = trim(text);
        match text.strip_suffix(SUFFIX) {
            Some(id)
                if !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || is_any(byte, b"-_")) =>
            {
                Ok(Self(text.to_owned()))
            }
            _ => Err(OrgIdError),
        }
    }
}

impl fmt::Display for OrgId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn org_id_has_the_suffix() {
        for text in ["", "@AdobeOrg", "abc", "a b@AdobeOrg", "a@adobeorg", "a\r\nx: y@AdobeOrg", "é@AdobeOrg"] {
            assert!(text.parse::<OrgId>().is_err(), "{text:?}");
        }
        assert_eq!(" A1@AdobeOrg\n".parse::<OrgId>().expect("an id").as_str(), "A1@AdobeOrg");
    }
}
