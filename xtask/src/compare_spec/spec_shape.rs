//! Flattens a spec into a map of operations, parameters, bodies, and fields by location.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::spec::{Spec, SpecOperation};

/// A part of a spec at one location.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SpecPart {
    pub(super) kind: PartKind,
    /// The location of the parent; `None` for an operation.
    pub(super) parent: Option<String>,
    pub(super) content: PartContent,
}

/// The kind of a part, for the counts in the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PartKind {
    Operation,
    Parameter,
    /// A request body, or a response of one status.
    Body,
    Field,
}

/// The comparable content of a part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PartContent {
    /// The JSON type, or several separated by `|`; `none` without a body; empty if the part has no type.
    pub(super) types: String,
    /// `None` if the part cannot be required.
    pub(super) required: Option<bool>,
    /// The allowed values, if they are listed.
    pub(super) values: Option<BTreeSet<String>>,
}

/// A spec by location, such as `POST /endpointConfigs request services.action`.
pub(super) type SpecShape = BTreeMap<String, SpecPart>;

impl SpecPart {
    fn new(kind: PartKind, parent: &str, content: PartContent) -> Self {
        Self { kind, parent: Some(parent.to_owned()), content }
    }
}

/// The first broken reference below a node. Without this check, its target would be silently missing from the shape.
pub(super) fn find_broken_reference<'s>(spec: &'s Spec, node: &'s Value) -> Option<&'s Value> {
    match node {
        Value::Object(map) => {
            let own = map.get("$ref").filter(|_| spec.resolve(node).is_none());
            own.or_else(|| map.values().find_map(|child| find_broken_reference(spec, child)))
        }
        Value::Array(items) => items.iter().find_map(|child| find_broken_reference(spec, child)),
        _ => None,
    }
}

/// Flattens specs into one shape.
pub(super) fn flatten_specs(specs: &[Spec]) -> SpecShape {
    let mut shape = SpecShape::new();
    for spec in specs {
        for operation in spec.operations() {
            let location = format!("{} {}", operation.method.to_uppercase(), operation.path);
            shape.insert(
                location.clone(),
                SpecPart { kind: PartKind::Operation, parent: None, content: PartContent::default() },
            );
            add_parameters(spec, &operation, &location, &mut shape);
            add_security_headers(spec, &operation, &location, &mut shape);
            if let Some(body) = operation.value.get("requestBody").and_then(|body| spec.resolve(body)) {
                let required = Some(body["required"] == Value::Bool(true));
                add_body(spec, body, format!("{location} request"), &location, required, &mut shape);
            }
            for (status, response) in operation.value["responses"].as_object().into_iter().flatten() {
                if let Some(response) = spec.resolve(response) {
                    add_body(spec, response, format!("{location} {status}"), &location, None, &mut shape);
                }
            }
        }
    }
    shape
}

fn add_parameters(spec: &Spec, operation: &SpecOperation<'_>, location: &str, shape: &mut SpecShape) {
    for (_, parameter) in operation.parameters() {
        let Some(parameter) = spec.resolve(parameter) else { continue };
        let (Some(name), Some(kind)) = (parameter["name"].as_str(), parameter["in"].as_str()) else { continue };
        let schema = spec.resolve(&parameter["schema"]).unwrap_or(&Value::Null);
        let content = PartContent {
            types: type_string(schema),
            required: Some(parameter["required"] == Value::Bool(true)),
            values: enum_values(schema),
        };
        shape.insert(format!("{location} {kind} {name}"), SpecPart::new(PartKind::Parameter, location, content));
    }
}

/// Adds security schemes that are sent as headers, because the vendor describes the same headers as required parameters.
fn add_security_headers(spec: &Spec, operation: &SpecOperation<'_>, location: &str, shape: &mut SpecShape) {
    let required = operation.value.get("security").unwrap_or(&spec.value["security"]);
    let names = required.as_array().into_iter().flatten().filter_map(Value::as_object).flat_map(|scheme| scheme.keys());
    for name in names {
        let scheme = &spec.value["components"]["securitySchemes"][name];
        let header = match (scheme["type"].as_str(), scheme["in"].as_str()) {
            (Some("http"), _) => Some("Authorization"),
            (Some("apiKey"), Some("header")) => scheme["name"].as_str(),
            _ => None,
        };
        if let Some(header) = header {
            let content = PartContent { types: "string".to_owned(), required: Some(true), values: None };
            shape.insert(format!("{location} header {header}"), SpecPart::new(PartKind::Parameter, location, content));
        }
    }
}

