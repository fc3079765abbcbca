//! Reports unknown keys and suggests known ones.

use super::file_diagnostics::{FileDiagnostics, quote_excerpt};
use super::yaml_node::{YamlNode, YamlValue};

/// The minimum similarity for a suggestion, from 0 to 1.
const MIN_SIMILARITY: f64 = 0.8;

/// Reports the unknown keys of a mapping and adds them to `unknown`. A node that is not a mapping has no keys.
pub(crate) fn check_keys(
    node: &YamlNode,
    known: &[&str],
    unknown: &mut Vec<String>,
    diagnostics: &mut FileDiagnostics,
) {
    let YamlValue::Mapping(map) = &node.value else { return };
    for (name, _) in map {
        let key = name.to_key_string();
        if name.as_str().is_some_and(|text| known.contains(&text)) {
            continue;
        }
        diagnostics
            .error("AJO_LIMITS_UNKNOWN_KEY", &name.span, format!("unknown key `{}`", quote_excerpt(&key)))
            .hint = Some(suggest_key(&key, known));
        unknown.push(key);
    }
}

/// Suggests the most similar known key, or lists all known keys.
pub(crate) fn suggest_key(name: &str, known: &[&str]) -> String {
    match find_similar_key(name, known) {
        Some(known) => format!("did you mean `{known}`?"),
        None => format!("known keys: {}", known.join(", ")),
    }
}

/// The most similar known key, if one is similar enough.
pub(crate) fn find_similar_key<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    let similarity = |known: &str| strsim::jaro_winkler(&known.to_lowercase(), &name.to_lowercase());
    let closest = known.iter().map(|known| (similarity(known), *known)).max_by(|one, other| one.0.total_cmp(&other.0));
    closest.filter(|(similarity, _)| *similarity >= MIN_SIMILARITY).map(|(_, known)| known)
}
