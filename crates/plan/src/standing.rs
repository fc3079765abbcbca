//! How a configuration stands: what is saved of it, and what limits by it.

use ajo_core::{Api, Verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Definition, Digest};

/// How one configuration stands at the service, or shall stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    /// The definition as it is saved.
    pub saved: Definition,
    /// What limits by it.
    pub in_force: InForce,
}

/// What limits by a configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum InForce {
    /// Nothing: it is not deployed.
    Nothing,
    /// The definition as it is saved.
    Saved,
    /// Another definition than the saved one: it was changed and not deployed again.
    Other(Definition),
    /// Something, and the service does not say what.
    Unknown,
}

impl Standing {
    /// As a file wants it.
    pub fn wanted(definition: Definition, deployed: bool) -> Self {
        Self { saved: definition, in_force: if deployed { InForce::Saved } else { InForce::Nothing } }
    }

    /// As it is, from the saved definition and what limits.
    pub fn of(saved: Definition, in_force: Option<Definition>) -> Self {
        let in_force = match in_force {
            None => InForce::Nothing,
            Some(definition) if definition == saved => InForce::Saved,
            Some(definition) => InForce::Other(definition),
        };
        Self { saved, in_force }
    }

    /// Whether it limits.
    pub fn is_deployed(&self) -> bool {
        self.in_force != InForce::Nothing
    }

    /// For comparing without keeping it.
    pub fn digest(&self) -> Digest {
        Digest::of(self)
    }

    /// How it stands after a call that succeeded (documented): an update of throttling takes effect at once, one of capping
    /// with the next deployment.
    #[must_use]
    pub fn after(&self, verb: Verb, definition: &Definition) -> Self {
        match verb {
            Verb::Create => Self { saved: definition.clone(), in_force: InForce::Nothing },
            Verb::Update => {
                let limiting = match &self.in_force {
                    InForce::Saved if definition.api() == Api::Throttling => Some(definition.clone()),
                    InForce::Saved => Some(self.saved.clone()),
                    InForce::Other(other) => Some(other.clone()),
                    InForce::Nothing => None,
                    InForce::Unknown => return Self { saved: definition.clone(), in_force: InForce::Unknown },
                };
                Self::of(definition.clone(), limiting)
            }
            Verb::Deploy => Self { saved: self.saved.clone(), in_force: InForce::Saved },
            Verb::Undeploy => Self { saved: self.saved.clone(), in_force: InForce::Nothing },
            Verb::Delete | Verb::List | Verb::Get | Verb::CanDeploy => self.clone(),
        }
    }
}
