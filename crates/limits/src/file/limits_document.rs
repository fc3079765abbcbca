//! Parses one limits file, without its base.

use std::rc::Rc;

use ajo_engine::Secret;
use ajo_engine::untrusted_text::escape;

use super::allow_comments::AllowComment;
use super::file_diagnostics::{FileDiagnostics, quote_excerpt};
use super::file_kind::{FileKind, is_other_kind};
use super::invisible_text::check_characters;
use super::known_keys::check_keys;
use super::merge_keys::normalize;
use super::schema_types;
use super::source_file::{SourceFile, resolve_path};
use super::source_span::{LineIndex, SourceSpan};
use super::variables::{self, VariableResolver};
use super::yaml_node::{YamlNode, YamlValue};
use super::yaml_parser;
use crate::{SecretValues, StateLocation};

pub(crate) const STATE_CODE: &str = "AJO_LIMITS_STATE";

/// The version of the limits file format.
pub(crate) const LIMITS_FILE_VERSION: u64 = 1;

/// The content of one file, before it is applied to its base.
#[derive(Clone, Debug)]
pub(crate) struct LimitsDocument {
    /// The first line.
    pub(crate) span: SourceSpan,
    pub(crate) sandbox: Option<YamlNode>,
    pub(crate) production: Option<bool>,
    pub(crate) base: Option<FileReference>,
    /// The names of all its bases, once it has been applied to them.
    pub(crate) bases: Vec<String>,
    /// The policy; an overlay's policy overrides the base's.
    pub(crate) policy: Option<FileReference>,
    /// Where the state is; an overlay's overrides the base's.
    pub(crate) state: Option<(StateLocation, SourceSpan)>,
    pub(crate) capping: Vec<YamlNode>,
    /// Whether the file says `capping: []`, so it is not empty by mistake.
    pub(crate) has_empty_list: bool,
    pub(crate) throttling: Option<YamlNode>,
    /// The comments of this file that accept findings.
    pub(crate) allows: Vec<AllowComment>,
    /// The same of its bases, once it has been applied to them.
    pub(crate) base_allows: Vec<AllowComment>,
}

/// A reference to another file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FileReference {
    /// The path, relative to the working directory.
    pub(crate) name: String,
    pub(crate) span: SourceSpan,
}

impl LimitsDocument {
    /// Parses a file, and adds the secrets that it declares to `values`. Returns `None`, with a diagnostic, if the file is not a
    /// mapping.
    pub(crate) fn parse(
        source: &SourceFile,
        value: &dyn Fn(&str) -> Option<String>,
        credentials: &[Secret],
        values: &mut SecretValues,
        diagnostics: &mut FileDiagnostics,
    ) -> Option<Self> {
        let file: Rc<str> = source.name.as_str().into();
        let mut root = parse_root(&file, &source.content, FileKind::Limits, diagnostics)?;
        let allows = AllowComment::parse_all(&root, &file, &source.content, diagnostics);
        check_keys(&root, schema_types::LIMITS_FILE_KEYS, &mut Vec::new(), diagnostics);
        check_version(&root, LIMITS_FILE_VERSION, diagnostics);
        let base = parse_reference(&root, "base", source, diagnostics);
        let policy = parse_reference(&root, "policy", source, diagnostics);
        let state = parse_state(&root, source, diagnostics);
        let declared = parse_variable_names(&root, "variables", diagnostics);
        let declared_secrets = parse_variable_names(&root, "secrets", diagnostics);
        let mut resolver = VariableResolver {
            declared,
            declared_secrets,
            accepts_secrets: false,
            lookup: value,
            secrets: credentials,
        };
        values.extend(resolver.secret_values());
        if let YamlValue::Mapping(map) = &mut root.value {
            map.retain(|(name, _)| {
                !matches!(name.as_str(), Some("base" | "policy" | "state" | "variables" | "secrets"))
            });
            let lines = LineIndex::new(&file, &source.content);
            for (name, value) in map {
                resolver.accepts_secrets = matches!(name.as_str(), Some("capping" | "throttling"));
                resolver.substitute(value, &lines, diagnostics);
            }
        }
        Some(Self {
            sandbox: non_null(&root, "sandbox").cloned(),
            production: parse_production(&root, diagnostics),
            capping: parse_capping(&root, diagnostics),
            has_empty_list: matches!(root.get("capping").map(|node| &node.value), Some(YamlValue::Sequence(items)) if items.is_empty()),
            // Kept even if null, because null removes the base's throttling.
            throttling: root.get("throttling").cloned(),
            span: root.span,
            base,
            bases: Vec::new(),
            policy,
            state,
            allows,
            base_allows: Vec::new(),
        })
    }
}

/// The root mapping; reports an error and returns `None` if the root is not a mapping, or the file is of another kind.
pub(crate) fn parse_root(
    file: &Rc<str>,
    text: &str,
    kind: FileKind,
    diagnostics: &mut FileDiagnostics,
) -> Option<YamlNode> {
    let mut root = match yaml_parser::parse_yaml(file, text) {
        Ok(root) => root,
        Err(error) => {
            // A message about the file as a whole quotes nothing of it.
            let code = if text.contains('\0') { "AJO_LIMITS_FILE" } else { "AJO_LIMITS_YAML" };
            diagnostics.error(code, &error.span, error.message);
            return None;
        }
    };
    if root.is_null() {
        diagnostics.error("AJO_LIMITS_EMPTY", &SourceSpan::file_start(file), "the file is empty");
        return None;
    }
    check_characters(&root, file, text, diagnostics);
    normalize(&mut root, diagnostics);
    if is_other_kind(&root, kind, diagnostics) {
        return None;
    }
    if root.as_mapping().is_none() {
        let message = format!("the file must be a mapping that starts with `version: 1`, not {}", root.type_name());
        diagnostics.error("AJO_LIMITS_TYPE", &root.span, message);
        return None;
    }
    Some(root)
}

