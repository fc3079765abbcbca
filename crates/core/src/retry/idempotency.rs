//! Which operations may be retried: a read, an idempotent write, or `create`.

use crate::{Operation, Verb};

/// Whether a second call has an effect of its own.
///
/// | operation | is retried after |
/// |---|---|
/// | `list`, `get`, `can_deploy` | a transient failure |
/// | `update`, `deploy`, `undeploy`, `delete` | a transient failure, except a 500 |
/// | `create` | a failure that proves it was not processed: no connection, no token, 429 |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// Reads only.
    Reads,
    /// A second call changes nothing more.
    Idempotent,
    /// A second call makes a second configuration.
    Once,
}

impl Operation {
    /// Whether a second call has an effect of its own.
    pub const fn repeat(&self) -> Repeat {
        match self.verb {
            Verb::List | Verb::Get | Verb::CanDeploy => Repeat::Reads,
            Verb::Update | Verb::Deploy | Verb::Undeploy | Verb::Delete => Repeat::Idempotent,
            Verb::Create => Repeat::Once,
        }
    }
}
