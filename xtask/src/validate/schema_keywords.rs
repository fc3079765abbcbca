//! Checks the keywords of schemas for contradictions.

use std::collections::BTreeSet;

use serde_json::Value;

use super::spec_diagnostic::SpecDiagnostic;
use crate::spec::{Spec, json_pointer};

/// The types that each keyword applies to. Without a type, typify guesses or generates `serde_json::Value`.
const KEYWORD_TYPES: [(&str, &[&str]); 17] = [
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

/// Checks all schemas, including nested ones and the schemas of parameters.
pub(super) fn check(spec: &Spec) -> Vec<SpecDiagnostic> {
    let mut diagnostics = Vec::new();
    visit(spec, &spec.value, "", &mut diagnostics);
    diagnostics.extend(find_recursive_one_of(spec));
    diagnostics
}

fn visit(spec: &Spec, node: &Value, at: &str, diagnostics: &mut Vec<SpecDiagnostic>) {
    match node {
        Value::Object(map) => {
            if is_schema(at) && !map.contains_key("$ref") {
                check_schema(spec, node, at, diagnostics);
            }
            for (name, child) in map {
                // Examples and defaults can contain any JSON, even if it looks like a schema.
                if (name != "example" && name != "default") || at.ends_with("/properties") || at.ends_with("/responses")
                {
                    visit(spec, child, &format!("{at}{}", json_pointer(&[name])), diagnostics);
                }
            }
        }
        Value::Array(items) => {
            for (index, child) in items.iter().enumerate() {
                visit(spec, child, &format!("{at}/{index}"), diagnostics);
            }
        }
        _ => {}
    }
}

/// Whether the grammar has a schema at this location.
fn is_schema(at: &str) -> bool {
    let mut parts: Vec<&str> = at.split('/').collect();
    let last = parts.pop();
    let within = parts.last().copied();
    // A property called `items` or `schema` is a schema too.
    matches!(within, Some("properties" | "oneOf"))
        || matches!(last, Some("schema" | "items" | "additionalProperties"))
        || parts == ["", "components", "schemas"]
}

fn check_schema(spec: &Spec, schema: &Value, at: &str, diagnostics: &mut Vec<SpecDiagnostic>) {
    let mut add =
        |at: String, problem: String, fix: &str| diagnostics.push(SpecDiagnostic::at_pointer(spec, at, problem, fix));
    let kind = schema["type"].as_str();
    for (keyword, kinds) in KEYWORD_TYPES.iter().filter(|(keyword, _)| schema.get(*keyword).is_some()) {
        if !kind.is_some_and(|kind| kinds.contains(&kind)) {
            let fix = format!("add `type: {}`, or remove it", kinds.join("` or `type: "));
            add(format!("{at}/{keyword}"), format!("`{keyword}` does not apply to {}", describe_type(kind)), &fix);
        }
    }
    if kind.is_some() && schema.get("oneOf").is_some() {
        add(
            format!("{at}/oneOf"),
            "`oneOf` and `type` exclude each other".to_owned(),
            "move the type into each alternative",
        );
    }
    if schema["oneOf"].as_array().is_some_and(Vec::is_empty) {
        add(format!("{at}/oneOf"), "`oneOf` is empty".to_owned(), "list the alternatives");
    }
    if kind == Some("array") && schema.get("items").is_none() {
        add(at.to_owned(), "the array has no `items`".to_owned(), "add `items`");
    }
    let formats: Option<&[&str]> = match kind {
        Some("integer") => Some(&["int32", "int64"]),
        Some("number") => Some(&["float", "double"]),
        _ => None,
    };
    if let (Some(formats), Some(format)) = (formats, schema["format"].as_str())
        && !formats.contains(&format)
    {
        let fix = format!("use {}", formats.join(" or "));
        add(format!("{at}/format"), format!("`{format}` is not a format of {}", describe_type(kind)), &fix);
    }
    for (exclusive, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
        if schema.get(exclusive).is_some() && schema.get(bound).is_none() {
            add(format!("{at}/{exclusive}"), format!("`{exclusive}` without `{bound}`"), "write both or neither");
        }
    }
    if let Some(default) = schema.get("default")
        && !matches_type(default, kind)
    {
        let problem = format!("the default {default} is not of {}", describe_type(kind));
        add(format!("{at}/default"), problem, "use a default of that type");
    }
    let mut seen = BTreeSet::new();
    for (index, name) in schema["required"].as_array().into_iter().flatten().enumerate() {
        let Some(name) = name.as_str() else { continue };
        let location = format!("{at}/required/{index}");
        if schema["properties"].get(name).is_none() {
            add(location, format!("`{name}` is required but not a property"), "describe it, or correct its name");
        } else if !seen.insert(name) {
            add(location, format!("`{name}` is required twice"), "list it once");
        }
    }
}

fn describe_type(kind: Option<&str>) -> String {
    kind.map_or_else(|| "a schema without type".to_owned(), |kind| format!("type {kind}"))
}

fn matches_type(value: &Value, kind: Option<&str>) -> bool {
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

/// Finds schemas that are their own alternatives. typify would overflow the stack, which aborts the process.
fn find_recursive_one_of(spec: &Spec) -> Vec<SpecDiagnostic> {
    let schemas = spec.value["components"]["schemas"].as_object();
    let mut diagnostics = Vec::new();
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
            let fix = "remove the recursive alternative";
            let location = json_pointer(&["components", "schemas", name, "oneOf"]);
            diagnostics.push(SpecDiagnostic::at_pointer(
                spec,
                location,
                format!("{name} is an alternative of itself"),
                fix,
            ));
        }
    }
    diagnostics
}
