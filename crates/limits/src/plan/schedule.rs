//! The order of a plan's calls.

use ajo_core::Verb;

use crate::{Change, Plan};

/// Calls of one kind. A phase begins when the one before is over; within it, configurations do not wait for each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phase {
    /// What the phase is for.
    pub verb: Verb,
    /// What is done in it.
    pub tasks: Vec<Task>,
}

/// Calls for one configuration that follow each other at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// The index of the change.
    pub change: usize,
    /// The calls.
    pub steps: Vec<Verb>,
}

/// What goes is first, so that there is room for what comes; what limits is exchanged last, when everything else is in place.
const ORDER: [Verb; 6] = [Verb::Undeploy, Verb::Delete, Verb::Update, Verb::Create, Verb::CanDeploy, Verb::Deploy];

impl Plan {
    /// The calls in their order: undeploy, delete, update, create, `can_deploy`, deploy. Where something that limits is replaced,
    /// its undeploy, `can_deploy` and deploy follow each other at once (and nothing is undeployed that the service would not deploy), in the order that Adobe documents and so that nothing
    /// limits for as short a time as possible.
    pub fn schedule(&self) -> Vec<Phase> {
        let phase =
            |verb| Phase { verb, tasks: self.changes.iter().enumerate().filter_map(|it| task(verb, it)).collect() };
        ORDER.into_iter().map(phase).filter(|phase| !phase.tasks.is_empty()).collect()
    }
}

fn task(verb: Verb, (index, change): (usize, &Change)) -> Option<Task> {
    let steps: Vec<_> = change.steps.iter().copied().filter(|step| phase_of(*step, change) == verb).collect();
    (!steps.is_empty()).then_some(Task { change: index, steps })
}

fn phase_of(step: Verb, change: &Change) -> Verb {
    if change.is_redeployed() && matches!(step, Verb::Undeploy | Verb::CanDeploy) { Verb::Deploy } else { step }
}
