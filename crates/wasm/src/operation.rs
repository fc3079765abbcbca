//! What a call needs to know of its operation.

use ajo_engine::spec::{Api, OPERATIONS, Operation, Verb};
use ajo_engine::{AlreadyApplied, Idempotency, OperationSemantics, RequestTarget};

/// The number of the "operation" that only gets a token.
pub(crate) const TOKEN_ONLY: i32 = -4;

/// An operation without the texts of [`OPERATIONS`], which JavaScript has.
#[derive(Clone, Copy)]
pub(crate) struct CallOperation {
    pub(crate) api: Api,
    pub(crate) verb: Verb,
    pub(crate) idempotency: Idempotency,
    pub(crate) target: RequestTarget,
    already_applied: AlreadyApplied,
}

/// [`OPERATIONS`], computed by the compiler.
static CALL_OPERATIONS: [CallOperation; OPERATIONS.len()] = {
    let mut table = [CallOperation::new(&OPERATIONS[0]); OPERATIONS.len()];
    let mut index = 0;
    while index < table.len() {
        table[index] = CallOperation::new(&OPERATIONS[index]);
        index += 1;
    }
    table
};

impl CallOperation {
    const fn new(operation: &Operation) -> Self {
        let Operation { api, verb, idempotency, already_applied, path, .. } = *operation;
        let target = if has_parameter(path) { RequestTarget::Configuration } else { RequestTarget::Collection };
        Self { api, verb, idempotency, target, already_applied }
    }

    /// The operation at an index of [`OPERATIONS`].
    pub(crate) fn find(index: u32) -> Option<&'static Self> {
        CALL_OPERATIONS.get(index as usize)
    }
}

const fn has_parameter(path: &str) -> bool {
    let (path, mut index) = (path.as_bytes(), 0);
    while index < path.len() {
        if path[index] == b'{' {
            return true;
        }
        index += 1;
    }
    false
}

/// How an operation behaves when it is sent twice, and what a 404 to it means: -1, -2, and -3 are other requests that are safe,
/// idempotent, or neither, and -4 only gets a token. `None` for any other number without an operation.
pub(crate) fn operation_semantics(number: i32) -> Option<(OperationSemantics, RequestTarget)> {
    let (idempotency, already_applied, target) = match number {
        TOKEN_ONLY | -1 => (Idempotency::Safe, AlreadyApplied::Never, RequestTarget::Other),
        -2 => (Idempotency::Idempotent, AlreadyApplied::Never, RequestTarget::Other),
        -3 => (Idempotency::NotIdempotent, AlreadyApplied::Never, RequestTarget::Other),
        _ => {
            let operation = CallOperation::find(number.cast_unsigned())?;
            (operation.idempotency, operation.already_applied, operation.target)
        }
    };
    Some((OperationSemantics { idempotency, already_applied }, target))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_has_all_operations() {
        for (index, operation) in (0..).zip(&OPERATIONS) {
            let found = CallOperation::find(index).expect("an operation");
            assert_eq!((found.api, found.verb), (operation.api, operation.verb));
            let is_configuration = found.target == RequestTarget::Configuration;
            assert_eq!(is_configuration, operation.path.contains("{uid}"), "{operation}");
            let (semantics, _) = operation_semantics(index.cast_signed()).expect("an operation");
            let expected = OperationSemantics::from(operation);
            assert_eq!(
                (semantics.idempotency, semantics.already_applied),
                (expected.idempotency, expected.already_applied)
            );
        }
        assert!(CallOperation::find(16).is_none() && operation_semantics(-5).is_none());
    }
}
