//! `$ref`s: each must lead to something of the right kind in the same file.

use serde_json::Value;

use super::finding::Finding;
use crate::spec::{Spec, pointer};

pub(super) fn check(spec: &Spec) -> Vec<Finding> {
    let mut findings = Vec::new();
    visit(spec, &spec.value, &mut Vec::new(), &mut findings);
    findings
}

fn visit<'s>(spec: &Spec, node: &'s Value, place: &mut Vec<&'s str>, findings: &mut Vec<Finding>) {
    match node {
        Value::Object(map) => {
            // An example may hold any JSON, also a `$ref` that is none.
            for (key, child) in map.iter().filter(|(key, _)| *key != "example") {
                place.push(key);
                if key == "$ref" {
                    findings.extend(problem(spec, child, place));
                } else {
                    visit(spec, child, place, findings);
                }
                place.pop();
            }
        }
        Value::Array(items) => {
            for child in items {
                // The index is of no use in finding out the kind, and references in lists are rare.
                place.push("-");
                visit(spec, child, place, findings);
                place.pop();
            }
        }
        _ => {}
    }
}

fn problem(spec: &Spec, reference: &Value, place: &[&str]) -> Option<Finding> {
    let finding = |problem: String, fix: String| Some(Finding::at(spec, pointer(place), problem, fix));
    let Some(reference) = reference.as_str() else {
        return finding("the reference is not text".to_owned(), "write `$ref: \"#/components/…\"`".to_owned());
    };
    let Some(target) = reference.strip_prefix('#') else {
        let fix = "copy what it refers to into this file and refer to it with `#/…`";
        return finding(format!("`{reference}` leads out of the file"), fix.to_owned());
    };
    let kind = kind_at(place);
    if spec.value.pointer(target).is_none() {
        let similar = similar(spec, kind, reference);
        let similar = similar.map_or_else(String::new, |similar| format!("; similar: `{similar}`"));
        return finding(
            format!("`{reference}` leads nowhere"),
            format!("define it, or correct the reference{similar}"),
        );
    }
    let name = target
        .strip_prefix("/components/")
        .and_then(|rest| rest.strip_prefix(kind))
        .and_then(|rest| rest.strip_prefix('/'));
    if name.is_none_or(|name| name.is_empty() || name.contains('/')) {
        return finding(
            format!("`{reference}` is of another kind than what belongs here"),
            format!("refer to something under `#/components/{kind}/`"),
        );
    }
    if spec.resolve(&serde_json::json!({"$ref": reference})).is_none() {
        return finding(
            format!("`{reference}` leads in a circle"),
            "let it end at something that is no reference".to_owned(),
        );
    }
    None
}

/// Which section of `components` belongs at a place, which ends with `$ref`.
fn kind_at(place: &[&str]) -> &'static str {
    match place {
        [.., "parameters", _, "$ref"] => "parameters",
        [.., "responses", _, "$ref"] => "responses",
        [.., "requestBody", "$ref"] => "requestBodies",
        _ => "schemas",
    }
}

/// A defined name that begins like the wanted one, or the other way round.
fn similar(spec: &Spec, kind: &str, reference: &str) -> Option<String> {
    let wanted = reference.rsplit('/').next()?.to_lowercase();
    let defined = spec.value["components"][kind].as_object()?;
    let alike = |name: &&String| {
        let name = name.to_lowercase();
        !wanted.is_empty() && (name.starts_with(&wanted) || wanted.starts_with(&name))
    };
    defined.keys().find(alike).map(|name| format!("#/components/{kind}/{name}"))
}
