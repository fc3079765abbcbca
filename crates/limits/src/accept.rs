//! Chooses the changes at the service that the limits files take over.

use std::collections::BTreeSet;

use ajo_core::Uid;

use crate::file::AcceptedChange;
use crate::url_form::normalize_url_pattern;
use crate::{
    ConfigKey, DesiredConfig, DesiredLimits, LimitsState, LiveState, ManagedConfig, ObservedConfig, ObservedLimits,
    match_configs,
};

/// The configurations to accept; if empty, all managed ones that someone changed at the service.
#[derive(Clone, Debug, Default)]
pub struct AcceptFilter {
    pub uids: Vec<Uid>,
    pub urls: Vec<String>,
}

/// A named configuration that cannot be accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AcceptError {
    #[error("configuration {0} not found")]
    UnknownUid(Uid),
    #[error("no configuration has the URL {0}")]
    UnknownUrl(String),
    #[error("the files already have a limit for {key}, which belongs to another configuration")]
    KeyInUse {
        /// The key of the configuration.
        key: Box<ConfigKey>,
    },
}

/// The chosen changes.
#[derive(Clone, Debug, Default)]
pub struct AcceptSelection {
    pub changes: Vec<AcceptedChange>,
    /// The configurations that were not chosen, and the reasons.
    pub notes: Vec<String>,
}

impl AcceptSelection {
    /// Compares the files with the service. Without a filter, chooses the managed configurations whose deploy state at the service
    /// differs from the file and from the state, so that pending changes of the files stay. A named configuration is chosen if
    /// it differs from the file, is in no file, or no longer exists.
    ///
    /// # Errors
    ///
    /// A named configuration does not exist, or a file cannot contain it.
    pub fn choose(
        desired: &DesiredLimits,
        observed: &ObservedLimits,
        state: &LimitsState,
        filter: &AcceptFilter,
    ) -> Result<Self, AcceptError> {
        let mut selection = Self::default();
        let urls: BTreeSet<String> = filter.urls.iter().map(|url| normalize_url_pattern(url)).collect();
        let is_named = |uid: &Uid, keys: &[&ConfigKey]| {
            filter.uids.contains(uid) || keys.iter().any(|key| urls.contains(&key.url))
        };
        let is_filtered = !filter.uids.is_empty() || !urls.is_empty();
        let mut seen: BTreeSet<&Uid> = BTreeSet::new();
        for (config, matched) in desired.configs.iter().zip(match_configs(desired, observed, state)) {
            let key = config.key();
            let mut managed = state.for_sandbox(&desired.sandbox);
            if let Some(found) = matched {
                seen.insert(&found.uid);
                let named = is_named(&found.uid, &[&key, &found.key()]);
                if named || !is_filtered {
                    // The file may have another key than the state.
                    let managed = managed.find(|managed| managed.uid == found.uid);
                    selection.choose_match(config, found, managed, named);
                }
            } else if let Some(managed) =
                managed.find(|managed| managed.key == key).filter(|managed| observed.absent.contains(&managed.uid))
            {
                seen.insert(&managed.uid);
                if is_named(&managed.uid, &[&key]) {
                    selection.changes.push(AcceptedChange::Remove(key));
                } else if !is_filtered {
                    let uid = &managed.uid;
                    selection
                        .notes
                        .push(format!("{key}: {uid} no longer exists; remove it from the file with --uid {uid}"));
                }
            }
        }
        let desired_keys: BTreeSet<ConfigKey> = desired.configs.iter().map(DesiredConfig::key).collect();
        for found in observed.configs.iter().filter(|found| !seen.contains(&found.uid)) {
            let key = found.key();
            if is_named(&found.uid, &[&key]) {
                if desired_keys.contains(&key) {
                    return Err(AcceptError::KeyInUse { key: Box::new(key) });
                }
                selection.changes.push(AcceptedChange::Add(found.clone()));
            }
        }
        let exists = |uid: &&Uid| seen.contains(uid) || observed.get(uid).is_some();
        if let Some(uid) = filter.uids.iter().find(|uid| !exists(uid)) {
            return Err(AcceptError::UnknownUid(uid.clone()));
        }
        let found_keys: BTreeSet<ConfigKey> = observed.configs.iter().map(ObservedConfig::key).collect();
        let has_url = |url: &&String| {
            let url = normalize_url_pattern(url);
            found_keys.iter().chain(&desired_keys).any(|key| key.url == url)
        };
        match filter.urls.iter().find(|url| !has_url(url)) {
            Some(url) => Err(AcceptError::UnknownUrl(url.clone())),
            None => Ok(selection),
        }
    }

