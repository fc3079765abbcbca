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
            // The plan has no step that deletes and goes on, and other operations change nothing that it knows of.
            _ => self.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A ledger that was written by one version is read by the next: what is digested keeps its form.
    #[test]
    fn the_digest_of_a_standing_is_what_it_was_in_the_first_ledger() {
        let rating = serde_json::json!({"periodInMs": 1000, "maxCallsCount": 500});
        let definition = serde_json::json!({
            "services": {"dataSource": {"rating": rating, "maxHttpConnections": 50}},
            "methods": ["POST", "GET"],
            "url": "https://api.example.org/data/2.5/*",
        });
        let definition = Definition::from_json(Api::Capping, &definition).expect("a definition");
        let json = r#"{"saved":{"api":"capping","url":"https://api.example.org/data/2.5/*","methods":["GET","POST"],"services":{"dataSource":{"maxHttpConnections":50,"rating":{"maxCallsCount":500,"periodInMs":1000}}}},"inForce":"saved"}"#;
        let standing = Standing::wanted(definition, true);
        assert_eq!(serde_json::to_string(&standing).expect("JSON"), json);
        assert_eq!(
            standing.digest().as_str(),
            "sha256:d7451bace890139072f7c23e7ce6a17fe89fe0aa51d88dad942a822ad151f072"
        );
    }
}
