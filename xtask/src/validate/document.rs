//! The outline of the document.

use serde_json::Value;

use super::finding::Finding;
use crate::spec::Spec;

pub(super) fn check(spec: &Spec) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |place: &[&str], problem: String, fix: &str| findings.push(Finding::new(spec, place, problem, fix));
    if !spec.value.is_object() {
        add(&[], "the document is not an object".to_owned(), "write an OpenAPI 3.0.3 document");
        return findings;
    }
    match spec.value["openapi"].as_str() {
        Some(version) if version.starts_with("3.0.") => {}
        Some(version) => add(
            &["openapi"],
            format!("OpenAPI {version} is not supported"),
            "write the spec as OpenAPI 3.0.3; `nullable` takes the place of type lists",
        ),
        None => add(&["openapi"], "the version is missing or not text".to_owned(), "write `openapi: 3.0.3`"),
    }
    for field in ["title", "version"] {
        if !spec.value["info"][field].is_string() {
            add(&["info", field], format!("the {field} is missing or not text"), "write it as text, in quotes");
        }
    }
    if !spec.value["tags"][0]["name"].as_str().is_some_and(super::names::is_identifier) {
        let fix = "name the API in the first tag, in lower case; the generated module is called like it";
        add(&["tags"], "no tag names the API".to_owned(), fix);
    }
    if spec.value["paths"].as_object().is_none_or(serde_json::Map::is_empty) {
        add(&["paths"], "there is no path".to_owned(), "describe the operations");
    }
    for (path, item) in spec.value["paths"].as_object().into_iter().flatten() {
        let place = ["paths", path.as_str()];
        if !item.is_object() {
            add(&place, "the path item is not an object".to_owned(), "describe its operations");
        } else if item.get("$ref").is_some() {
            add(
                &place,
                "the path item is a reference".to_owned(),
                "write its operations here; progenitor does not follow it",
            );
        }
        if !is_template(path) {
            add(
                &place,
                format!("`{path}` is no path"),
                "begin it with /, close every brace around a name, and leave query and fragment out",
            );
        }
    }
    match &spec.value["components"]["schemas"] {
        Value::Object(_) => {}
        _ => add(
            &["components", "schemas"],
            "there are no named schemas".to_owned(),
            "describe bodies under components/schemas",
        ),
    }
    findings
}

/// Whether a path begins with a slash and has a name between every two braces.
fn is_template(path: &str) -> bool {
    let mut pieces = path.split('{');
    let before = pieces.next().unwrap_or_default();
    let closed = |piece: &str| {
        piece
            .split_once('}')
            .is_some_and(|(name, after)| !name.is_empty() && !name.contains('/') && !after.contains('}'))
    };
    before.starts_with('/') && !before.contains('}') && !path.contains(['?', '#']) && pieces.all(closed)
}
