//! Checks operations: ids, parameters, request bodies, and responses.

use std::collections::BTreeSet;

use serde_json::Value;

use super::rust_names;
use super::spec_diagnostic::SpecDiagnostic;
use crate::generate::rust_type::is_free_form_object;
use crate::spec::{Spec, SpecOperation};

pub(super) fn check(spec: &Spec) -> Vec<SpecDiagnostic> {
    let mut diagnostics = check_operation_ids(spec);
    for operation in spec.operations() {
        check_descriptions(spec, &operation, &mut diagnostics);
        check_parameters(spec, &operation, &mut diagnostics);
        check_request_body(spec, &operation, &mut diagnostics);
        check_responses(spec, &operation, &mut diagnostics);
    }
    diagnostics
}

fn check_operation_ids(spec: &Spec) -> Vec<SpecDiagnostic> {
    let mut diagnostics = Vec::new();
    let mut seen: Vec<(&str, String)> = Vec::new();
    for operation in spec.operations() {
        let location = format!("{}/operationId", operation.json_pointer());
        let mut add = |problem: String, fix: &str| {
            diagnostics.push(SpecDiagnostic::at_pointer(spec, location.clone(), problem, fix));
        };
        let here = format!("{} {}", operation.method, operation.path);
        let Some(id) = operation.value["operationId"].as_str() else {
            add("the id is missing or not a string".to_owned(), "add a short id, such as `list`");
            continue;
        };
        let rust = rust_names::to_snake_case(id);
        if let Some((earlier, other)) = seen.iter().find(|(earlier, _)| rust_names::to_snake_case(earlier) == rust) {
            if *earlier == id {
                add(format!("`{id}` is already the id of {other}"), "give each operation a unique id");
            } else {
                add(
                    format!("`{id}` and `{earlier}` ({other}) become one Rust name, {rust}"),
                    "rename one; ids must differ in more than case and separators",
                );
            }
        } else if !rust_names::is_identifier(id) {
            add(
                format!("`{id}` is not a valid function name"),
                "use lower-case words with underscores that are not Rust keywords",
            );
        }
        seen.push((id, here));
    }
    diagnostics
}

fn check_descriptions(spec: &Spec, operation: &SpecOperation<'_>, diagnostics: &mut Vec<SpecDiagnostic>) {
    if operation.value["description"]
        .as_str()
        .is_some_and(|text| !text.is_empty() && !super::description_sources::has_source(text))
    {
        let problem = "the description names no source";
        diagnostics.push(SpecDiagnostic::at_pointer(
            spec,
            operation.json_pointer(),
            problem,
            super::description_sources::MISSING_SOURCE_FIX,
        ));
    }
    for field in ["summary", "description"] {
        if operation.value[field].as_str().is_none_or(|text| text.trim().is_empty()) {
            let fix = "describe the operation, with the source";
            diagnostics.push(SpecDiagnostic::at_pointer(
                spec,
                operation.json_pointer(),
                format!("`{field}` is missing"),
                fix,
            ));
        }
    }
}

fn check_parameters(spec: &Spec, operation: &SpecOperation<'_>, diagnostics: &mut Vec<SpecDiagnostic>) {
    let template: BTreeSet<&str> =
        operation.path.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name).collect();
    let mut described = BTreeSet::new();
    for (location, parameter) in operation.parameters() {
        let mut add = |problem: String, fix: &str| {
            diagnostics.push(SpecDiagnostic::at_pointer(spec, location.clone(), problem, fix));
        };
        // `references` reports a broken reference.
        let Some(parameter) = spec.resolve(parameter) else { continue };
        let Some(name) = parameter["name"].as_str().filter(|name| !name.is_empty()) else {
            add("the parameter has no name".to_owned(), "add `name`");
            continue;
        };
        match parameter["in"].as_str() {
            Some("path") => {
                if !template.contains(name) {
                    let fix = format!("add {{{name}}} to the path, or remove the parameter");
                    add(format!("the path has no {{{name}}}"), &fix);
                } else if parameter["required"] != Value::Bool(true) {
                    add(format!("the path parameter `{name}` is not required"), "add `required: true`");
                }
                described.insert(name);
            }
            Some("query") => {}
            Some("header") => add(
                format!("`{name}` is a header parameter"),
                "make it a security scheme; the client adds headers to every call, and progenitor would make it an argument of each call",
            ),
            _ => add(
                format!("`{name}` is neither a path nor a query parameter"),
                "remove it; progenitor supports no other",
            ),
        }
        match parameter.get("schema") {
            None => add(format!("`{name}` has no schema"), "add `schema`"),
            Some(schema) => {
                let kind = spec.resolve(schema).and_then(|schema| schema["type"].as_str());
                if let Some(kind @ ("object" | "array")) = kind {
                    add(
                        format!("`{name}` is of type {kind}"),
                        "use a single value; paths and queries support nothing else",
                    );
                }
            }
        }
        let default_style = if parameter["in"] == "path" { "simple" } else { "form" };
        if parameter.get("style").is_some_and(|style| style != default_style) {
            add(
                format!("the style of `{name}` is not {default_style}"),
                "remove `style`; progenitor supports no other",
            );
        }
    }
    diagnostics.extend(check_argument_names(spec, operation));
    for name in template.difference(&described) {
        diagnostics.push(SpecDiagnostic::at_pointer(
            spec,
            operation.json_pointer(),
            format!("the path parameter {{{name}}} is not described"),
            format!("add a parameter `{name}` with `in: path`"),
        ));
    }
}

