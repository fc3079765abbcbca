//! Checks named schemas: names, descriptions, enums, and the required fields of responses.

use std::collections::BTreeSet;

use serde_json::Value;

use super::rust_names;
use super::spec_diagnostic::SpecDiagnostic;
use crate::spec::Spec;

/// The fields that a response may require: the identifier and the envelopes.
const ALLOWED_REQUIRED_FIELDS: [&str; 4] = ["uid", "result", "results", "canDeploy"];

pub(super) fn check(spec: &Spec) -> Vec<SpecDiagnostic> {
    let mut diagnostics = Vec::new();
    let Some(schemas) = spec.value["components"]["schemas"].as_object() else { return diagnostics };
    if let Some((first, second, rust)) =
        rust_names::find_collision(schemas.keys().map(String::as_str), rust_names::to_pascal_case)
    {
        diagnostics.push(SpecDiagnostic::new(
            spec,
            &["components", "schemas"],
            format!("`{first}` and `{second}` become one Rust type, {rust}"),
            "rename one; names must differ in more than case and separators",
        ));
    }
    for (name, schema) in schemas {
        let location = ["components", "schemas", name.as_str()];
        let is_valid = name.starts_with(|first: char| first.is_ascii_uppercase())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_valid {
            let fix = "start with an upper-case letter and use only letters and digits";
            diagnostics.push(SpecDiagnostic::new(spec, &location, format!("`{name}` is not a valid type name"), fix));
        }
        if !schema.is_object() {
            diagnostics.push(SpecDiagnostic::new(
                spec,
                &location,
                "the schema is not an object",
                "write an object schema",
            ));
            continue;
        }
        if schema.get("example").is_none() {
            diagnostics.push(SpecDiagnostic::new(
                spec,
                &location,
                "`example` is missing",
                "add one, for documentation and tests",
            ));
        }
        check_schema(spec, schema, &crate::spec::json_pointer(&location), true, &mut diagnostics);
    }
    check_required_response_fields(spec, &mut diagnostics);
    diagnostics
}

/// Checks a schema and its nested schemas.
fn check_schema(spec: &Spec, schema: &Value, location: &str, named: bool, diagnostics: &mut Vec<SpecDiagnostic>) {
    if schema.get("$ref").is_some() {
        return;
    }
    let mut add = |location: &str, problem: String, fix: &str| {
        diagnostics.push(SpecDiagnostic::at_pointer(spec, location, problem, fix));
    };
    match schema["description"].as_str().filter(|text| !text.trim().is_empty()) {
        None => add(location, "`description` is missing".to_owned(), "describe it, with unit and source"),
        Some(text) if !super::description_sources::has_source(text) => {
            add(location, "the description names no source".to_owned(), super::description_sources::MISSING_SOURCE_FIX);
        }
        Some(_) => {}
    }
    if schema.get("enum").is_some() {
        let fix = "use x-extensible-enum; the service may add values, and parsing must not fail";
        add(&format!("{location}/enum"), "the enum is closed".to_owned(), fix);
    }
    if let Some(values) = schema.get("x-extensible-enum") {
        if let Some((problem, fix)) = check_open_enum(values) {
            add(&format!("{location}/x-extensible-enum"), problem, fix);
        }
        if !named {
            let fix = "move it to components/schemas and refer to it";
            add(location, "the enum has no name".to_owned(), fix);
        }
    }
    if !named && schema.get("properties").is_some() {
        // `type_adapter` finds response types by name.
        add(location, "the object has no name".to_owned(), "move it to components/schemas and refer to it");
        return;
    }
    let properties = schema["properties"].as_object();
    if let Some((first, second, rust)) = rust_names::find_collision(
        properties.into_iter().flatten().map(|(name, _)| name.as_str()),
        rust_names::to_snake_case,
    ) {
        let fix = "remove one; responses may have unknown fields";
        add(&format!("{location}/properties"), format!("`{first}` and `{second}` become one Rust field, {rust}"), fix);
    }
    for (name, property) in properties.into_iter().flatten() {
        let location = format!("{location}/properties{}", crate::spec::json_pointer(&[name]));
        check_schema(spec, property, &location, false, diagnostics);
    }
    if let Some(items) = schema.get("items") {
        // The description of a list covers its items.
        if items.get("$ref").is_none() && items.get("properties").is_some() {
            let location = format!("{location}/items");
            let fix = "move it to components/schemas and refer to it";
            diagnostics.push(SpecDiagnostic::at_pointer(spec, location, "the object has no name", fix));
        }
    }
}

fn check_open_enum(values: &Value) -> Option<(String, &'static str)> {
    let strings: Option<Vec<&str>> = values.as_array().and_then(|values| values.iter().map(Value::as_str).collect());
    let Some(strings) = strings.filter(|strings| !strings.is_empty()) else {
        return Some(("the value is not a list of strings".to_owned(), "list the known values"));
    };
    for text in &strings {
        let rust = enum_variant_name(text);
        if !rust.starts_with(|first: char| first.is_ascii_uppercase()) || rust == "Other" || rust == "Self" {
            return Some((format!("`{text}` cannot become a Rust variant"), "remove it; it parses as `Other`"));
        }
    }
    let (first, second, rust) = rust_names::find_collision(strings, enum_variant_name)?;
    Some((format!("`{first}` and `{second}` become one Rust variant, {rust}"), "remove one"))
}

/// Many values are all upper case, so case does not separate words.
fn enum_variant_name(value: &str) -> String {
    rust_names::to_pascal_case(&value.to_lowercase())
}

fn check_required_response_fields(spec: &Spec, diagnostics: &mut Vec<SpecDiagnostic>) {
    let mut response_types = BTreeSet::new();
    for operation in spec.operations() {
        for (status, response) in operation.value["responses"].as_object().into_iter().flatten() {
            if status.starts_with('2') {
                spec.collect_schema_names(response, &mut response_types);
            }
        }
    }
    for name in response_types {
        let required = spec.value["components"]["schemas"][&name]["required"].as_array();
        for field in required
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .filter(|field| !ALLOWED_REQUIRED_FIELDS.contains(field))
        {
            diagnostics.push(SpecDiagnostic::new(
                spec,
                &["components", "schemas", &name, "required"],
                format!("a response requires `{field}`"),
                "require only uid or the envelope (result, results, canDeploy); nothing else is guaranteed",
            ));
        }
    }
}
