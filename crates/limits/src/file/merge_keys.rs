//! Normalizes a parsed document: applies merge keys, removes duplicate keys, and completes spans.

use std::collections::HashMap;

use super::file_diagnostics::{FileDiagnostics, quote_excerpt};
use super::source_span::SourceSpan;
use super::yaml_node::{YamlMapping, YamlNode, YamlValue};

/// Applies `<<`, reports duplicate keys, and gives nodes without text of their own a displayable span.
pub(crate) fn normalize(node: &mut YamlNode, diagnostics: &mut FileDiagnostics) {
    match &mut node.value {
        YamlValue::Sequence(items) => items.iter_mut().for_each(|item| normalize(item, diagnostics)),
        YamlValue::Mapping(map) => {
            for (name, value) in map.iter_mut() {
                normalize(value, diagnostics);
                if value.is_null() && value.span.bytes.0 == value.span.bytes.1 {
                    (value.span, value.reference_span) = (name.span.clone(), name.reference_span.clone());
                }
            }
            remove_duplicate_keys(map, diagnostics);
            apply_merge_keys(map, diagnostics);
        }
        _ => {}
    }
    extend_to_first_line(node);
}

/// Reports duplicate keys; the first one wins.
fn remove_duplicate_keys(map: &mut YamlMapping, diagnostics: &mut FileDiagnostics) {
    let mut seen: HashMap<String, SourceSpan> = HashMap::new();
    map.retain(|(name, _)| {
        let key = name.to_key_string();
        if let Some(first) = seen.get(&key) {
            let message = format!("duplicate key `{}`; first used at {}", quote_excerpt(&key), first.to_location());
            diagnostics.error("AJO_LIMITS_DUPLICATE_KEY", &name.span, message);
            return false;
        }
        seen.insert(key, name.span.clone());
        true
    });
}

/// Adds the keys of `<<` that the mapping does not have itself; earlier sources take precedence.
fn apply_merge_keys(map: &mut YamlMapping, diagnostics: &mut FileDiagnostics) {
    let Some(at) = map.iter().position(|(name, _)| name.as_str() == Some("<<")) else { return };
    let (_, merged) = map.remove(at);
    let (span, others) = (
        merged.reference_span.clone(),
        if let YamlValue::Sequence(items) = merged.value { items } else { vec![merged] },
    );
    for other in others {
        let YamlValue::Mapping(other) = other.value else {
            diagnostics.error("AJO_LIMITS_YAML", &span, "`<<` requires a mapping or a list of mappings");
            continue;
        };
        for (name, value) in other {
            if !map.iter().any(|(known, _)| known.to_key_string() == name.to_key_string()) {
                map.push((name, value));
            }
        }
    }
}

/// The parser's span of a mapping or sequence is one character; extends it to the end of the first line.
fn extend_to_first_line(node: &mut YamlNode) {
    if !matches!(node.value, YamlValue::Sequence(_) | YamlValue::Mapping(_)) {
        return;
    }
    if let Some(whole) = last_span_on_line(node, &node.span).and_then(|last| node.span.extend_to(last)) {
        if node.reference_span == node.span {
            node.reference_span = whole.clone();
        }
        node.span = whole;
    }
}

/// The last span within `node` that starts on the line of `start`.
fn last_span_on_line<'n>(node: &'n YamlNode, start: &SourceSpan) -> Option<&'n SourceSpan> {
    if node.span.line != start.line {
        return None;
    }
    let inner = match &node.value {
        YamlValue::Sequence(items) => items.iter().rev().find_map(|item| last_span_on_line(item, start)),
        YamlValue::Mapping(map) => {
            let last_in_entry = |(name, value): &'n (YamlNode, YamlNode)| {
                last_span_on_line(value, start).or_else(|| last_span_on_line(name, start))
            };
            map.iter().rev().find_map(last_in_entry)
        }
        _ => None,
    };
    inner.or(Some(&node.span))
}
