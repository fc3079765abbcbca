//! Keywords of a schema that must fit each other.

use std::collections::BTreeSet;

use serde_json::Value;

use super::finding::Finding;
use crate::spec::{Spec, pointer};

/// Which keywords need which type. Without it typify guesses, or generates `serde_json::Value`.
const OF_TYPE: [(&str, &[&str]); 17] = [
    ("properties", &["object"]),
    ("required", &["object"]),
    ("additionalProperties", &["object"]),
    ("minProperties", &["object"]),
    ("maxProperties", &["object"]),
    ("items", &["array"]),
    ("minItems", &["array"]),
    ("maxItems", &["array"]),
    ("uniqueItems", &["array"]),
    ("pattern", &["string"]),
    ("minLength", &["string"]),
    ("maxLength", &["string"]),
    ("x-extensible-enum", &["string"]),
    ("minimum", &["integer", "number"]),
    ("maximum", &["integer", "number"]),
    ("multipleOf", &["integer", "number"]),
    ("format", &["string", "integer", "number"]),
];

/// Checks all schemas: the named ones, those of parameters, and those within them.
pub(super) fn check(spec: &Spec) -> Vec<Finding> {
    let mut findings = Vec::new();
    visit(spec, &spec.value, "", &mut findings);
    findings.extend(composed_of_itself(spec));
    findings
}

fn visit(spec: &Spec, node: &Value, at: &str, findings: &mut Vec<Finding>) {
    match node {
        Value::Object(map) => {
            if is_schema(at) && !map.contains_key("$ref") {
                schema(spec, node, at, findings);
            }
            for (name, child) in map {
                // Neither holds schemas; both may hold anything that looks like one.
                if (name != "example" && name != "default") || at.ends_with("/properties") || at.ends_with("/responses")
                {
                    visit(spec, child, &format!("{at}{}", pointer(&[name])), findings);
                }
            }
        }
        Value::Array(items) => {
            for (index, child) in items.iter().enumerate() {
                visit(spec, child, &format!("{at}/{index}"), findings);
            }
        }
        _ => {}
    }
}

/// Whether the grammar has a schema at this place.
fn is_schema(at: &str) -> bool {
    let mut parts: Vec<&str> = at.split('/').collect();
    let last = parts.pop();
    let within = parts.last().copied();
    // A property may be called `items` or `schema`, and is a schema as well.
    matches!(within, Some("properties" | "oneOf"))
        || matches!(last, Some("schema" | "items" | "additionalProperties"))
        || parts == ["", "components", "schemas"]
}

fn schema(spec: &Spec, schema: &Value, at: &str, findings: &mut Vec<Finding>) {
    let mut add = |at: String, problem: String, fix: &str| findings.push(Finding::at(spec, at, problem, fix));
    let kind = schema["type"].as_str();
    for (keyword, kinds) in OF_TYPE.iter().filter(|(keyword, _)| schema.get(*keyword).is_some()) {
        if !kind.is_some_and(|kind| kinds.contains(&kind)) {
            let fix = format!("write `type: {}` beside it, or take it out", kinds.join("` or `type: "));
            add(format!("{at}/{keyword}"), format!("`{keyword}` does not belong to {}", described(kind)), &fix);
        }
    }
    if kind.is_some() && schema.get("oneOf").is_some() {
        add(format!("{at}/oneOf"), "`oneOf` beside `type`".to_owned(), "write the type into each alternative");
    }
    if schema["oneOf"].as_array().is_some_and(Vec::is_empty) {
        add(format!("{at}/oneOf"), "no alternative".to_owned(), "list the alternatives");
    }
    if kind == Some("array") && schema.get("items").is_none() {
        add(at.to_owned(), "an array without `items`".to_owned(), "say what is in it");
    }
    let formats: Option<&[&str]> = match kind {
        Some("integer") => Some(&["int32", "int64"]),
        Some("number") => Some(&["float", "double"]),
        _ => None,
    };
    if let (Some(formats), Some(format)) = (formats, schema["format"].as_str())
        && !formats.contains(&format)
    {
        let fix = format!("write {}", formats.join(" or "));
        add(format!("{at}/format"), format!("`{format}` is no format of {}", described(kind)), &fix);
    }
    for (exclusive, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
        if schema.get(exclusive).is_some() && schema.get(bound).is_none() {
            add(format!("{at}/{exclusive}"), format!("`{exclusive}` without `{bound}`"), "write both or neither");
        }
    }
    if let Some(default) = schema.get("default")
        && !fits(default, kind)
    {
        let problem = format!("the default {default} is not of {}", described(kind));
        add(format!("{at}/default"), problem, "write a default of that type");
    }
    let mut seen = BTreeSet::new();
    for (index, name) in schema["required"].as_array().into_iter().flatten().enumerate() {
        let Some(name) = name.as_str() else { continue };
        let place = format!("{at}/required/{index}");
        if schema["properties"].get(name).is_none() {
            add(place, format!("`{name}` is required and no property"), "describe it, or correct its name");
        } else if !seen.insert(name) {
            add(place, format!("`{name}` is required twice"), "name it once");
        }
    }
}

fn described(kind: Option<&str>) -> String {
    kind.map_or_else(|| "a schema without type".to_owned(), |kind| format!("type {kind}"))
}

fn fits(value: &Value, kind: Option<&str>) -> bool {
    match kind {
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        _ => true,
    }
}

/// A schema that is one of its own alternatives: typify follows it until the stack ends, which no caller can catch.
fn composed_of_itself(spec: &Spec) -> Vec<Finding> {
    let schemas = spec.value["components"]["schemas"].as_object();
    let mut findings = Vec::new();
    for (name, schema) in schemas.into_iter().flatten().filter(|(_, schema)| schema.get("oneOf").is_some()) {
        let mut reached = BTreeSet::new();
        let mut open = vec![schema];
        while let Some(schema) = open.pop() {
            open.extend(schema["oneOf"].as_array().into_iter().flatten());
            let reference = schema["$ref"].as_str().and_then(|text| text.strip_prefix("#/components/schemas/"));
            if let Some(target) = reference
                && reached.insert(target)
            {
                open.push(&spec.value["components"]["schemas"][target]);
            }
        }
        if reached.contains(name.as_str()) {
            let fix = "let each alternative be something else";
            let place = pointer(&["components", "schemas", name, "oneOf"]);
            findings.push(Finding::at(spec, place, format!("{name} is an alternative of itself"), fix));
        }
    }
    findings
}
