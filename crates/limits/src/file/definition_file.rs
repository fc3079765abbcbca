//! Parses files with definitions, for commands that send one configuration at a time.

use std::collections::BTreeSet;
use std::rc::Rc;

use ajo_core::object_schema::{FieldType, ObjectSchema};
use ajo_core::rules::Severity;
use ajo_core::{Api, CappingConfig, ThrottlingConfig, config_definition};
use serde_json::{Map, Value};

use super::config_entry::parse_entry;
use super::file_diagnostics::{FileDiagnostics, quote_excerpt};
use super::file_kind::{FILE_KIND_CODE, FileKind};
use super::invisible_text::check_characters;
use super::known_keys::find_similar_key;
use super::merge_keys::normalize;
use super::redaction::{SAFE_CODES, is_displayable_definition};
use super::schema_types::{DEPLOYMENT_KEYS, entry_keys};
use super::source_file::SourceFile;
use super::source_span::SourceSpan;
use super::yaml_node::{YamlNode, YamlValue};
use super::yaml_parser;
use crate::plan::{ORG_ID, request_body_schema, response_schema};
use crate::{FileDiagnostic, LiveState, ObservedConfig, SecretValues, SourceLocation};

/// Errors because of which there is nothing to send. The others are rules that the service itself applies.
const STRUCTURE_CODES: [&str; 7] = [
    "AJO_LIMITS_YAML",
    "AJO_LIMITS_EMPTY",
    "AJO_LIMITS_TYPE",
    "AJO_LIMITS_UNKNOWN_KEY",
    "AJO_LIMITS_DUPLICATE_KEY",
    FILE_KIND_CODE,
    "AJO_LIMITS_EXTRA",
];

/// The definitions in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct ParsedDefinitions {
    /// The definitions in file order. Empty if the file has an error that `--force` cannot ignore.
    pub definitions: Vec<ParsedDefinition>,
    /// All diagnostics, by line.
    pub diagnostics: Vec<FileDiagnostic>,
    /// Whether lines of the file can be displayed. Any other file may contain a secret.
    pub is_displayable: bool,
}

/// One definition in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct ParsedDefinition {
    pub api: Api,
    /// The definition as [`ajo_core::CappingDefinition`] or [`ajo_core::ThrottlingDefinition`] reads it.
    pub json: Map<String, Value>,
    /// The live definition, if the file is the output of a command.
    pub live: Option<LiveState>,
    /// Its position in the file.
    pub location: SourceLocation,
}

