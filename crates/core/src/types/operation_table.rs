//! The table of operations, as the specs describe them.

use super::operation::{Api, Operation};
pub use crate::generated::operations::OPERATIONS;
use crate::generated::verbs::Verb;

impl Operation {
    /// The operation of this API with this verb. Not every API has every verb.
    pub fn find(api: Api, verb: Verb) -> Option<&'static Self> {
        OPERATIONS.iter().find(|operation| operation.api == api && operation.verb == verb)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_found_by_api_and_verb() {
        for operation in &OPERATIONS {
            assert_eq!(Operation::find(operation.api, operation.verb), Some(operation));
        }
    }

    #[test]
    fn lists_reads_and_checks_are_safe() {
        for api in [Api::Capping, Api::Throttling] {
            for (verb, reads) in [
                (Verb::List, true),
                (Verb::Get, true),
                (Verb::CanDeploy, true),
                (Verb::Create, false),
                (Verb::Update, false),
                (Verb::Delete, false),
                (Verb::Deploy, false),
                (Verb::Undeploy, false),
            ] {
                let operation = Operation::find(api, verb).expect("an operation");
                assert_eq!(operation.reads(), reads, "{operation}");
            }
        }
    }
}
