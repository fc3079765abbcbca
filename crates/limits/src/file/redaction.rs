//! Redacts diagnostics about referenced files that are neither limits files nor policies. Such a file may contain a secret, so
//! no line of it is displayed.

use std::collections::BTreeSet;

use super::file_kind::FILE_KIND_CODE;
use super::limits_document::LIMITS_FILE_VERSION;
use super::schema_types;
use super::yaml_node::YamlValue;
use super::yaml_parser::parse_yaml;
use crate::{FileDiagnostic, policy};

/// Parts of keys that only files with secrets contain, in lower case and without `_`, `-`, and `.`.
const SECRET_NAMES: [&str; 4] = ["clientsecret", "accesstoken", "privatekey", "password"];

/// Keys of a definition, for input files whose top level is damaged.
const DEFINITION_KEYS: [&str; 4] = ["url", "urlPattern", "methods", "services"];

/// Codes whose messages do not quote the file.
pub(crate) const SAFE_CODES: [&str; 4] = ["AJO_LIMITS_EMPTY", "AJO_LIMITS_VERSION", "AJO_LIMITS_FILE", FILE_KIND_CODE];

const REDACTED_INPUT_MESSAGE: &str = "the file is neither a limits file nor a policy, so its content is not shown";

const REDACTED_MESSAGE: &str = "the referenced file is neither a limits file nor a policy";
const REDACTED_HINT: &str = "such a file starts with `version: 1` and has only the keys that `ajo schema` describes";

/// Whether a file looks like a limits file or a policy, judging by its version and keys.
pub(crate) fn is_known_format(text: &str) -> bool {
    let Ok(root) = parse_yaml(&"".into(), text) else { return false };
    let version = root
        .get("version")
        .and_then(|node| if let YamlValue::Number(number) = &node.value { number.as_u64() } else { None });
    let known = |key: &str| {
        schema_types::LIMITS_FILE_KEYS.contains(&key) || policy::schema_types::POLICY_FILE_KEYS.contains(&key)
    };
    version == Some(LIMITS_FILE_VERSION)
        && root.as_mapping().is_some_and(|map| map.iter().all(|(key, _)| key.as_str().is_some_and(known)))
}

/// Whether lines of an input file can be displayed: it has a known key, and no key names a secret. An input can be a link to
/// another file.
pub(crate) fn is_displayable_input(text: &str) -> bool {
    let is_known = |line: &str| {
        let line = line.trim_start_matches([' ', '\t', '{', '-', '"', '\'', ',', '\u{feff}']);
        line.split_once(':').is_some_and(|(key, _)| {
            let key = key.trim_end_matches([' ', '"', '\'']);
            schema_types::LIMITS_FILE_KEYS.contains(&key)
                || policy::schema_types::POLICY_FILE_KEYS.contains(&key)
                || DEFINITION_KEYS.contains(&key)
        })
    };
    !names_secret(text) && text.lines().any(is_known)
}

/// Whether lines of a file with definitions can be displayed: some line has a known field, and no key names a secret.
pub(crate) fn is_displayable_definition(text: &str) -> bool {
    let has_field = |line: &str| {
        line.split(['{', ',', '-', ' ', '\t', '[']).any(|word| {
            let key = word.split_once(':').map(|(key, _)| key.trim_matches(['"', '\'']));
            key.is_some_and(|key| DEFINITION_KEYS.contains(&key) || ["maxThroughput", "orgId"].contains(&key))
        })
    };
    text.trim().is_empty() || !names_secret(text) && text.lines().any(has_field)
}

/// Whether a key names a secret.
fn names_secret(text: &str) -> bool {
    let is_secret = |key: &str| {
        let name: String = key.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
        SECRET_NAMES.iter().any(|secret| name.contains(secret))
    };
    text.contains("-----BEGIN") || keys(text).any(is_secret)
}

/// The words before `:` and `=`, because the text may be damaged YAML or another format.
fn keys(text: &str) -> impl Iterator<Item = &str> {
    // The value of a variable is not in the file.
    let values = text.match_indices([':', '=']).filter(|(end, _)| !text[end + 1..].trim_start().starts_with("${"));
    values.map(|(end, _)| {
        let before = text[..end].trim_end_matches([' ', '\t', '"', '\'']);
        let is_part = |c: char| c.is_alphanumeric() || "_-.".contains(c);
        &before[before.trim_end_matches(is_part).len()..]
    })
}

/// Replaces the diagnostics of each hidden input file by a single one, if one of them may quote the file.
pub(crate) fn redact_inputs(diagnostics: Vec<FileDiagnostic>, hidden: &BTreeSet<&str>) -> Vec<FileDiagnostic> {
    let file_of = |found: &FileDiagnostic| found.location.as_ref().map(|at| at.file.clone());
    let may_quote = |found: &FileDiagnostic| !SAFE_CODES.contains(&found.code.as_str());
    let quoted = diagnostics.iter().filter(|found| may_quote(found)).filter_map(file_of);
    let mut quoted: BTreeSet<_> = quoted.filter(|file| hidden.contains(file.as_str())).collect();
    let redacted_files = quoted.clone();
    let redacted = |found: FileDiagnostic| {
        let Some(file) = file_of(&found).filter(|file| redacted_files.contains(file)) else { return Some(found) };
        let is_first = may_quote(&found) && quoted.remove(&file);
        let message = REDACTED_INPUT_MESSAGE.to_owned();
        is_first.then(|| FileDiagnostic { message, hint: Some(REDACTED_HINT.to_owned()), ..found })
    };
    diagnostics.into_iter().filter_map(redacted).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::{SourceFile, SourceSet, parse_limits};

    #[test]
    fn hidden_input_is_not_quoted() {
        let text = "version: 2\nclient_secret: SEC\nsandbox: SEC SEC\n";
        let source = SourceFile { name: "a.yaml".to_owned(), content: text.to_owned() };
        let parsed = parse_limits(&SourceSet::new(vec![source]), &|_| None);
        let messages: Vec<_> = parsed.diagnostics.iter().map(|it| it.message.as_str()).collect();
        assert_eq!(messages, [REDACTED_INPUT_MESSAGE]);
        assert!(!format!("{:?}", parsed.diagnostics).contains("SEC"), "{:?}", parsed.diagnostics);
    }

    #[test]
    fn only_limits_files_are_displayable() {
        for text in [
            "version: 1\ncapping: oops",
            "{\"version\": 1, \"x\": 2}",
            "- url: a",
            "# comment\nsandbox : prod",
            "capping:\n- url: https://a.example/forgot-password\n  methods: [GET]  # no private key\n",
        ] {
            assert!(is_displayable_input(text), "{text}");
        }
        for text in [
            "AJO_CLIENT_SECRET=SEC\nAJO_SCOPES=openid",
            "{\"CLIENT_ID\": \"c\", \"SCOPES\": []}",
            "[default]\naws_key = SEC",
            "HOME=/root\nPATH=/bin",
            "version: 1\nclient_secret: SEC",
            "version: 1\naccessToken: SEC",
            "sandbox: prod\ndb.Pass_Word=SEC",
            "version: 1\nx: {\"url\": 1, \"CLIENT_SECRETS\" : [\"SEC\"]}",
            "-----BEGIN PRIVATE KEY-----\nversion: 1",
            "root:x:0:0:root:/root:/bin/bash",
        ] {
            assert!(!is_displayable_input(text), "{text}");
        }
    }
}
