//! Redacts diagnostics about referenced files that are neither limits files nor policies. Such a file may contain a secret, so
//! no line of it is displayed.

use std::collections::BTreeSet;

use super::file_diagnostics::FileDiagnostics;
use super::limits_document::{self, LIMITS_FILE_VERSION};
use super::schema_types;
use super::yaml_node::YamlValue;
use crate::{FileDiagnostic, policy};

const REDACTED_MESSAGE: &str = "the referenced file is neither a limits file nor a policy";
const REDACTED_HINT: &str = "such a file starts with `version: 1` and has only the keys that `ajo schema` describes";

/// Whether a file looks like a limits file or a policy, judging by its version and keys.
pub(crate) fn is_known_format(text: &str) -> bool {
    let Some(root) = limits_document::parse_root(&"".into(), text, &mut FileDiagnostics::default()) else {
        return false;
    };
    let version = root
        .get("version")
        .and_then(|node| if let YamlValue::Number(number) = &node.value { number.as_u64() } else { None });
    let known = |key: &str| {
        schema_types::LIMITS_FILE_KEYS.contains(&key) || policy::schema_types::POLICY_FILE_KEYS.contains(&key)
    };
    version == Some(LIMITS_FILE_VERSION)
        && root.as_mapping().is_some_and(|map| map.iter().all(|(key, _)| key.as_str().is_some_and(known)))
}

/// Replaces the diagnostics of each unrecognized file by a single one without details.
pub(crate) fn redact(diagnostics: Vec<FileDiagnostic>, unrecognized: &BTreeSet<&str>) -> Vec<FileDiagnostic> {
    let mut seen = BTreeSet::new();
    let redacted = |diagnostic: FileDiagnostic| {
        let file = diagnostic.location.as_ref().map(|location| location.file.clone());
        let Some(file) = file.filter(|file| unrecognized.contains(file.as_str())) else { return Some(diagnostic) };
        let redacted =
            FileDiagnostic { message: REDACTED_MESSAGE.to_owned(), hint: Some(REDACTED_HINT.to_owned()), ..diagnostic };
        seen.insert(file).then_some(redacted)
    };
    diagnostics.into_iter().filter_map(redacted).collect()
}