    fn choose_match(
        &mut self,
        config: &DesiredConfig,
        found: &ObservedConfig,
        managed: Option<&ManagedConfig>,
        named: bool,
    ) {
        let key = config.key();
        let state = found.deploy_state_for(&config.definition);
        if *state == config.deploy_state() {
            return;
        }
        let secrets = config.definition.changed_secrets(&state.saved).join(", ");
        if !secrets.is_empty() {
            self.notes
                .push(format!("{key}: the service has other values of {secrets}; to accept them, set the variables"));
            return;
        }
        let is_same = state.saved == config.definition && state.is_deployed() == config.deployed;
        match managed {
            _ if is_same => self.notes.push(format!("{key}: the file has the saved definition already")),
            None if !named => {
                self.notes
                    .push(format!("{key}: {uid} is not in the state; accept it with --uid {uid}", uid = found.uid));
            }
            Some(managed) if !named && managed.is_unchanged(found) => {}
            _ => self.changes.push(AcceptedChange::Update { key, found: found.clone() }),
        }
        if !matches!(state.live, LiveState::NotDeployed | LiveState::SameAsSaved) {
            self.notes.push(format!("{}: the saved definition is not live; `ajo apply` redeploys it", found.key()));
        }
    }
}

impl LimitsState {
    /// Records accepted changes as the new baseline. `desired` is the content of the files after the changes.
    pub fn record_accepted(&mut self, desired: &DesiredLimits, changes: &[AcceptedChange]) {
        for change in changes {
            match change {
                AcceptedChange::Update { found, .. } | AcceptedChange::Add(found) => {
                    let key = found.key();
                    let config = desired.configs.iter().find(|config| config.key() == key);
                    let same = config.filter(|it| *found.deploy_state_for(&it.definition) == it.deploy_state());
                    let file = config.and_then(|config| config.file.clone());
                    self.record(if let Some(config) = same {
                        ManagedConfig::settled(&desired.sandbox, config, found)
                    } else {
                        let salt = config.and_then(|config| config.definition.salt());
                        ManagedConfig::unsettled(&desired.sandbox, key, file, &found.clone().with_salt(salt))
                    });
                }
                AcceptedChange::Remove(key) => {
                    let managed = self.for_sandbox(&desired.sandbox).find(|managed| managed.key == *key);
                    if let Some(uid) = managed.map(|managed| managed.uid.clone()) {
                        self.remove(&uid);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ajo_core::CappingConfig;

    use super::*;
    use crate::file::{SourceFile, SourceSet, parse_limits};

    fn desired(url: &str) -> DesiredLimits {
        let content = format!(
            "version: 1\nsandbox: prod\ncapping:\n  - url: {url}\n    methods: [GET]\n    services: \
             {{ action: {{ maxHttpConnections: 1, rating: {{ maxCallsCount: 1, periodInMs: 1000 }} }} }}\n"
        );
        let source = SourceFile { name: "prod.yaml".to_owned(), content };
        parse_limits(&SourceSet::new(vec![source]), &|_| None).desired.expect("a valid file")
    }

    #[test]
    fn pending_url_change_is_not_reported() {
        let before = desired("https://a.example/v1/*");
        let config: CappingConfig = serde_json::from_value(serde_json::json!({
            "uid": "u-1", "state": "deployed", "url": "https://a.example/v1/*", "methods": ["GET"],
            "services": {"action": {"maxHttpConnections": 1, "rating": {"maxCallsCount": 1, "periodInMs": 1000}}},
        }))
        .expect("a configuration");
        let observed = ObservedLimits::new(&[config], &[]);
        let mut state = LimitsState::default();
        state.record(ManagedConfig::settled(&before.sandbox, &before.configs[0], &observed.configs[0]));
        let after = desired("https://a.example/v2/*");
        let selection =
            AcceptSelection::choose(&after, &observed, &state, &AcceptFilter::default()).expect("a selection");
        assert!(selection.changes.is_empty() && selection.notes.is_empty(), "{selection:?}");
    }
}
