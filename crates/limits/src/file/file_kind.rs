//! Recognizes files of another kind, so that one error names its kind.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;

use super::file_diagnostics::FileDiagnostics;
use super::source_file::SourceFile;
use super::yaml_node::{YamlNode, YamlValue};
use super::yaml_parser::parse_yaml;

pub(crate) const FILE_KIND_CODE: &str = "AJO_LIMITS_FILE_KIND";

/// The kind of a file, judging by its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileKind {
    Limits,
    Policy,
    CappingDefinition,
    ThrottlingDefinition,
    Response,
    State,
    Report,
    Schema,
}

impl FileKind {
    /// Recognizes a document; `None` if its keys fit no kind or several.
    pub(crate) fn detect(root: &YamlNode) -> Option<Self> {
        if let YamlValue::Sequence(items) = &root.value {
            let is_definition = |kind| matches!(kind, Self::CappingDefinition | Self::ThrottlingDefinition);
            return Self::detect(items.first()?).filter(|kind| is_definition(*kind));
        }
        Self::from_keys(&|name| root.get(name).is_some())
    }

    /// Recognizes a document by the keys of its root.
    fn from_keys(has_key: &dyn Fn(&str) -> bool) -> Option<Self> {
        let has = |names: &[&str]| names.iter().any(|name| has_key(name));
        if has(&["command"]) && has(&["outcome"]) {
            return Some(Self::Report);
        }
        let kinds = [
            (Self::Limits, has(&["capping", "throttling", "sandbox", "base", "variables", "secrets"])),
            (Self::Policy, has(&["maximums", "deniedHosts", "requireDeployed", "freezeWindows", "observed"])),
            (Self::CappingDefinition, has(&["url"]) && has(&["methods", "services"])),
            (Self::ThrottlingDefinition, has(&["urlPattern"])),
            (Self::Response, has(&["result", "results", "createdElement", "updatedElement"])),
            (Self::State, has(&["configs"])),
            (Self::Schema, has(&["$schema"]) && has(&["$defs", "properties", "type"])),
        ];
        let mut matching = kinds.into_iter().filter(|(_, matches)| *matches).map(|(kind, _)| kind);
        matching.next().filter(|_| matching.next().is_none())
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Limits => "a limits file",
            Self::Policy => "a policy",
            Self::CappingDefinition => "a capping definition",
            Self::ThrottlingDefinition => "a throttling definition",
            Self::Response => "a response of the service",
            Self::State => "a state file",
            Self::Report => "a plan or a report of `ajo`",
            Self::Schema => "a JSON Schema",
        }
    }

    const fn hint(self) -> &'static str {
        match self {
            Self::Limits => "pass it as a limits file, and the policy with --policy",
            Self::Policy => "pass it with --policy, or name it with `policy:` in a limits file",
            Self::CappingDefinition => {
                "put it into the list `capping:` of a limits file; `ajo capping create` takes a definition"
            }
            Self::ThrottlingDefinition => {
                "put it under `throttling:` in a limits file; `ajo throttling create` takes a definition"
            }
            Self::Response => "`ajo export` writes a limits file for the configurations of a sandbox",
            Self::State => "pass the limits file; --state names the state file",
            Self::Report => "pass the limits file; `ajo apply --plan` applies a saved plan",
            Self::Schema => "pass the limits file that the schema describes",
        }
    }
}

/// Whether a file is a limits file, judging by its keys.
pub fn is_limits_file(source: &SourceFile) -> bool {
    let root = parse_yaml(&source.name.as_str().into(), &source.content);
    root.is_ok_and(|root| FileKind::detect(&root) == Some(FileKind::Limits))
}

/// Whether a file is certainly of another kind than a limits file, judging by its keys: a policy, a state file, a saved plan. A file
/// that cannot be parsed, or whose keys fit no kind, may be a limits file with a mistake.
#[expect(clippy::zero_sized_map_values, reason = "serde reads keys only together with values")]
pub fn is_other_file(text: &str) -> bool {
    // A state file or a plan can be larger and deeper than the YAML parser accepts.
    let kind = match serde_json::from_str::<BTreeMap<String, IgnoredAny>>(text) {
        Ok(keys) => FileKind::from_keys(&|name| keys.contains_key(name)),
        Err(_) => parse_yaml(&"".into(), text).ok().as_ref().and_then(FileKind::detect),
    };
    kind.is_some_and(|kind| kind != FileKind::Limits)
}

/// Reports a file that is certainly of another kind than `expected`, and returns whether it is.
pub(crate) fn is_other_kind(root: &YamlNode, expected: FileKind, diagnostics: &mut FileDiagnostics) -> bool {
    let Some(kind) = FileKind::detect(root).filter(|kind| *kind != expected) else { return false };
    let message = format!("this is {}, not {}", kind.name(), expected.name());
    diagnostics.error(FILE_KIND_CODE, &root.span, message).hint = Some(kind.hint().to_owned());
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_recognized() {
        for (text, kind) in [
            ("version: 1\nsandbox: prod\n", Some(FileKind::Limits)),
            ("capping: []\n", Some(FileKind::Limits)),
            ("version: 1\ndeniedHosts: []\n", Some(FileKind::Policy)),
            ("url: u\nmethods: [GET]\n", Some(FileKind::CappingDefinition)),
            (r#"[{"url": "u", "services": {}}]"#, Some(FileKind::CappingDefinition)),
            ("urlPattern: u\n", Some(FileKind::ThrottlingDefinition)),
            (r#"{"results": []}"#, Some(FileKind::Response)),
            (r#"{"version": 1, "organization": "x", "configs": []}"#, Some(FileKind::State)),
            (
                r#"{"version": 1, "command": "plan", "outcome": "clean", "sandbox": "prod", "results": []}"#,
                Some(FileKind::Report),
            ),
            (r#"{"$schema": "x", "properties": {}}"#, Some(FileKind::Schema)),
            ("version: 1\nobserved: x.csv\n", Some(FileKind::Policy)),
            ("version: 1\n", None),
            ("version: 1\nconfigs: []\n", Some(FileKind::State)),
            (r#"{"$schema": "limits.schema.json", "version": 1, "caping": []}"#, None),
            ("sandbox: prod\ndeniedHosts: []\n", None),
            ("- a\n", None),
            ("hello", None),
        ] {
            let root = parse_yaml(&"f".into(), text).expect(text);
            assert_eq!(FileKind::detect(&root), kind, "{text}");
        }
    }

    #[test]
    fn mistake_is_no_other_file() {
        let deep =
            format!(r#"{{"command": "plan", "outcome": "changes", "plan": {}1{}}}"#, "[".repeat(60), "]".repeat(60));
        for (text, other) in [
            ("version: 1\ndeniedHosts: []\n", true),
            (r#"{"version": 1, "configs": []}"#, true),
            ("version: 1\nsandbox: prod\nconfigs: []\n", false),
            (&deep, true),
            ("version: 1\nsandbox: prod\n", false),
            ("version: 1\nsandbox: prod\ndeniedHosts: []\n", false),
            ("version: 1\nsandbx: prod\ncaping: []\n", false),
            ("version: 1\nsandbox: [\n", false),
            ("", false),
        ] {
            assert_eq!(is_other_file(text), other, "{text}");
        }
    }
}