impl ParsedDefinitions {
    /// Whether a rule or the structure of the file is violated.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

/// Parses a file with a definition, or the output of `get`, `list`, `create`, or `update` as JSON. Fields that the service
/// adds are dropped. In output, unknown fields go to `extra`; in a definition they are errors.
///
/// `api` is the expected API; without it, the fields tell.
///
/// ```
/// use ajo_core::Api;
/// use ajo_limits::file::{SourceFile, parse_definitions};
///
/// let text = r#"{"result": {"uid": "u-1", "state": "created", "urlPattern": "https://api.example.org/*", "methods": ["GET"],
///     "maxThroughput": 50, "burst": 2}}"#;
/// let file = SourceFile { name: "got.json".to_owned(), content: text.to_owned() };
/// let parsed = parse_definitions(Some(Api::Throttling), &file);
/// assert!(!parsed.definitions[0].json.contains_key("uid"));
/// assert_eq!(parsed.definitions[0].json["extra"]["burst"], 2);
/// assert!(parsed.has_errors(), "throttling below 200");
/// ```
pub fn parse_definitions(api: Option<Api>, source: &SourceFile) -> ParsedDefinitions {
    let file: Rc<str> = source.name.as_str().into();
    let mut diagnostics = FileDiagnostics::default();
    let mut definitions = Vec::new();
    if let Some(root) = parse_root(&file, &source.content, &mut diagnostics) {
        for item in find_items(&root, &mut diagnostics) {
            definitions.extend(parse_item(item, api, &mut diagnostics));
        }
    }
    let is_displayable = is_displayable_definition(&source.content);
    if diagnostics.has_errors()
        && !is_displayable
        && diagnostics.iter().any(|found| !SAFE_CODES.contains(&found.code.as_str()))
    {
        diagnostics = FileDiagnostics::default();
        let message = "the file holds no definition; its content is not shown";
        diagnostics.error(FILE_KIND_CODE, &SourceSpan::file_start(&file), message).hint =
            Some("write JSON or YAML with `url`, `methods`, and `services`, or with `urlPattern`".to_owned());
    }
    let is_structural =
        |found: &FileDiagnostic| found.severity == Severity::Error && STRUCTURE_CODES.contains(&found.code.as_str());
    if diagnostics.iter().any(is_structural) {
        definitions.clear();
    }
    let diagnostics = diagnostics.into_sorted(std::slice::from_ref(&source.name));
    ParsedDefinitions { definitions, diagnostics, is_displayable }
}

fn parse_root(file: &Rc<str>, text: &str, diagnostics: &mut FileDiagnostics) -> Option<YamlNode> {
    match yaml_parser::parse_yaml(file, text) {
        Ok(root) if root.is_null() => {
            let message = "the file is empty; it must hold a definition";
            diagnostics.error("AJO_LIMITS_EMPTY", &SourceSpan::file_start(file), message);
            None
        }
        Ok(mut root) => {
            check_characters(&root, file, text, diagnostics);
            normalize(&mut root, diagnostics);
            Some(root)
        }
        Err(error) => {
            diagnostics.error("AJO_LIMITS_YAML", &error.span, error.message);
            None
        }
    }
}

/// The definitions or configurations of a file, without the envelope of a response.
fn find_items<'n>(root: &'n YamlNode, diagnostics: &mut FileDiagnostics) -> Vec<&'n YamlNode> {
    match FileKind::detect(root) {
        None | Some(FileKind::CappingDefinition | FileKind::ThrottlingDefinition | FileKind::Response) => {}
        Some(kind) => {
            let hint = match kind {
                FileKind::Limits => "apply it with `ajo plan FILE` and `ajo apply FILE`, or pass one definition",
                _ => "pass a definition, or the JSON output of `get` or `list`",
            };
            let message = format!("this is {}, not a definition", kind.name());
            diagnostics.error(FILE_KIND_CODE, &root.span, message).hint = Some(hint.to_owned());
            return Vec::new();
        }
    }
    let content = ["result", "results", "createdElement", "updatedElement"].iter().find_map(|name| root.get(name));
    match content.unwrap_or(root) {
        YamlNode { value: YamlValue::Sequence(items), span, .. } => {
            if items.is_empty() {
                diagnostics.error("AJO_LIMITS_EMPTY", span, "the list is empty; it must hold a configuration");
            }
            items.iter().collect()
        }
        item => vec![item],
    }
}

fn parse_item(node: &YamlNode, api: Option<Api>, diagnostics: &mut FileDiagnostics) -> Option<ParsedDefinition> {
    if node.as_mapping().is_none() {
        let message = format!("a definition must be a mapping, not {}", node.type_name());
        diagnostics.error("AJO_LIMITS_TYPE", &node.span, message);
        return None;
    }
    let has = |names: [&str; 2]| names.iter().any(|name| node.get(name).is_some());
    let found = match (has(["url", "services"]), has(["urlPattern", "maxThroughput"])) {
        (false, true) => Api::Throttling,
        (true, false) => Api::Capping,
        _ => api.unwrap_or(Api::Capping),
    };
    if let Some(api) = api.filter(|api| *api != found) {
        let message = format!("this is a {found} definition, not a {api} definition");
        diagnostics.error(FILE_KIND_CODE, &node.span, message).hint = Some(format!("use `ajo {found}`"));
        return None;
    }
    let config = parse_config(node, found);
    let mut entry = node.clone();
    let json = if config.is_some() {
        report_unknown_fields(node, found, diagnostics);
        retain_known_fields(&mut entry, request_body_schema(found));
        let text = config_definition(found, &node.to_json().to_string()).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    } else {
        report_deployment_keys(node, diagnostics);
        remove_keys(&mut entry, &[ORG_ID, DEPLOYMENT_KEYS[0], DEPLOYMENT_KEYS[1]]);
        node.to_json()
    };
    let mut known_keys = entry_keys(found);
    known_keys.retain(|key| !DEPLOYMENT_KEYS.contains(key));
    parse_entry(&entry, found, &known_keys, &SecretValues::default(), diagnostics);
    let Value::Object(json) = json else { return None };
    Some(ParsedDefinition { api: found, json, live: config, location: node.span.to_location() })
}

