//! Operations as the engine sees them: data that its decisions need.

use ajo_engine::{AlreadyDone, Idempotency};

use super::operation::{Api, Operation};
use crate::Verb;

impl Operation {
    /// Whether a second call has an effect of its own.
    pub const fn idempotency(&self) -> Idempotency {
        match self.verb {
            Verb::List | Verb::Get | Verb::CanDeploy => Idempotency::Safe,
            Verb::Update | Verb::Deploy | Verb::Undeploy | Verb::Delete => Idempotency::Idempotent,
            Verb::Create => Idempotency::NotIdempotent,
        }
    }

    const fn already_done(&self) -> AlreadyDone {
        match (self.api, self.verb) {
            (_, Verb::Delete) => AlreadyDone::NotFound,
            (Api::Throttling, Verb::Deploy) => AlreadyDone::Code("14466"),
            (Api::Throttling, Verb::Undeploy) => AlreadyDone::Code("14468"),
            _ => AlreadyDone::Never,
        }
    }
}

impl From<&Operation> for ajo_engine::Operation {
    fn from(operation: &Operation) -> Self {
        Self { method: operation.method, idempotency: operation.idempotency(), already_done: operation.already_done() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn response_of_a_second_call_shows_the_effect_of_the_first() {
        let already_done = |verb| [Api::Capping, Api::Throttling].map(|api| Operation::of(api, verb).already_done());
        for verb in [Verb::List, Verb::Create, Verb::Get, Verb::Update, Verb::CanDeploy] {
            assert_eq!(already_done(verb), [AlreadyDone::Never; 2], "{verb}");
        }
        assert_eq!(already_done(Verb::Delete), [AlreadyDone::NotFound; 2]);
        assert_eq!(already_done(Verb::Deploy), [AlreadyDone::Never, AlreadyDone::Code("14466")]);
        assert_eq!(already_done(Verb::Undeploy), [AlreadyDone::Never, AlreadyDone::Code("14468")]);
    }
}
