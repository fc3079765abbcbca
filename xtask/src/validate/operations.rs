//! Operations: their ids, parameters, bodies and answers.

use std::collections::BTreeSet;

use serde_json::Value;

use super::finding::Finding;
use super::names;
use crate::generate::rust_type::is_any_object;
use crate::spec::{Operation, Spec};

pub(super) fn check(spec: &Spec) -> Vec<Finding> {
    let mut findings = ids(spec);
    for operation in spec.operations() {
        described(spec, &operation, &mut findings);
        parameters(spec, &operation, &mut findings);
        request_body(spec, &operation, &mut findings);
        answers(spec, &operation, &mut findings);
    }
    findings
}

fn ids(spec: &Spec) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut seen: Vec<(&str, String)> = Vec::new();
    for operation in spec.operations() {
        let place = format!("{}/operationId", operation.pointer());
        let mut add = |problem: String, fix: &str| findings.push(Finding::at(spec, place.clone(), problem, fix));
        let here = format!("{} {}", operation.method, operation.path);
        let Some(id) = operation.value["operationId"].as_str() else {
            add("it is missing or not text".to_owned(), "give the operation a short id, such as `list`");
            continue;
        };
        let rust = names::snake(id);
        if let Some((earlier, taken_by)) = seen.iter().find(|(earlier, _)| names::snake(earlier) == rust) {
            if *earlier == id {
                add(format!("`{id}` is taken by {taken_by}"), "give each operation its own id");
            } else {
                add(
                    format!("`{id}` and `{earlier}` ({taken_by}) become one Rust name, {rust}"),
                    "give them ids that differ in more than capitals and separators",
                );
            }
        } else if !names::is_identifier(id) {
            add(
                format!("`{id}` is no name for a function"),
                "use lower case words with underscores, and no keyword of Rust",
            );
        }
        seen.push((id, here));
    }
    findings
}

fn described(spec: &Spec, operation: &Operation<'_>, findings: &mut Vec<Finding>) {
    if operation.value["description"]
        .as_str()
        .is_some_and(|text| !text.is_empty() && !super::sources::names_its_source(text))
    {
        let problem = "its description names no source";
        findings.push(Finding::at(spec, operation.pointer(), problem, super::sources::NAME_THE_SOURCE));
    }
    for field in ["summary", "description"] {
        if operation.value[field].as_str().is_none_or(|text| text.trim().is_empty()) {
            let fix = "say what it does, with the source";
            findings.push(Finding::at(spec, operation.pointer(), format!("it has no {field}"), fix));
        }
    }
}

fn parameters(spec: &Spec, operation: &Operation<'_>, findings: &mut Vec<Finding>) {
    let template: BTreeSet<&str> =
        operation.path.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name).collect();
    let mut described = BTreeSet::new();
    for (place, parameter) in operation.parameters() {
        let mut add = |problem: String, fix: &str| findings.push(Finding::at(spec, place.clone(), problem, fix));
        // A broken reference is found by the check of references.
        let Some(parameter) = spec.resolve(parameter) else { continue };
        let Some(name) = parameter["name"].as_str().filter(|name| !name.is_empty()) else {
            add("the parameter has no name".to_owned(), "give it one");
            continue;
        };
        match parameter["in"].as_str() {
            Some("path") => {
                if !template.contains(name) {
                    let fix = format!("write {{{name}}} into the path, or take the parameter away");
                    add(format!("the path has no {{{name}}}"), &fix);
                } else if parameter["required"] != Value::Bool(true) {
                    add(format!("`{name}` is of the path and not required"), "write `required: true`");
                }
                described.insert(name);
            }
            Some("query") => {}
            Some("header") => add(
                format!("`{name}` is a header parameter"),
                "make it a security scheme; the client adds headers to every call, and progenitor would make it an argument of each",
            ),
            _ => add(
                format!("`{name}` is neither of the path nor of the query"),
                "progenitor takes no other; leave it out",
            ),
        }
        match parameter.get("schema") {
            None => add(format!("`{name}` has no schema"), "give it one"),
            Some(schema) => {
                let kind = spec.resolve(schema).and_then(|schema| schema["type"].as_str());
                if let Some(kind @ ("object" | "array")) = kind {
                    add(
                        format!("`{name}` is of type {kind}"),
                        "make it a single value; nothing else fits into a path or query",
                    );
                }
            }
        }
        let usual = if parameter["in"] == "path" { "simple" } else { "form" };
        if parameter.get("style").is_some_and(|style| style != usual) {
            add(format!("`{name}` has another style than {usual}"), "take `style` out; progenitor knows no other");
        }
    }
    findings.extend(arguments(spec, operation));
    for name in template.difference(&described) {
        findings.push(Finding::at(
            spec,
            operation.pointer(),
            format!("{{{name}}} in the path is not described"),
            format!("add a parameter `{name}` with `in: path`"),
        ));
    }
}

