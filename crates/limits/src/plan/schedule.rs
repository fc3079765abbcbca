//! The order of a plan's calls.

use ajo_core::Verb;

use crate::{ConfigChange, Plan};

/// Calls with the same purpose. A phase starts when the previous one has finished; its tasks are independent of each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanPhase {
    pub verb: Verb,
    pub tasks: Vec<PlanTask>,
}

/// Consecutive calls for one configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanTask {
    /// The index of the change in the plan.
    pub change: usize,
    pub steps: Vec<Verb>,
}

/// Deletes first, redeploys last.
const PHASE_ORDER: [Verb; 6] =
    [Verb::Undeploy, Verb::Delete, Verb::Update, Verb::Create, Verb::CanDeploy, Verb::Deploy];

impl Plan {
    /// The calls by phase: undeploy, delete, update, create, `can_deploy`, deploy. A redeploy is one task, because it may have to
    /// undeploy and then must not wait for others.
    pub fn schedule(&self) -> Vec<PlanPhase> {
        let phase = |verb| PlanPhase {
            verb,
            tasks: self.changes.iter().enumerate().filter_map(|it| task_in_phase(verb, it)).collect(),
        };
        PHASE_ORDER.into_iter().map(phase).filter(|phase| !phase.tasks.is_empty()).collect()
    }
}

fn task_in_phase(verb: Verb, (index, change): (usize, &ConfigChange)) -> Option<PlanTask> {
    let steps: Vec<_> = change.steps.iter().copied().filter(|step| step_phase(*step, change) == verb).collect();
    (!steps.is_empty()).then_some(PlanTask { change: index, steps })
}

fn step_phase(step: Verb, change: &ConfigChange) -> Verb {
    if change.is_redeployed() && step == Verb::CanDeploy { Verb::Deploy } else { step }
}