/// Reports a missing or unsupported version.
pub(crate) fn check_version(root: &YamlNode, known: u64, diagnostics: &mut FileDiagnostics) {
    const CODE: &str = "AJO_LIMITS_VERSION";
    match root.get("version") {
        None => {
            diagnostics.error(CODE, &root.span, "`version` is missing").hint =
                Some(format!("start the file with `version: {known}`"));
        }
        Some(YamlNode { value: YamlValue::Number(number), .. }) if number.as_u64() == Some(known) => {}
        Some(YamlNode { value: YamlValue::Number(number), span, .. })
            if number.as_u64().is_some_and(|version| version > known) =>
        {
            let message = format!("unsupported version {number}; this ajo reads version {known}");
            diagnostics.error(CODE, span, message).hint = Some("update ajo".to_owned());
        }
        Some(node) => {
            diagnostics.error(CODE, &node.span, format!("`version` must be {known}"));
        }
    }
}

/// The value of a key, unless it is missing or null.
fn non_null<'n>(root: &'n YamlNode, name: &str) -> Option<&'n YamlNode> {
    root.get(name).filter(|node| !node.is_null())
}

fn parse_reference(
    root: &YamlNode,
    name: &str,
    source: &SourceFile,
    diagnostics: &mut FileDiagnostics,
) -> Option<FileReference> {
    let (path, span) = parse_text(root, name, "the path of a file", diagnostics)?;
    Some(FileReference { name: resolve_path(&source.name, path), span: span.clone() })
}

/// The value of a key that is a string without variables and not empty.
fn parse_text<'n>(
    root: &'n YamlNode,
    name: &str,
    expected: &str,
    diagnostics: &mut FileDiagnostics,
) -> Option<(&'n str, &'n SourceSpan)> {
    let node = non_null(root, name)?;
    match node.as_str() {
        Some(text) if text.contains("${") => {
            diagnostics.error(variables::CODE, &node.span, format!("`{name}` must not contain a variable"));
            None
        }
        Some(text) if !text.is_empty() => Some((text, &node.span)),
        _ => {
            let message = format!("`{name}` must be {expected}, not {}", node.type_name());
            diagnostics.error("AJO_LIMITS_TYPE", &node.span, message);
            None
        }
    }
}

fn parse_state(
    root: &YamlNode,
    source: &SourceFile,
    diagnostics: &mut FileDiagnostics,
) -> Option<(StateLocation, SourceSpan)> {
    let (text, span) = parse_text(root, "state", "the path of a file or the URL of a bucket", diagnostics)?;
    match text.parse() {
        Ok(StateLocation::File(_)) => {
            Some((StateLocation::File(resolve_path(&source.name, text).into()), span.clone()))
        }
        Ok(bucket) => Some((bucket, span.clone())),
        Err(error) => {
            diagnostics.error(STATE_CODE, span, escape(&error.to_string()));
            None
        }
    }
}

/// The base and the policy that a file references; its other content is ignored.
pub(crate) fn referenced_files(source: &SourceFile) -> (Option<String>, Option<String>) {
    let mut diagnostics = FileDiagnostics::default();
    let Some(root) = parse_root(&source.name.as_str().into(), &source.content, FileKind::Limits, &mut diagnostics)
    else {
        return (None, None);
    };
    let mut reference = |name| parse_reference(&root, name, source, &mut diagnostics).map(|reference| reference.name);
    (reference("base"), reference("policy"))
}

/// The names of the variables under `key`.
fn parse_variable_names(root: &YamlNode, key: &str, diagnostics: &mut FileDiagnostics) -> Vec<String> {
    let Some(node) = non_null(root, key) else { return Vec::new() };
    let YamlValue::Sequence(items) = &node.value else {
        let message = format!("`{key}` must be a list of names, not {}", node.type_name());
        diagnostics.error("AJO_LIMITS_TYPE", &node.span, message);
        return Vec::new();
    };
    let mut declared = Vec::new();
    for item in items {
        let Some(name) = item.as_str().filter(|name| variables::is_variable_name(name)) else {
            let message = format!("invalid variable name `{}`", quote_excerpt(&item.to_key_string()));
            let hint = "use the letters A to Z, digits, and `_`, and do not start with a digit";
            diagnostics.error(variables::CODE, &item.span, message).hint = Some(hint.to_owned());
            continue;
        };
        declared.push(name.to_owned());
    }
    declared
}

fn parse_production(root: &YamlNode, diagnostics: &mut FileDiagnostics) -> Option<bool> {
    let node = non_null(root, "production")?;
    if let YamlValue::Bool(production) = node.value {
        return Some(production);
    }
    diagnostics.error(
        "AJO_LIMITS_TYPE",
        &node.span,
        format!("`production` must be true or false, not {}", node.type_name()),
    );
    None
}

fn parse_capping(root: &YamlNode, diagnostics: &mut FileDiagnostics) -> Vec<YamlNode> {
    match non_null(root, "capping") {
        None => Vec::new(),
        Some(YamlNode { value: YamlValue::Sequence(items), .. }) => items.clone(),
        Some(node) => {
            let message = format!("`capping` must be a list, not {}", node.type_name());
            let hint = node.as_mapping().map(|_| "start each limit with `- `".to_owned());
            diagnostics.error("AJO_LIMITS_TYPE", &node.span, message).hint = hint;
            Vec::new()
        }
    }
}
