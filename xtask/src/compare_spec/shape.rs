//! A spec as a flat map: every operation, parameter, body, field and status by its place.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::spec::{Operation, Spec};

/// What is described at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) kind: Kind,
    /// The place this part belongs to; `None` for an operation, which belongs to nothing.
    pub(super) parent: Option<String>,
    pub(super) content: Content,
}

/// What a place is, so that the report can say how many of each were compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Operation,
    Parameter,
    /// A request body, or an answer of one status.
    Body,
    Field,
}

/// What can be compared of a part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Content {
    /// The JSON type; several with `|` between them; `none` for an answer or request without a body, empty where a part
    /// has no type.
    pub(super) types: String,
    /// Whether it must be there; `None` where the question makes no sense.
    pub(super) required: Option<bool>,
    /// The values it can have, if they are listed.
    pub(super) values: Option<BTreeSet<String>>,
}

/// A spec by place, such as `POST /endpointConfigs request services.action`.
pub(super) type Shape = BTreeMap<String, Part>;

impl Part {
    fn new(kind: Kind, parent: &str, content: Content) -> Self {
        Self { kind, parent: Some(parent.to_owned()), content }
    }
}

/// The first reference below a node that leads nowhere. What it stands for would be missing from the shape, unsaid.
pub(super) fn lost_reference<'s>(spec: &'s Spec, node: &'s Value) -> Option<&'s Value> {
    match node {
        Value::Object(map) => {
            let own = map.get("$ref").filter(|_| spec.resolve(node).is_none());
            own.or_else(|| map.values().find_map(|child| lost_reference(spec, child)))
        }
        Value::Array(items) => items.iter().find_map(|child| lost_reference(spec, child)),
        _ => None,
    }
}

/// Flattens specs into one shape.
pub(super) fn of(specs: &[Spec]) -> Shape {
    let mut shape = Shape::new();
    for spec in specs {
        for operation in spec.operations() {
            let place = format!("{} {}", operation.method.to_uppercase(), operation.path);
            shape.insert(place.clone(), Part { kind: Kind::Operation, parent: None, content: Content::default() });
            parameters(spec, &operation, &place, &mut shape);
            headers(spec, &operation, &place, &mut shape);
            if let Some(body) = operation.value.get("requestBody").and_then(|body| spec.resolve(body)) {
                let required = Some(body["required"] == Value::Bool(true));
                bodied(spec, body, format!("{place} request"), &place, required, &mut shape);
            }
            for (status, answer) in operation.value["responses"].as_object().into_iter().flatten() {
                if let Some(answer) = spec.resolve(answer) {
                    bodied(spec, answer, format!("{place} {status}"), &place, None, &mut shape);
                }
            }
        }
    }
    shape
}

fn parameters(spec: &Spec, operation: &Operation<'_>, place: &str, shape: &mut Shape) {
    for (_, parameter) in operation.parameters() {
        let Some(parameter) = spec.resolve(parameter) else { continue };
        let (Some(name), Some(kind)) = (parameter["name"].as_str(), parameter["in"].as_str()) else { continue };
        let schema = spec.resolve(&parameter["schema"]).unwrap_or(&Value::Null);
        let content = Content {
            types: types(schema),
            required: Some(parameter["required"] == Value::Bool(true)),
            values: values(schema),
        };
        shape.insert(format!("{place} {kind} {name}"), Part::new(Kind::Parameter, place, content));
    }
}

/// Security schemes that are sent as headers are required text parameters: the vendor writes the same headers so.
fn headers(spec: &Spec, operation: &Operation<'_>, place: &str, shape: &mut Shape) {
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
            let content = Content { types: "string".to_owned(), required: Some(true), values: None };
            shape.insert(format!("{place} header {header}"), Part::new(Kind::Parameter, place, content));
        }
    }
}

/// A request or an answer, and the fields of its body as JSON.
fn bodied(spec: &Spec, node: &Value, place: String, parent: &str, required: Option<bool>, shape: &mut Shape) {
    const JSON: &str = "application/json";
    // A parameter such as `;charset=utf-8` makes no difference for JSON.
    let content = node["content"].as_object().into_iter().flatten();
    let media: BTreeMap<&str, &Value> =
        content.map(|(name, media)| (name.split(';').next().unwrap_or_default().trim(), media)).collect();
    let described = media.get(JSON).or_else(|| media.values().next());
    let schema = described.and_then(|media| spec.resolve(&media["schema"]));
    let mut types = schema.map_or_else(|| "none".to_owned(), types);
    // Anything but JSON alone is part of the type, or another media type would come and go unseen.
    if media.keys().any(|name| *name != JSON) {
        let names: Vec<&str> = media.keys().copied().collect();
        types = format!("{} {types}", names.join(" and "));
    }
    let content = Content { types, required, values: schema.and_then(values) };
    if let Some(schema) = schema {
        fields(spec, schema, &place, &format!("{place} "), 0, shape);
    }
    shape.insert(place, Part::new(Kind::Body, parent, content));
}

/// The fields of an object or the items of a list, at every depth. `prefix` is what their names are put after.
fn fields(spec: &Spec, schema: &Value, parent: &str, prefix: &str, depth: usize, shape: &mut Shape) {
    // No published body is deeper than six; a schema that contains itself ends here.
    const DEEPEST: usize = 16;
    if depth > DEEPEST {
        return;
    }
    let required =
        |name: &str| schema["required"].as_array().is_some_and(|list| list.iter().any(|field| field == name));
    // A field can be required and not described. What is described takes its place below.
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let content = Content { types: "any".to_owned(), required: Some(true), values: None };
        shape.insert(format!("{prefix}{name}"), Part::new(Kind::Field, parent, content));
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let Some(property) = spec.resolve(property) else { continue };
        let place = format!("{prefix}{name}");
        let content = Content { types: types(property), required: Some(required(name)), values: values(property) };
        shape.insert(place.clone(), Part::new(Kind::Field, parent, content.clone()));
        fields(spec, property, &place, &format!("{place}."), depth + 1, shape);
        // The vendor writes `action|dataSource` for "one or both of these". The property is compared as it is written, and
        // what it stands for as well: otherwise no change within it would be seen.
        for alternative in name.split('|').filter(|_| name.contains('|')) {
            let place = format!("{prefix}{alternative}");
            let content = Content { required: Some(false), ..content.clone() };
            shape.insert(place.clone(), Part::new(Kind::Field, parent, content));
            fields(spec, property, &place, &format!("{place}."), depth + 1, shape);
        }
    }
    if let Some(items) = schema.get("items").and_then(|items| spec.resolve(items)) {
        let place = format!("{}[]", prefix.trim_end_matches('.'));
        let content = Content { types: types(items), required: None, values: values(items) };
        shape.insert(place.clone(), Part::new(Kind::Field, parent, content));
        fields(spec, items, &place, &format!("{place}."), depth + 1, shape);
    }
}

fn types(schema: &Value) -> String {
    if let Some(name) = schema["type"].as_str() {
        return name.to_owned();
    }
    let several = ["oneOf", "anyOf"].iter().find_map(|key| schema[*key].as_array());
    let Some(several) = several else { return "any".to_owned() };
    // Sorted, because the order of alternatives means nothing.
    several.iter().map(types).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join("|")
}

fn values(schema: &Value) -> Option<BTreeSet<String>> {
    let values = schema.get("enum").or_else(|| schema.get("x-extensible-enum"))?.as_array()?;
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Some(values.iter().map(text).collect())
}
