//! The table of operations: sixteen calls, eight for each API, as the specs describe them.

use std::fmt;

use serde::{Deserialize, Serialize};

pub use crate::generated::operations::{OPERATIONS, Verb};

/// One of the two APIs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Api {
    /// `endpointConfigs`: calls over the limit are rejected.
    Capping,
    /// `throttlingConfigs`: calls over the limit wait in a queue.
    Throttling,
}

impl Api {
    /// The name used in specs, commands and errors.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Capping => "capping",
            Self::Throttling => "throttling",
        }
    }
}

impl fmt::Display for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One call of one API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Which API it belongs to.
    pub api: Api,
    /// What it does.
    pub verb: Verb,
    /// The HTTP method, in capitals.
    pub method: &'static str,
    /// The path below the base URL; `{uid}` stands for the identifier.
    pub path: &'static str,
    /// The HTTP status of success.
    pub success: u16,
    /// One line for people.
    pub summary: &'static str,
}

impl Operation {
    /// Looks an operation up.
    ///
    /// # Panics
    ///
    /// Never: a test walks all of them.
    pub fn of(api: Api, verb: Verb) -> &'static Self {
        OPERATIONS
            .iter()
            .find(|operation| operation.api == api && operation.verb == verb)
            .expect("both specs have every verb")
    }

    /// Whether a call leaves the service as it was. `list` is a POST and still changes nothing.
    pub const fn reads(&self) -> bool {
        matches!(self.verb, Verb::List | Verb::Get | Verb::CanDeploy)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.api, self.verb)
    }
}

/// Declares the enum of verbs from the specs' operation ids.
macro_rules! verbs {
    ($(#[$about:meta])* pub enum $name:ident { $($(#[$doc:meta])* $variant:ident = $value:literal,)* }) => {
        $(#[$about])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, ::serde::Serialize, ::serde::Deserialize,
        )]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $value)] $variant,)*
        }

        impl $name {
            /// All of them, in the order of the specs.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The operation id.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $value,)*
                }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

pub(crate) use verbs;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_apis_have_the_same_eight_verbs() {
        assert_eq!(OPERATIONS.len(), 16);
        assert_eq!(Verb::ALL.len(), 8);
        for api in [Api::Capping, Api::Throttling] {
            for verb in Verb::ALL {
                let operation = Operation::of(api, *verb);
                assert_eq!((operation.api, operation.verb), (api, *verb));
            }
        }
    }

    #[test]
    fn three_verbs_only_read() {
        let reading: Vec<_> =
            OPERATIONS.iter().filter(|operation| operation.reads()).map(ToString::to_string).collect();
        assert_eq!(
            reading,
            [
                "capping list",
                "capping get",
                "capping can_deploy",
                "throttling list",
                "throttling get",
                "throttling can_deploy",
            ]
        );
    }
}
