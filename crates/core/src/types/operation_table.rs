//! The table of operations: sixteen calls, eight of each API, as the specs describe them.

use super::operation::{Api, Operation};
pub use crate::generated::operations::OPERATIONS;
use crate::generated::verbs::Verb;

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
}

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
