//! Finds entries whose URL or methods changed: one entry disappeared from a file, and a similar one appeared in it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::url_form::normalized_host;
use crate::{ConfigDefinition, ConfigKey, DesiredConfig, ManagedConfig, ObservedConfig};

/// Entries that disappeared from a file and similar ones that appeared in it, where it is unclear which replaces which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UnclearReplacement {
    /// The keys that appeared. Their configurations are created.
    pub appeared: Vec<ConfigKey>,
    /// The keys that disappeared. Their configurations stay, or `prune` deletes them.
    pub disappeared: Vec<ConfigKey>,
}

/// The result of the search.
#[derive(Default)]
pub(super) struct Replacements<'p> {
    /// The managed configuration that an entry replaces, by the key of the entry.
    pub(super) by_key: BTreeMap<ConfigKey, &'p ManagedConfig>,
    pub(super) unclear: Vec<UnclearReplacement>,
}

/// A managed configuration whose entry disappeared.
pub(super) type Disappeared<'p> = (&'p ManagedConfig, &'p ObservedConfig);

/// What two similar entries have in common.
type Similarity = fn(&ConfigKey, &ConfigDefinition) -> String;

/// From the closest similarity to the weakest.
const SIMILARITIES: [Similarity; 3] = [
    |key, _| key.url.clone(),
    |key, _| format!("{:?} {}", key.methods, normalized_host(&key.url)),
    |_, definition| {
        let mut json = definition.to_json();
        json.remove(definition.url_field());
        serde_json::Value::Object(json).to_string()
    },
];

/// Pairs entries of the same file that have the same URL, or the same methods and host, or all but the URL in common. A pair
/// must be the only possible one.
pub(super) fn find_replacements<'p>(
    mut appeared: Vec<&'p DesiredConfig>,
    mut disappeared: Vec<Disappeared<'p>>,
) -> Replacements<'p> {
    let mut found = Replacements::default();
    for similarity in SIMILARITIES {
        if appeared.is_empty() || disappeared.is_empty() {
            break;
        }
        (appeared, disappeared) = found.pair(appeared, disappeared, similarity);
    }
    found
}

impl<'p> Replacements<'p> {
    /// Pairs similar entries. Returns the entries without any partner.
    fn pair(
        &mut self,
        appeared: Vec<&'p DesiredConfig>,
        disappeared: Vec<Disappeared<'p>>,
        similarity: Similarity,
    ) -> (Vec<&'p DesiredConfig>, Vec<Disappeared<'p>>) {
        type Group<'p> = (Vec<&'p DesiredConfig>, Vec<Disappeared<'p>>);
        let mut groups: BTreeMap<(Option<&str>, String), Group<'p>> = BTreeMap::new();
        for wanted in appeared {
            let similar = similarity(&wanted.key(), &wanted.definition);
            groups.entry((wanted.file.as_deref(), similar)).or_default().0.push(wanted);
        }
        for (managed, found) in disappeared {
            let similar = similarity(&managed.key, &found.deploy_state.saved);
            groups.entry((managed.file.as_deref(), similar)).or_default().1.push((managed, found));
        }
        let mut left = (Vec::new(), Vec::new());
        for (appeared, disappeared) in groups.into_values() {
            match (&appeared[..], &disappeared[..]) {
                ([], _) | (_, []) => {
                    left.0.extend(appeared);
                    left.1.extend(disappeared);
                }
                ([wanted], [(managed, _)]) => {
                    self.by_key.insert(wanted.key(), managed);
                }
                _ => self.unclear.push(UnclearReplacement {
                    appeared: appeared.iter().map(|wanted| wanted.key()).collect(),
                    disappeared: disappeared.iter().map(|(managed, _)| managed.key.clone()).collect(),
                }),
            }
        }
        left
    }
}
