//! Checks the structure of the document.

use serde_json::Value;

use super::spec_diagnostic::SpecDiagnostic;
use crate::spec::Spec;

pub(super) fn check(spec: &Spec) -> Vec<SpecDiagnostic> {
    let mut diagnostics = Vec::new();
    let mut add = |location: &[&str], problem: String, fix: &str| {
        diagnostics.push(SpecDiagnostic::new(spec, location, problem, fix));
    };
    if !spec.value.is_object() {
        add(&[], "the document is not an object".to_owned(), "write an OpenAPI 3.0.3 document");
        return diagnostics;
    }
    match spec.value["openapi"].as_str() {
        Some(version) if version.starts_with("3.0.") => {}
        Some(version) => add(
            &["openapi"],
            format!("OpenAPI {version} is not supported"),
            "write the spec as OpenAPI 3.0.3, with `nullable` instead of type lists",
        ),
        None => add(&["openapi"], "the version is missing or not a string".to_owned(), "write `openapi: 3.0.3`"),
    }
    for field in ["title", "version"] {
        if !spec.value["info"][field].is_string() {
            add(&["info", field], format!("the {field} is missing or not a string"), "write it as a quoted string");
        }
    }
    if !spec.value["tags"][0]["name"].as_str().is_some_and(super::rust_names::is_identifier) {
        let fix = "name the API in the first tag, in lower case; it becomes the name of the generated module";
        add(&["tags"], "the first tag does not name the API".to_owned(), fix);
    }
    if spec.value["paths"].as_object().is_none_or(serde_json::Map::is_empty) {
        add(&["paths"], "the document has no paths".to_owned(), "describe the operations");
    }
    for (path, item) in spec.value["paths"].as_object().into_iter().flatten() {
        let location = ["paths", path.as_str()];
        if !item.is_object() {
            add(&location, "the path item is not an object".to_owned(), "describe its operations");
        } else if item.get("$ref").is_some() {
            add(
                &location,
                "the path item is a reference".to_owned(),
                "write its operations here; progenitor does not follow the reference",
            );
        }
        if !is_path_template(path) {
            add(
                &location,
                format!("`{path}` is not a valid path"),
                "start with /, close every brace around a name, and remove query and fragment",
            );
        }
    }
    match &spec.value["components"]["schemas"] {
        Value::Object(_) => {}
        _ => add(
            &["components", "schemas"],
            "the document has no named schemas".to_owned(),
            "describe bodies under components/schemas",
        ),
    }
    diagnostics
}

/// Whether a path starts with a slash and has a name in each pair of braces.
fn is_path_template(path: &str) -> bool {
    let mut pieces = path.split('{');
    let before = pieces.next().unwrap_or_default();
    let closed = |piece: &str| {
        piece
            .split_once('}')
            .is_some_and(|(name, after)| !name.is_empty() && !name.contains('/') && !after.contains('}'))
    };
    before.starts_with('/') && !before.contains('}') && !path.contains(['?', '#']) && pieces.all(closed)
}
