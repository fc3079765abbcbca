//! Checks that each `$ref` refers to a component of the right kind in the same file.

use serde_json::Value;

use super::spec_diagnostic::SpecDiagnostic;
use crate::spec::{Spec, json_pointer};

pub(super) fn check(spec: &Spec) -> Vec<SpecDiagnostic> {
    let mut diagnostics = Vec::new();
    visit(spec, &spec.value, &mut Vec::new(), &mut diagnostics);
    diagnostics
}

fn visit<'s>(spec: &Spec, node: &'s Value, location: &mut Vec<&'s str>, diagnostics: &mut Vec<SpecDiagnostic>) {
    match node {
        Value::Object(map) => {
            // An example can contain any JSON, including a `$ref` that is not a reference.
            for (key, child) in map.iter().filter(|(key, _)| *key != "example") {
                location.push(key);
                if key == "$ref" {
                    diagnostics.extend(check_reference(spec, child, location));
                } else {
                    visit(spec, child, location, diagnostics);
                }
                location.pop();
            }
        }
        Value::Array(items) => {
            for child in items {
                // `component_section` does not need the index.
                location.push("-");
                visit(spec, child, location, diagnostics);
                location.pop();
            }
        }
        _ => {}
    }
}

fn check_reference(spec: &Spec, reference: &Value, location: &[&str]) -> Option<SpecDiagnostic> {
    let diagnostic =
        |problem: String, fix: String| Some(SpecDiagnostic::at_pointer(spec, json_pointer(location), problem, fix));
    let Some(reference) = reference.as_str() else {
        return diagnostic("the reference is not a string".to_owned(), "write `$ref: \"#/components/…\"`".to_owned());
    };
    let Some(target) = reference.strip_prefix('#') else {
        let fix = "copy the target into this file and refer to it with `#/…`";
        return diagnostic(format!("`{reference}` is in another file"), fix.to_owned());
    };
    let kind = component_section(location);
    if spec.value.pointer(target).is_none() {
        let similar = find_similar_name(spec, kind, reference);
        let similar = similar.map_or_else(String::new, |similar| format!("; did you mean `{similar}`?"));
        return diagnostic(
            format!("`{reference}` does not exist"),
            format!("define it, or correct the reference{similar}"),
        );
    }
    let name = target
        .strip_prefix("/components/")
        .and_then(|rest| rest.strip_prefix(kind))
        .and_then(|rest| rest.strip_prefix('/'));
    if name.is_none_or(|name| name.is_empty() || name.contains('/')) {
        return diagnostic(
            format!("`{reference}` is the wrong kind of component"),
            format!("refer to a component under `#/components/{kind}/`"),
        );
    }
    if spec.resolve(&serde_json::json!({"$ref": reference})).is_none() {
        return diagnostic(
            format!("`{reference}` is a circular reference"),
            "remove one reference of the cycle".to_owned(),
        );
    }
    None
}

/// The section of `components` that a reference at this location must refer to.
fn component_section(location: &[&str]) -> &'static str {
    match location {
        [.., "parameters", _, "$ref"] => "parameters",
        [.., "responses", _, "$ref"] => "responses",
        [.., "requestBody", "$ref"] => "requestBodies",
        _ => "schemas",
    }
}

/// A defined name that is a prefix of the requested one, or the other way round.
fn find_similar_name(spec: &Spec, kind: &str, reference: &str) -> Option<String> {
    let requested = reference.rsplit('/').next()?.to_lowercase();
    let defined = spec.value["components"][kind].as_object()?;
    let is_similar = |name: &&String| {
        let name = name.to_lowercase();
        !requested.is_empty() && (name.starts_with(&requested) || requested.starts_with(&name))
    };
    defined.keys().find(is_similar).map(|name| format!("#/components/{kind}/{name}"))
}