/// Parameters and body become the arguments of one Rust function.
fn check_argument_names(spec: &Spec, operation: &SpecOperation<'_>) -> Option<SpecDiagnostic> {
    // A parameter of the operation overrides one of its path item with the same name and location.
    let described: BTreeSet<(&str, &str)> = operation
        .parameters()
        .filter_map(|(_, parameter)| {
            let parameter = spec.resolve(parameter)?;
            Some((parameter["name"].as_str()?, parameter["in"].as_str()?))
        })
        .collect();
    let body = operation.value.get("requestBody").map(|_| "body");
    let (first, second, rust) =
        rust_names::find_collision(described.iter().map(|(name, _)| *name).chain(body), rust_names::to_snake_case)?;
    Some(SpecDiagnostic::at_pointer(
        spec,
        format!("{}/parameters", operation.json_pointer()),
        format!("`{first}` and `{second}` become one Rust argument, {rust}"),
        "rename one; names must differ in more than case and separators, and the body is called `body`",
    ))
}

fn check_request_body(spec: &Spec, operation: &SpecOperation<'_>, diagnostics: &mut Vec<SpecDiagnostic>) {
    let Some(body) = operation.value.get("requestBody") else { return };
    let location = format!("{}/requestBody", operation.json_pointer());
    let Some(body) = spec.resolve(body) else { return };
    match body.get("content") {
        Some(content) => {
            diagnostics.extend(check_json_content(spec, &format!("{location}/content"), content, |_| false));
        }
        None => {
            diagnostics.push(SpecDiagnostic::at_pointer(
                spec,
                location,
                "the body has no content",
                "describe it under `content: application/json`",
            ));
        }
    }
}

fn check_responses(spec: &Spec, operation: &SpecOperation<'_>, diagnostics: &mut Vec<SpecDiagnostic>) {
    let location = format!("{}/responses", operation.json_pointer());
    let mut successes = Vec::new();
    for (status, response) in operation.value["responses"].as_object().into_iter().flatten() {
        if !is_status(status) && !status.starts_with("x-") {
            let problem = format!("`{status}` is not a status");
            diagnostics.push(SpecDiagnostic::at_pointer(
                spec,
                location.clone(),
                problem,
                "use three digits in quotes, or default",
            ));
        }
        if status.starts_with('2') {
            successes.push(status.as_str());
            let content = spec.resolve(response).and_then(|response| response.get("content"));
            if let Some(content) = content {
                let location = format!("{location}/{status}/content");
                diagnostics.extend(check_json_content(spec, &location, content, is_free_form_object));
            }
        }
    }
    match successes.as_slice() {
        [_] => {}
        [] => diagnostics.push(SpecDiagnostic::at_pointer(
            spec,
            location,
            "the operation has no success response",
            "describe the 2xx response",
        )),
        several => diagnostics.push(SpecDiagnostic::at_pointer(
            spec,
            location,
            format!("the operation has {} success responses: {}", several.len(), several.join(", ")),
            "keep one; progenitor 0.15 supports one success type",
        )),
    }
}

fn is_status(status: &str) -> bool {
    status == "default" || (status.len() == 3 && status.parse().is_ok_and(|status: u16| (100..600).contains(&status)))
}

/// Checks that the only media type is JSON, and that its schema has a name if it needs one.
fn check_json_content(
    spec: &Spec,
    location: &str,
    content: &Value,
    needs_no_name: impl Fn(&Value) -> bool,
) -> Option<SpecDiagnostic> {
    let types: Vec<&str> = content.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    if types != ["application/json"] {
        let problem = if types.is_empty() {
            "the body has no media type".to_owned()
        } else {
            format!("the body is {}", types.join(", "))
        };
        return Some(SpecDiagnostic::at_pointer(spec, location, problem, "describe it as application/json only"));
    }
    let location = format!("{location}/application~1json");
    match content["application/json"].get("schema") {
        None => Some(SpecDiagnostic::at_pointer(
            spec,
            location,
            "the body has no schema",
            "refer to a named schema under components/schemas",
        )),
        Some(schema) if schema.get("$ref").is_none() && !needs_no_name(schema) => Some(SpecDiagnostic::at_pointer(
            spec,
            format!("{location}/schema"),
            "the schema has no name",
            "move it to components/schemas and refer to it",
        )),
        Some(_) => None,
    }
}
