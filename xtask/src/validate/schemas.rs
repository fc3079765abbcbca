//! Named schemas: names, descriptions, enums, and what an answer may require.

use std::collections::BTreeSet;

use serde_json::Value;

use super::finding::Finding;
use super::names;
use crate::spec::Spec;

/// What an answer may require: the identifier, and the envelope without which there is nothing to read.
const RELIABLE: [&str; 4] = ["uid", "result", "results", "canDeploy"];

pub(super) fn check(spec: &Spec) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Some(schemas) = spec.value["components"]["schemas"].as_object() else { return findings };
    if let Some((first, second, rust)) = names::collision(schemas.keys().map(String::as_str), names::pascal) {
        findings.push(Finding::new(
            spec,
            &["components", "schemas"],
            format!("`{first}` and `{second}` become one Rust type, {rust}"),
            "give them names that differ in more than capitals and separators",
        ));
    }
    for (name, schema) in schemas {
        let place = ["components", "schemas", name.as_str()];
        let fits = name.starts_with(|first: char| first.is_ascii_uppercase())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !fits {
            let fix = "begin with a capital and use letters and digits";
            findings.push(Finding::new(spec, &place, format!("`{name}` is no name for a type"), fix));
        }
        if !schema.is_object() {
            findings.push(Finding::new(spec, &place, "the schema is not an object", "describe it"));
            continue;
        }
        if schema.get("example").is_none() {
            findings.push(Finding::new(
                spec,
                &place,
                "it has no example",
                "give one; it is documentation and test data",
            ));
        }
        schema_at(spec, schema, &crate::spec::pointer(&place), true, &mut findings);
    }
    required_in_answers(spec, &mut findings);
    findings
}

/// Checks a schema and those within it.
fn schema_at(spec: &Spec, schema: &Value, place: &str, named: bool, findings: &mut Vec<Finding>) {
    if schema.get("$ref").is_some() {
        return;
    }
    let mut add = |place: &str, problem: String, fix: &str| findings.push(Finding::at(spec, place, problem, fix));
    match schema["description"].as_str().filter(|text| !text.trim().is_empty()) {
        None => add(place, "it has no description".to_owned(), "say what it is, with unit and source"),
        Some(text) if !super::sources::names_its_source(text) => {
            add(place, "its description names no source".to_owned(), super::sources::NAME_THE_SOURCE);
        }
        Some(_) => {}
    }
    if schema.get("enum").is_some() {
        let fix = "write x-extensible-enum; the service may add values, and reading must not break";
        add(&format!("{place}/enum"), "a closed enum".to_owned(), fix);
    }
    if let Some(values) = schema.get("x-extensible-enum") {
        if let Some((problem, fix)) = open_enum(values) {
            add(&format!("{place}/x-extensible-enum"), problem, fix);
        }
        if !named {
            let fix = "move it to components/schemas and refer to it";
            add(place, "an enum without a name".to_owned(), fix);
        }
    }
    if !named && schema.get("properties").is_some() {
        // The lenient reading of answers goes by the names of schemas.
        add(place, "an object without a name".to_owned(), "move it to components/schemas and refer to it");
        return;
    }
    let properties = schema["properties"].as_object();
    if let Some((first, second, rust)) =
        names::collision(properties.into_iter().flatten().map(|(name, _)| name.as_str()), names::snake)
    {
        let fix = "leave one out; unknown fields are passed over when reading";
        add(&format!("{place}/properties"), format!("`{first}` and `{second}` become one Rust field, {rust}"), fix);
    }
    for (name, property) in properties.into_iter().flatten() {
        let place = format!("{place}/properties{}", crate::spec::pointer(&[name]));
        schema_at(spec, property, &place, false, findings);
    }
    if let Some(items) = schema.get("items") {
        // The description of a list says what is in it.
        if items.get("$ref").is_none() && items.get("properties").is_some() {
            let place = format!("{place}/items");
            let fix = "move it to components/schemas and refer to it";
            findings.push(Finding::at(spec, place, "an object without a name", fix));
        }
    }
}

fn open_enum(values: &Value) -> Option<(String, &'static str)> {
    let texts: Option<Vec<&str>> = values.as_array().and_then(|values| values.iter().map(Value::as_str).collect());
    let Some(texts) = texts.filter(|texts| !texts.is_empty()) else {
        return Some(("it is not a list of texts".to_owned(), "list the values that are known"));
    };
    for text in &texts {
        let rust = variant(text);
        if !rust.starts_with(|first: char| first.is_ascii_uppercase()) || rust == "Other" || rust == "Self" {
            return Some((format!("`{text}` cannot become a Rust variant"), "leave it out; it reads as `Other`"));
        }
    }
    let (first, second, rust) = names::collision(texts, variant)?;
    Some((format!("`{first}` and `{second}` become one Rust variant, {rust}"), "leave one out"))
}

/// Values are often all capitals, so case does not part words here.
fn variant(value: &str) -> String {
    names::pascal(&value.to_lowercase())
}

fn required_in_answers(spec: &Spec, findings: &mut Vec<Finding>) {
    let mut answered = BTreeSet::new();
    for operation in spec.operations() {
        for (status, answer) in operation.value["responses"].as_object().into_iter().flatten() {
            if status.starts_with('2') {
                spec.reach(answer, &mut answered);
            }
        }
    }
    for name in answered {
        let required = spec.value["components"]["schemas"][&name]["required"].as_array();
        for field in required.into_iter().flatten().filter_map(Value::as_str).filter(|field| !RELIABLE.contains(field))
        {
            findings.push(Finding::new(
                spec,
                &["components", "schemas", &name, "required"],
                format!("an answer requires `{field}`"),
                "require only uid or the envelope (result, results, canDeploy); nothing else can be relied on",
            ));
        }
    }
}
