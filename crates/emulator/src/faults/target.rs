//! The target of a fault.

use std::fmt;
use std::str::FromStr;

use ajo_core::{Api, Operation, Verb};

use crate::faults::fault_error::FaultError;

/// Matches calls: `capping.create`, `throttling.*`, `*.list`, `token` (the token endpoint), `sandboxes`
/// (Sandbox Management), `sample` (`/imp/`), or `*` for any call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultTarget {
    Any,
    Token,
    /// Sandbox Management.
    Sandboxes,
    /// The sample request in Adobe's authentication page.
    Sample,
    /// Operations of one API or both, with one verb or any.
    Operations(Option<Api>, Option<Verb>),
}

impl FaultTarget {
    pub(crate) const fn from_operation(operation: &Operation) -> Self {
        Self::Operations(Some(operation.api), Some(operation.verb))
    }

    pub(crate) fn matches(self, called: Self) -> bool {
        match (self, called) {
            (Self::Any, _)
            | (Self::Token, Self::Token)
            | (Self::Sandboxes, Self::Sandboxes)
            | (Self::Sample, Self::Sample) => true,
            (Self::Operations(api, verb), Self::Operations(called_api, called_verb)) => {
                (api.is_none() || api == called_api) && (verb.is_none() || verb == called_verb)
            }
            _ => false,
        }
    }
}

impl FromStr for FaultTarget {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let invalid = || {
            let verbs: Vec<&str> = Verb::ALL.iter().map(|verb| verb.as_str()).collect();
            let expected = format!(
                "*, token, sandboxes, sample, or API.OPERATION with capping, throttling or *, and {} or *",
                verbs.join(", ")
            );
            FaultError::new(text, "target", &expected)
        };
        match text {
            "*" => return Ok(Self::Any),
            "token" => return Ok(Self::Token),
            "sandboxes" => return Ok(Self::Sandboxes),
            "sample" => return Ok(Self::Sample),
            _ => {}
        }
        let (api, verb) = text.split_once('.').ok_or_else(invalid)?;
        let api = match api {
            "*" => None,
            name => {
                Some([Api::Capping, Api::Throttling].into_iter().find(|api| api.as_str() == name).ok_or_else(invalid)?)
            }
        };
        let verb = match verb {
            "*" => None,
            name => Some(Verb::ALL.iter().copied().find(|verb| verb.as_str() == name).ok_or_else(invalid)?),
        };
        Ok(Self::Operations(api, verb))
    }
}

impl fmt::Display for FaultTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("*"),
            Self::Token => f.write_str("token"),
            Self::Sandboxes => f.write_str("sandboxes"),
            Self::Sample => f.write_str("sample"),
            Self::Operations(api, verb) => {
                f.write_str(api.map_or("*", Api::as_str))?;
                f.write_str(".")?;
                f.write_str(verb.map_or("*", Verb::as_str))
            }
        }
    }
}
