//! The entries of limits files that are edited.

use std::collections::VecDeque;

use ajo_core::Api;
use serde_json::{Map, Value};

use super::field_edit::{FieldChange, FieldEdit, diff_objects};
use super::source_tree::{SourceNode, SourceTree};
use crate::file::base_resolver::BaseResolver;
use crate::file::config_entry::parse_entry;
use crate::file::file_diagnostics::FileDiagnostics;
use crate::file::schema_types::entry_keys;
use crate::file::source_file::normalize_path;
use crate::file::source_set::SourceSet;
use crate::file::yaml_node::YamlNode;
use crate::{ConfigDefinition, ConfigKey, DesiredConfig, ObservedConfig};

/// An entry, and its remaining edits.
pub(super) struct EntryTarget {
    /// The index of the input file.
    pub(super) file: usize,
    pub(super) key: ConfigKey,
    /// The entry as it was parsed, merged with its base.
    pub(super) entry: YamlNode,
    pub(super) has_base: bool,
    pub(super) config: DesiredConfig,
    /// The index in the `capping` list; `None` if the entry is in a base file.
    pub(super) index: Option<usize>,
    pub(super) edits: VecDeque<FieldEdit>,
}

/// The entries of the input files. A file that is only the base of another input has none.
pub(super) fn find_targets(sources: &SourceSet, variables: &dyn Fn(&str) -> Option<String>) -> Vec<EntryTarget> {
    let mut resolver = BaseResolver::new(sources, variables);
    let mut ignored = FileDiagnostics::default();
    let documents: Vec<_> = sources.inputs().iter().map(|source| resolver.resolve(source, &mut ignored)).collect();
    let bases: Vec<String> = documents.iter().flatten().flat_map(|document| document.bases.clone()).collect();
    let mut targets = Vec::new();
    for (file, document) in documents.into_iter().enumerate() {
        let source = &sources.inputs()[file];
        let Some(document) = document.filter(|_| !bases.contains(&normalize_path(&source.name))) else { continue };
        let tree = SourceTree::parse(&source.content);
        let capping = tree.as_ref().and_then(|tree| tree.root.get("capping")).map_or(&[][..], SourceNode::items);
        let throttling = document.throttling.into_iter().filter(|entry| !entry.is_null());
        let entries = document.capping.into_iter().map(|entry| (Api::Capping, entry));
        for (api, entry) in entries.chain(throttling.map(|entry| (Api::Throttling, entry))) {
            let Some(config) = parse_entry(&entry, api, &entry_keys(api), &resolver.secrets, &mut ignored) else {
                continue;
            };
            let start = entry.reference_span.bytes.0;
            let own = *entry.reference_span.file == *source.name;
            let index = match api {
                Api::Capping => {
                    capping.iter().position(|item| item.range.start == start || item.range.contains(&start))
                }
                Api::Throttling => Some(0),
            };
            targets.push(EntryTarget {
                file,
                key: config.key(),
                has_base: !document.bases.is_empty(),
                config,
                index: index.filter(|_| own),
                entry,
                edits: VecDeque::new(),
            });
        }
    }
    targets
}

impl EntryTarget {
    /// Plans the edits that make the entry equal to the configuration of the service.
    pub(super) fn accept(&mut self, found: &ObservedConfig) {
        let state = found.deploy_state_for(&self.config.definition);
        let before = entry_fields(&self.config.definition);
        let mut after = entry_fields(&state.saved);
        if found.key().url == self.key.url {
            // The spelling of a URL is not a difference.
            for name in ["url", "urlPattern"] {
                if let (Some(url), Some(other)) = (before.get(name), after.get_mut(name)) {
                    other.clone_from(url);
                }
            }
        }
        self.edits = diff_objects(&before, &after).into();
        if state.is_deployed() != self.config.deployed {
            // Most entries have the default, so the field may be missing.
            let change = FieldChange::Add(state.is_deployed().into());
            self.edits.push_back(FieldEdit { path: vec!["deployed".to_owned()], change });
        }
    }

    /// The entry in the text.
    pub(super) fn find<'t>(&self, tree: &'t SourceTree) -> Option<&'t SourceNode> {
        match self.key.api {
            Api::Capping => tree.root.get("capping")?.items().get(self.index?),
            Api::Throttling => self.index.and_then(|_| tree.root.get("throttling")),
        }
    }
}

/// The fields of a definition as in a limits file.
fn entry_fields(definition: &ConfigDefinition) -> Map<String, Value> {
    let mut fields = definition.to_json();
    if !definition.extra().is_empty() {
        fields.insert("extra".to_owned(), definition.extra().clone().into());
    }
    fields
}