/// The live definition of a configuration that the service returned; `None` for a definition. A configuration has fields that
/// only the service sets.
fn parse_config(node: &YamlNode, api: Api) -> Option<LiveState> {
    let is_added =
        |name: &str| response_schema(api).field(name).is_some() && request_body_schema(api).field(name).is_none();
    let has_added = node.as_mapping()?.iter().any(|(name, _)| name.as_str().is_some_and(is_added));
    if !has_added {
        return None;
    }
    let json = node.to_json();
    let config = match api {
        Api::Capping => serde_json::from_value(json).ok().map(|it: CappingConfig| ObservedConfig::from(&it)),
        Api::Throttling => serde_json::from_value(json).ok().map(|it: ThrottlingConfig| ObservedConfig::from(&it)),
    };
    Some(config.map_or(LiveState::NotDeployed, |config| config.deploy_state.live))
}

/// Removes everything but the definition.
fn retain_known_fields(node: &mut YamlNode, schema: &ObjectSchema) {
    let YamlValue::Mapping(map) = &mut node.value else { return };
    map.retain_mut(|(name, value)| {
        let Some(field) = name.as_str().filter(|name| *name != ORG_ID).and_then(|name| schema.field(name)) else {
            return false;
        };
        if let FieldType::Object(nested) = field.field_type {
            retain_known_fields(value, nested);
        }
        !value.is_null()
    });
}

fn remove_keys(node: &mut YamlNode, keys: &[&str]) {
    if let YamlValue::Mapping(map) = &mut node.value {
        map.retain(|(name, _)| !name.as_str().is_some_and(|name| keys.contains(&name)));
    }
}

/// Notes the fields of a configuration that are sent although this version does not know them: one may be misspelled.
fn report_unknown_fields(node: &YamlNode, api: Api, diagnostics: &mut FileDiagnostics) {
    let mut seen = BTreeSet::new();
    let mut unknown = Vec::new();
    collect_unknown_fields(node, request_body_schema(api), response_schema(api), &mut unknown);
    for (name, known) in unknown {
        let key = name.to_key_string();
        if seen.insert(key.clone()) {
            let message = format!("unknown field `{}` is sent as it is", quote_excerpt(&key));
            diagnostics.add(Severity::Note, "AJO_LIMITS_UNKNOWN_FIELD", &name.span, message).hint =
                find_similar_key(&key, &known).map(|known| format!("did you mean `{known}`?"));
        }
    }
}

/// The unknown keys, each with the known keys of its object.
fn collect_unknown_fields<'n>(
    node: &'n YamlNode,
    request: &ObjectSchema,
    response: &ObjectSchema,
    unknown: &mut Vec<(&'n YamlNode, Vec<&'static str>)>,
) {
    for (key, value) in node.as_mapping().into_iter().flatten() {
        let name = key.as_str().unwrap_or_default();
        match (request.field(name).map(|it| it.field_type), response.field(name).map(|it| it.field_type)) {
            (Some(FieldType::Object(request)), Some(FieldType::Object(response))) => {
                collect_unknown_fields(value, request, response, unknown);
            }
            (None, None) => unknown.push((key, request.fields.iter().map(|field| field.name).collect())),
            _ => {}
        }
    }
}

/// Reports the keys that only entries of a limits file have.
fn report_deployment_keys(node: &YamlNode, diagnostics: &mut FileDiagnostics) {
    for (key, _) in node.as_mapping().into_iter().flatten() {
        if let Some(name) = key.as_str().filter(|name| DEPLOYMENT_KEYS.contains(name)) {
            let message = format!("`{name}` belongs in a limits file, not in a definition");
            diagnostics.error("AJO_LIMITS_UNKNOWN_KEY", &key.span, message).hint = Some("remove it".to_owned());
        }
    }
}

#[cfg(test)]
mod tests;
