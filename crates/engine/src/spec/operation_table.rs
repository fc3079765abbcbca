//! Finds operations in the generated table.

use super::api::Api;
use super::generated::operations::OPERATIONS;
use super::generated::verbs::Verb;
use super::operation::Operation;

impl Operation {
    /// Finds an operation by API and verb. An API may lack a verb of the other one.
    pub fn find(api: Api, verb: Verb) -> Option<&'static Self> {
        OPERATIONS.iter().find(|operation| operation.api == api && operation.verb == verb)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn find_returns_every_operation() {
        for operation in &OPERATIONS {
            assert_eq!(Operation::find(operation.api, operation.verb), Some(operation));
        }
    }

    #[test]
    fn list_get_and_can_deploy_are_read_only() {
        for api in [Api::Capping, Api::Throttling] {
            for (verb, is_read_only) in [
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
                assert_eq!(operation.is_read_only(), is_read_only, "{operation}");
            }
        }
    }
}
