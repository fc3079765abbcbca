//! The deploy state of a configuration: its saved and its live definition.

use ajo_core::{Api, Verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::config_definition::serialized_definition::NormalForm;
use crate::{ConfigDefinition, Digest, SecretSalt};

/// The current or desired deploy state of a configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeployState {
    /// The saved definition.
    pub saved: ConfigDefinition,
    /// The live definition.
    pub live: LiveState,
}

/// The live definition of a configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum LiveState {
    /// The configuration is not deployed.
    NotDeployed,
    /// The saved definition is live.
    SameAsSaved,
    /// Another definition is live: the configuration was changed but not redeployed.
    Differs(ConfigDefinition),
    /// The configuration is deployed, but the service does not return the live definition.
    Unknown,
}

impl DeployState {
    /// The deploy state that a limits file describes.
    pub fn from_desired(definition: ConfigDefinition, deployed: bool) -> Self {
        Self { saved: definition, live: if deployed { LiveState::SameAsSaved } else { LiveState::NotDeployed } }
    }

    /// The deploy state of a configuration with these definitions.
    pub fn new(saved: ConfigDefinition, live: Option<ConfigDefinition>) -> Self {
        let live = match live {
            None => LiveState::NotDeployed,
            Some(definition) if definition == saved => LiveState::SameAsSaved,
            Some(definition) => LiveState::Differs(definition),
        };
        Self { saved, live }
    }

    pub fn is_deployed(&self) -> bool {
        self.live != LiveState::NotDeployed
    }

    /// Whether the saved definition is live if it should be, and nothing is live otherwise.
    pub(crate) fn is_live_as_saved(&self, deployed: bool) -> bool {
        self.live == if deployed { LiveState::SameAsSaved } else { LiveState::NotDeployed }
    }

    /// The deploy state with this salt for the HMACs of its secrets.
    #[must_use]
    pub fn with_salt(self, salt: Option<SecretSalt>) -> Self {
        self.map_definitions(|definition| definition.with_salt(salt))
    }

    fn map_definitions(self, map: impl Fn(ConfigDefinition) -> ConfigDefinition) -> Self {
        let live = match self.live {
            LiveState::Differs(definition) => LiveState::Differs(map(definition)),
            other => other,
        };
        Self { saved: map(self.saved), live }
    }

    pub(super) fn has_secrets(&self) -> bool {
        let differs = if let LiveState::Differs(live) = &self.live { live.has_secrets() } else { false };
        differs || self.saved.has_secrets()
    }

    /// The digest to record in an entry with this salt.
    pub(crate) fn digest_with_salt(&self, salt: Option<SecretSalt>) -> Digest {
        if self.has_secrets() { self.clone().with_salt(salt).digest() } else { self.digest() }
    }

    /// The digest to compare with the one of an entry with this salt. An entry without salt was recorded when its file
    /// contained no secret, so its digest covers the text of the service.
    pub(crate) fn digest_for_entry(&self, salt: Option<SecretSalt>) -> Digest {
        if salt.is_some() || !self.has_secrets() {
            return self.digest_with_salt(salt);
        }
        let plain = |definition: ConfigDefinition| match definition.plain() {
            Ok(plain) => plain.into_owned(),
            Err(_) => definition,
        };
        self.clone().map_definitions(plain).digest()
    }

    /// The digest that the state file stores for comparison. It covers the HMACs of secrets, not their values.
    pub fn digest(&self) -> Digest {
        /// Differs from the serialized form only in the URLs: their spelling is not a difference.
        #[derive(Serialize)]
        struct NormalDeployState<'d> {
            saved: NormalForm<'d>,
            live: NormalLiveState<'d>,
        }
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        enum NormalLiveState<'d> {
            NotDeployed,
            SameAsSaved,
            Differs(NormalForm<'d>),
            Unknown,
        }
        Digest::compute(&NormalDeployState {
            saved: NormalForm(&self.saved),
            live: match &self.live {
                LiveState::NotDeployed => NormalLiveState::NotDeployed,
                LiveState::SameAsSaved => NormalLiveState::SameAsSaved,
                LiveState::Differs(definition) => NormalLiveState::Differs(NormalForm(definition)),
                LiveState::Unknown => NormalLiveState::Unknown,
            },
        })
    }

    /// The deploy state after a successful call (documented): an update of throttling is live at once, an update of capping
    /// only after the next deploy.
    #[must_use]
    pub fn after_call(&self, verb: Verb, definition: &ConfigDefinition) -> Self {
        match verb {
            Verb::Create => Self { saved: definition.clone(), live: LiveState::NotDeployed },
            Verb::Update => {
                let live = match &self.live {
                    LiveState::SameAsSaved if definition.api() == Api::Throttling => Some(definition.clone()),
                    LiveState::SameAsSaved => Some(self.saved.clone()),
                    LiveState::Differs(other) => Some(other.clone()),
                    LiveState::NotDeployed => None,
                    LiveState::Unknown => return Self { saved: definition.clone(), live: LiveState::Unknown },
                };
                Self::new(definition.clone(), live)
            }
            Verb::Deploy => Self { saved: self.saved.clone(), live: LiveState::SameAsSaved },
            Verb::Undeploy => Self { saved: self.saved.clone(), live: LiveState::NotDeployed },
            // A plan has no step after a delete, and other calls do not change the deploy state.
            _ => self.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Later versions must read existing state files, so the digested JSON must not change.
    #[test]
    fn digest_is_stable() {
        let rating = serde_json::json!({"periodInMs": 1000, "maxCallsCount": 500});
        let definition = serde_json::json!({
            "services": {"dataSource": {"rating": rating, "maxHttpConnections": 50}},
            "methods": ["POST", "GET"],
            "url": "https://api.example.org/data/2.5/*",
        });
        let definition = ConfigDefinition::from_json(Api::Capping, &definition).expect("a definition");
        let json = r#"{"saved":{"api":"capping","url":"https://api.example.org/data/2.5/*","methods":["GET","POST"],"services":{"dataSource":{"maxHttpConnections":50,"rating":{"maxCallsCount":500,"periodInMs":1000}}}},"live":"sameAsSaved"}"#;
        let deploy_state = DeployState::from_desired(definition, true);
        assert_eq!(serde_json::to_string(&deploy_state).expect("JSON"), json);
        assert_eq!(
            deploy_state.digest().as_str(),
            "sha256:13f82187a943dc1355b4b9ae88af12af202153ab1296fabf3a2c130f190d03c3"
        );
    }
}