/// Parameters and body become the arguments of one Rust function.
fn arguments(spec: &Spec, operation: &Operation<'_>) -> Option<Finding> {
    // A parameter of the operation takes the place of one of its path item, if both name and place are the same.
    let described: BTreeSet<(&str, &str)> = operation
        .parameters()
        .filter_map(|(_, parameter)| {
            let parameter = spec.resolve(parameter)?;
            Some((parameter["name"].as_str()?, parameter["in"].as_str()?))
        })
        .collect();
    let body = operation.value.get("requestBody").map(|_| "body");
    let (first, second, rust) = names::collision(described.iter().map(|(name, _)| *name).chain(body), names::snake)?;
    Some(Finding::at(
        spec,
        format!("{}/parameters", operation.pointer()),
        format!("`{first}` and `{second}` become one Rust argument, {rust}"),
        "give them names that differ in more than capitals, separators and place; the body is called `body`",
    ))
}

fn request_body(spec: &Spec, operation: &Operation<'_>, findings: &mut Vec<Finding>) {
    let Some(body) = operation.value.get("requestBody") else { return };
    let place = format!("{}/requestBody", operation.pointer());
    let Some(body) = spec.resolve(body) else { return };
    match body.get("content") {
        Some(content) => findings.extend(json_content(spec, &format!("{place}/content"), content, |_| false)),
        None => {
            findings.push(Finding::at(
                spec,
                place,
                "the body has no content",
                "describe it under `content: application/json`",
            ));
        }
    }
}

fn answers(spec: &Spec, operation: &Operation<'_>, findings: &mut Vec<Finding>) {
    let place = format!("{}/responses", operation.pointer());
    let mut successes = Vec::new();
    for (status, answer) in operation.value["responses"].as_object().into_iter().flatten() {
        if !is_status(status) && !status.starts_with("x-") {
            let problem = format!("`{status}` is no status");
            findings.push(Finding::at(spec, place.clone(), problem, "write three digits in quotes, or default"));
        }
        if status.starts_with('2') {
            successes.push(status.as_str());
            let content = spec.resolve(answer).and_then(|answer| answer.get("content"));
            if let Some(content) = content {
                let place = format!("{place}/{status}/content");
                findings.extend(json_content(spec, &place, content, is_any_object));
            }
        }
    }
    match successes.as_slice() {
        [_] => {}
        [] => findings.push(Finding::at(spec, place, "it has no success answer", "describe the 2xx answer")),
        several => findings.push(Finding::at(
            spec,
            place,
            format!("it has {} success answers: {}", several.len(), several.join(", ")),
            "keep one; progenitor 0.15 takes one success shape",
        )),
    }
}

fn is_status(status: &str) -> bool {
    status == "default" || (status.len() == 3 && status.parse().is_ok_and(|status: u16| (100..600).contains(&status)))
}

/// One media type, JSON, with a named schema, or with one that needs no name.
fn json_content(spec: &Spec, place: &str, content: &Value, needs_no_name: impl Fn(&Value) -> bool) -> Option<Finding> {
    let types: Vec<&str> = content.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    if types != ["application/json"] {
        let problem = if types.is_empty() {
            "the body has no media type".to_owned()
        } else {
            format!("the body is {}", types.join(", "))
        };
        return Some(Finding::at(spec, place, problem, "describe it as application/json alone"));
    }
    let place = format!("{place}/application~1json");
    match content["application/json"].get("schema") {
        None => {
            Some(Finding::at(spec, place, "the body has no schema", "refer to a named schema under components/schemas"))
        }
        Some(schema) if schema.get("$ref").is_none() && !needs_no_name(schema) => Some(Finding::at(
            spec,
            format!("{place}/schema"),
            "the schema stands here without a name",
            "move it to components/schemas and refer to it",
        )),
        Some(_) => None,
    }
}
