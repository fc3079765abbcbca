//! Which operations may be retried: a read, an idempotent write, or `create`.

use crate::{Operation, Verb};

/// What repeating an operation could do.
///
/// | operation | may be made again after |
/// |---|---|
/// | `list`, `get`, `can_deploy` | anything that passes |
/// | `update`, `deploy`, `undeploy`, `delete` | anything that passes, but not a 500 without a readable body |
/// | `create` | what the service provably has not processed: no connection, no token, 429 |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// It only reads.
    Reads,
    /// Twice has the effect of once.
    Idempotent,
    /// Twice makes two.
    Once,
}

impl Operation {
    /// What repeating it could do.
    pub const fn repeat(&self) -> Repeat {
        match self.verb {
            Verb::List | Verb::Get | Verb::CanDeploy => Repeat::Reads,
            Verb::Update | Verb::Deploy | Verb::Undeploy | Verb::Delete => Repeat::Idempotent,
            Verb::Create => Repeat::Once,
        }
    }
}
