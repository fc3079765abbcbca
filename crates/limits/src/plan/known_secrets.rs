//! Recognizes secrets in responses of the service.

use std::collections::{BTreeMap, BTreeSet};

use ajo_core::{Api, Uid};
use serde_json::{Map, Value};

use crate::secrets::StringTemplates;
use crate::{
    ConfigDefinition, ConfigKey, DeployState, DesiredLimits, LimitsState, LiveState, ObservedConfig, SecretValues,
};

/// The secrets of a run: the values that the files use, and where managed configurations contain a secret. The second part
/// finds values that a variable no longer has.
///
/// ```
/// use ajo_core::CappingConfig;
/// use ajo_engine::Secret;
/// use ajo_limits::{DesiredLimits, KnownSecrets, LimitsState, ObservedConfig, SecretValues};
///
/// let mut values = SecretValues::default();
/// values.insert("TOKEN", Secret::new("s3cr3t-0123456789"));
/// let desired = DesiredLimits { sandbox: "prod".parse()?, configs: Vec::new(), files: Vec::new() };
/// let known = KnownSecrets::new(values, &desired, &LimitsState::default());
/// let json = r#"{"uid": "u-1", "url": "https://a.example/s3cr3t-0123456789/*", "methods": ["GET"], "services": {}}"#;
/// let config: CappingConfig = serde_json::from_str(json)?;
/// assert_eq!(known.seal(ObservedConfig::from(&config)).key().url, "https://a.example/${TOKEN}/*");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct KnownSecrets {
    values: SecretValues,
    /// The names of all secrets, including the ones that only the state file knows.
    names: BTreeSet<String>,
    /// The strings of managed configurations that contain a secret.
    templates: BTreeMap<Uid, StringTemplates>,
}

impl KnownSecrets {
    /// The secrets of these files and of this state.
    pub fn new(values: SecretValues, desired: &DesiredLimits, state: &LimitsState) -> Self {
        let definitions: BTreeMap<ConfigKey, &ConfigDefinition> =
            desired.configs.iter().map(|wanted| (wanted.key(), &wanted.definition)).collect();
        let managed = || state.for_sandbox(&desired.sandbox).filter(|managed| !managed.secrets.is_empty());
        let own = values.iter().map(|(name, _)| name.to_owned());
        let names: BTreeSet<_> = own.chain(managed().flat_map(|managed| managed.secrets.keys().cloned())).collect();
        // A literal value may have become a secret.
        let url_template = |key: &ConfigKey| values.seal_literals_with(&key.url, &|name| names.contains(name));
        let templates = managed().map(|managed| {
            let mut templates = definitions.get(&managed.key).map(|it| it.templates()).unwrap_or_default();
            let url = if managed.key.api == Api::Capping { "/url" } else { "/urlPattern" };
            templates.entry(url.to_owned()).or_insert_with(|| url_template(&managed.key));
            (managed.uid.clone(), templates)
        });
        let templates = templates.collect();
        Self { values, names, templates }
    }

    /// The secrets of files, without a state.
    pub fn from_values(values: SecretValues) -> Self {
        Self { values, ..Self::default() }
    }

    /// Whether there is nothing to recognize.
    fn is_empty(&self) -> bool {
        self.values.is_empty() && self.templates.is_empty()
    }

    /// The values that the files use.
    pub const fn values(&self) -> &SecretValues {
        &self.values
    }

    /// Replaces the secrets in a configuration of the service with placeholders.
    #[must_use]
    pub fn seal(&self, found: ObservedConfig) -> ObservedConfig {
        if self.is_empty() {
            return found;
        }
        let none = StringTemplates::new();
        let templates = self.templates.get(&found.uid).unwrap_or(&none);
        let ObservedConfig { deploy_state: DeployState { saved, live }, unknown_fields, live_unknown_fields, .. } =
            found;
        let has_unknown = !unknown_fields.is_empty() || live_unknown_fields.as_ref().is_some_and(|it| !it.is_empty());
        let is_secret = |name: &str| self.names.contains(name);
        let seal = |definition: ConfigDefinition, unknown: Map<String, Value>| {
            let definition = definition.with_extra(unknown);
            let sealed = definition.seal_with(&self.values, templates, &is_secret, has_unknown);
            let unknown = sealed.extra().clone();
            (sealed.with_extra(Map::new()), unknown)
        };
        let (saved, unknown_fields) = seal(saved, unknown_fields);
        let (deploy_state, live_unknown_fields) = match (live, live_unknown_fields) {
            (LiveState::Differs(definition), unknown) => {
                let is_known = unknown.is_some();
                let (definition, unknown) = seal(definition, unknown.unwrap_or_default());
                (DeployState::new(saved, Some(definition)), is_known.then_some(unknown))
            }
            (live, unknown) => {
                let unknown = unknown.map(|unknown| seal(saved.clone(), unknown).1);
                (DeployState { saved, live }, unknown)
            }
        };
        ObservedConfig { deploy_state, unknown_fields, live_unknown_fields, ..found }
    }
}
