//! Applies an overlay to its base.

use std::collections::{BTreeSet, HashMap};

use ajo_core::rules::Severity;
use ajo_engine::untrusted_text::escape;

use super::file_diagnostics::FileDiagnostics;
use super::limits_document::LimitsDocument;
use super::source_span::SourceSpan;
use super::yaml_node::{YamlNode, YamlValue};
use crate::url_form::normalize_url_pattern;

const CODE: &str = "AJO_LIMITS_OVERLAY";

/// Applies an overlay to its base. Overridden values have their location in the overlay, the others in the base.
pub(crate) fn apply_overlay(
    over: LimitsDocument,
    base: LimitsDocument,
    diagnostics: &mut FileDiagnostics,
) -> LimitsDocument {
    LimitsDocument {
        span: over.span,
        sandbox: over.sandbox.or(base.sandbox),
        production: over.production.or(base.production),
        policy: over.policy.or(base.policy),
        state: over.state.or(base.state),
        allows: over.allows,
        base_allows: base.allows.into_iter().chain(base.base_allows).collect(),
        base: None,
        bases: over.base.map(|base| base.name).into_iter().chain(base.bases).collect(),
        capping: merge_capping(over.capping, &base.capping, diagnostics),
        has_empty_list: over.has_empty_list || base.has_empty_list,
        throttling: merge_throttling(over.throttling, base.throttling, diagnostics),
    }
}

fn merge_capping(over: Vec<YamlNode>, base: &[YamlNode], diagnostics: &mut FileDiagnostics) -> Vec<YamlNode> {
    let index = BaseIndex::new(base);
    let mut merged: Vec<Option<YamlNode>> = base.iter().cloned().map(Some).collect();
    let mut touched: HashMap<usize, SourceSpan> = HashMap::new();
    for entry in over {
        let absent = is_absent(&entry, diagnostics);
        match index.find(&entry, base) {
            BaseMatch::None if absent => {
                let message = "`absent: true` matches no limit in the base";
                diagnostics.add(Severity::Warning, CODE, &entry.reference_span, message);
            }
            BaseMatch::None => merged.push(Some(entry)),
            BaseMatch::One(at) => {
                if let Some(first) = touched.insert(at, entry.reference_span.clone()) {
                    let message = format!("it overrides the same base limit as {}", first.to_location());
                    diagnostics.error("AJO_LIMITS_DUPLICATE", &entry.reference_span, message);
                } else if absent {
                    merged[at] = None;
                } else if let Some(base) = &mut merged[at] {
                    merge_node(base, entry);
                }
            }
            BaseMatch::Multiple(matches) => {
                let locations: Vec<_> = matches
                    .iter()
                    .map(|at| {
                        format!(
                            "{} {}",
                            base[*at].reference_span.to_location(),
                            entry_methods(&base[*at]).unwrap_or_default().join(",")
                        )
                    })
                    .collect();
                let message =
                    format!("the base has {} limits with this URL: {}", locations.len(), escape(&locations.join("; ")));
                diagnostics.error(CODE, &entry.reference_span, message).hint =
                    Some("set `methods` to select one of them".to_owned());
            }
        }
    }
    merged.into_iter().flatten().collect()
}

fn merge_throttling(
    over: Option<YamlNode>,
    base: Option<YamlNode>,
    diagnostics: &mut FileDiagnostics,
) -> Option<YamlNode> {
    match (over, base) {
        (None, base) => base,
        (Some(over), base) if over.is_null() => {
            if base.is_none() {
                diagnostics.add(Severity::Warning, CODE, &over.reference_span, "the base has no throttling to remove");
            }
            None
        }
        (Some(over), base) => {
            if is_absent(&over, diagnostics) {
                if base.is_none() {
                    diagnostics.add(
                        Severity::Warning,
                        CODE,
                        &over.reference_span,
                        "`absent: true`, but the base has no throttling",
                    );
                }
                return None;
            }
            Some(match base {
                Some(mut base) if base.as_mapping().is_some() => {
                    merge_node(&mut base, over);
                    base
                }
                _ => over,
            })
        }
    }
}

/// Whether an entry removes the base entry.
pub(crate) fn is_absent(entry: &YamlNode, diagnostics: &mut FileDiagnostics) -> bool {
    match entry.get("absent") {
        None => false,
        Some(YamlNode { value: YamlValue::Bool(absent), .. }) => *absent,
        Some(node) => {
            let message = format!("`absent` must be true or false, not {}", node.type_name());
            diagnostics.error("AJO_LIMITS_TYPE", &node.span, message);
            false
        }
    }
}

/// Merges a value into another: mappings are merged, null removes, any other value replaces.
fn merge_node(base: &mut YamlNode, over: YamlNode) {
    let YamlNode { value: YamlValue::Mapping(entries), span, reference_span } = over else {
        *base = over;
        return;
    };
    let YamlValue::Mapping(map) = &mut base.value else {
        // The base has no keys that a null could remove.
        let entries = entries.into_iter().filter(|(_, value)| !value.is_null()).collect();
        *base = YamlNode { value: YamlValue::Mapping(entries), span, reference_span };
        return;
    };
    for (name, value) in entries {
        let at = map.iter().position(|(known, _)| known.to_key_string() == name.to_key_string());
        match at {
            Some(at) if value.is_null() => {
                map.remove(at);
            }
            Some(at) => {
                map[at].0 = name;
                merge_node(&mut map[at].1, value);
            }
            None if value.is_null() => {}
            None => map.push((name, value)),
        }
    }
    (base.span, base.reference_span) = (span, reference_span);
}

/// The base's entries, by the normal form of their URL.
struct BaseIndex(HashMap<String, Vec<usize>>);

enum BaseMatch {
    None,
    One(usize),
    Multiple(Vec<usize>),
}

impl BaseIndex {
    fn new(base: &[YamlNode]) -> Self {
        let mut index: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, entry) in base.iter().enumerate() {
            if let Some(url) = entry.get("url").and_then(YamlNode::as_str) {
                index.entry(normalize_url_pattern(url)).or_default().push(at);
            }
        }
        Self(index)
    }

    /// The base entry with the same URL and methods. If `entry` has no methods, the only base entry with its URL.
    fn find(&self, entry: &YamlNode, base: &[YamlNode]) -> BaseMatch {
        let url = entry.get("url").and_then(YamlNode::as_str);
        let with_url = url.and_then(|url| self.0.get(&normalize_url_pattern(url))).map_or(&[][..], Vec::as_slice);
        if let Some(methods) = entry_methods(entry) {
            let set: BTreeSet<_> = methods.iter().collect();
            let same = |at: &&usize| {
                entry_methods(&base[**at]).is_some_and(|methods| methods.iter().collect::<BTreeSet<_>>() == set)
            };
            return with_url.iter().find(same).map_or(BaseMatch::None, |at| BaseMatch::One(*at));
        }
        match with_url {
            [] => BaseMatch::None,
            [at] => BaseMatch::One(*at),
            matches => BaseMatch::Multiple(matches.to_vec()),
        }
    }
}

/// The methods of an entry, if it has any.
fn entry_methods(entry: &YamlNode) -> Option<Vec<String>> {
    match &entry.get("methods")?.value {
        YamlValue::Sequence(items) => Some(items.iter().map(YamlNode::to_key_string).collect()),
        YamlValue::Null => None,
        _ => Some(Vec::new()),
    }
}