/// Adds a request or response body and the fields of its JSON.
fn add_body(spec: &Spec, node: &Value, location: String, parent: &str, required: Option<bool>, shape: &mut SpecShape) {
    const JSON: &str = "application/json";
    // A parameter such as `;charset=utf-8` makes no difference for JSON.
    let content = node["content"].as_object().into_iter().flatten();
    let media: BTreeMap<&str, &Value> =
        content.map(|(name, media)| (name.split(';').next().unwrap_or_default().trim(), media)).collect();
    let main_media = media.get(JSON).or_else(|| media.values().next());
    let schema = main_media.and_then(|media| spec.resolve(&media["schema"]));
    let mut types = schema.map_or_else(|| "none".to_owned(), type_string);
    // Other media types are part of the type, so their appearance is a difference.
    if media.keys().any(|name| *name != JSON) {
        let names: Vec<&str> = media.keys().copied().collect();
        types = format!("{} {types}", names.join(" and "));
    }
    let content = PartContent { types, required, values: schema.and_then(enum_values) };
    if let Some(schema) = schema {
        add_fields(spec, schema, &location, &format!("{location} "), 0, shape);
    }
    shape.insert(location, SpecPart::new(PartKind::Body, parent, content));
}

/// Adds the fields of an object or the items of a list, at every depth. `prefix` precedes their names.
fn add_fields(spec: &Spec, schema: &Value, parent: &str, prefix: &str, depth: usize, shape: &mut SpecShape) {
    // No published body is deeper than six levels. The bound stops at recursive schemas.
    const MAX_DEPTH: usize = 16;
    if depth > MAX_DEPTH {
        return;
    }
    let required =
        |name: &str| schema["required"].as_array().is_some_and(|list| list.iter().any(|field| field == name));
    // A required field may lack a description. Described fields overwrite these entries below.
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let content = PartContent { types: "any".to_owned(), required: Some(true), values: None };
        shape.insert(format!("{prefix}{name}"), SpecPart::new(PartKind::Field, parent, content));
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let Some(property) = spec.resolve(property) else { continue };
        let location = format!("{prefix}{name}");
        let content =
            PartContent { types: type_string(property), required: Some(required(name)), values: enum_values(property) };
        shape.insert(location.clone(), SpecPart::new(PartKind::Field, parent, content.clone()));
        add_fields(spec, property, &location, &format!("{location}."), depth + 1, shape);
        // The vendor writes `action|dataSource` for "one or both of these". Compare it literally and as each property, or changes
        // within it would be missed.
        for alternative in name.split('|').filter(|_| name.contains('|')) {
            let location = format!("{prefix}{alternative}");
            let content = PartContent { required: Some(false), ..content.clone() };
            shape.insert(location.clone(), SpecPart::new(PartKind::Field, parent, content));
            add_fields(spec, property, &location, &format!("{location}."), depth + 1, shape);
        }
    }
    if let Some(items) = schema.get("items").and_then(|items| spec.resolve(items)) {
        let location = format!("{}[]", prefix.trim_end_matches('.'));
        let content = PartContent { types: type_string(items), required: None, values: enum_values(items) };
        shape.insert(location.clone(), SpecPart::new(PartKind::Field, parent, content));
        add_fields(spec, items, &location, &format!("{location}."), depth + 1, shape);
    }
}

fn type_string(schema: &Value) -> String {
    if let Some(name) = schema["type"].as_str() {
        return name.to_owned();
    }
    let alternatives = ["oneOf", "anyOf"].iter().find_map(|key| schema[*key].as_array());
    let Some(alternatives) = alternatives else { return "any".to_owned() };
    // Sorted, because the order of alternatives has no meaning.
    alternatives.iter().map(type_string).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join("|")
}

fn enum_values(schema: &Value) -> Option<BTreeSet<String>> {
    let values = schema.get("enum").or_else(|| schema.get("x-extensible-enum"))?.as_array()?;
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Some(values.iter().map(text).collect())
}
