//! Checks the extensions (`x-…`) of operations and parameters, which are described at the top of `openapi/capping.yaml`.

use serde_json::Value;

use super::rust_names;
use super::spec_diagnostic::SpecDiagnostic;
use crate::generate::operation_model::{Idempotency, json_body_schema, parse_idempotency};
use crate::spec::{Spec, SpecOperation, json_pointer};

const OPERATION_EXTENSIONS: [&str; 5] =
    ["x-idempotency", "x-already-applied", "x-envelope", "x-fixed-body", "x-organization-field"];

pub(super) fn check(spec: &Spec) -> Vec<SpecDiagnostic> {
    let mut diagnostics = Vec::new();
    for operation in spec.operations() {
        let mut add = |extension: &str, problem: String, fix: &str| {
            let location = format!("{}{}", operation.json_pointer(), json_pointer(&[extension]));
            diagnostics.push(SpecDiagnostic::at_pointer(spec, location, problem, fix));
        };
        let extensions = operation.value.as_object().into_iter().flatten();
        for (name, value) in extensions.filter(|(name, _)| name.starts_with("x-")) {
            let problem = match name.as_str() {
                "x-idempotency" => check_idempotency(value),
                "x-already-applied" => check_already_applied(&operation, value),
                "x-envelope" => check_envelope(spec, &operation, value),
                "x-fixed-body" => check_fixed_body(&operation, value),
                "x-organization-field" => check_organization_field(spec, &operation, value),
                _ => Some(("not an extension of an operation", "correct or remove it")),
            };
            if let Some((problem, fix)) = problem {
                let fix = if OPERATION_EXTENSIONS.contains(&name.as_str()) {
                    fix.to_owned()
                } else {
                    format!("{fix}; supported: {}", OPERATION_EXTENSIONS.join(", "))
                };
                add(name, problem.to_owned(), &fix);
            }
        }
        diagnostics.extend(check_options(spec, &operation));
    }
    diagnostics
}

/// A problem and its fix.
type ExtensionProblem = Option<(&'static str, &'static str)>;

fn check_idempotency(value: &Value) -> ExtensionProblem {
    let known = matches!(value.as_str(), Some("safe" | "idempotent" | "not-idempotent"));
    (!known).then_some(("the value is not supported", "use safe, idempotent, or not-idempotent"))
}

fn check_already_applied(operation: &SpecOperation<'_>, value: &Value) -> ExtensionProblem {
    if value != 404 && value.as_str().is_none_or(str::is_empty) {
        return Some(("the value is neither 404 nor an error code", "use 404, or the error code in quotes"));
    }
    let is_idempotent = matches!(parse_idempotency(operation), Idempotency::Idempotent);
    (!is_idempotent).then_some((
        "the operation is not an idempotent write, so a retry cannot find it already applied",
        "remove it, or add `x-idempotency: idempotent`",
    ))
}

fn check_envelope(spec: &Spec, operation: &SpecOperation<'_>, value: &Value) -> ExtensionProblem {
    let Some(field) = value.as_str() else {
        return Some(("the value is not a string", "use the name of a field of the success response"));
    };
    let responses = operation.value["responses"].as_object().into_iter().flatten();
    let mut successes = responses.filter(|(status, _)| status.starts_with('2'));
    let schema = successes.find_map(|(_, response)| spec.resolve(json_body_schema(spec.resolve(response)?)));
    let is_required = |schema: &Value| schema["required"].as_array().is_some_and(|names| names.contains(value));
    let is_never_null = |schema: &Value, field: &str| {
        schema["properties"].get(field).is_some_and(|property| property["nullable"] != Value::Bool(true))
    };
    match schema {
        Some(schema) if is_required(schema) && is_never_null(schema, field) => None,
        _ => Some((
            "the success response has no required, non-null field of this name",
            "use the name of a required property of the response's schema",
        )),
    }
}

fn check_fixed_body(operation: &SpecOperation<'_>, value: &Value) -> ExtensionProblem {
    if !value.is_object() {
        return Some(("the value is not an object", "use a JSON object, such as {}"));
    }
    let has_body = operation.value.get("requestBody").is_some();
    (!has_body).then_some(("the operation has no request body", "describe it under `requestBody`, or remove this"))
}

fn check_organization_field(spec: &Spec, operation: &SpecOperation<'_>, value: &Value) -> ExtensionProblem {
    let body = operation.value.get("requestBody").and_then(|body| spec.resolve(body));
    let schema = body.and_then(|body| spec.resolve(json_body_schema(body)));
    let is_required = |schema: &Value| schema["required"].as_array().is_some_and(|required| required.contains(value));
    let is_optional_string = |schema: &Value, field: &str| {
        let property = schema["properties"].get(field).and_then(|property| spec.resolve(property));
        property.is_some_and(|property| property["type"] == "string") && !is_required(schema)
    };
    match (schema, value.as_str()) {
        _ if operation.value.get("x-fixed-body").is_some() => {
            Some(("the operation has a fixed body", "remove this or `x-fixed-body`"))
        }
        (Some(schema), Some(field))
            if is_optional_string(schema, field) && rust_names::is_identifier(&rust_names::to_snake_case(field)) =>
        {
            None
        }
        _ => Some((
            "the request body has no optional string field of this name",
            "use the name of such a property of the body's schema",
        )),
    }
}

/// Checks the optional query parameters, which become the fields of one struct.
fn check_options(spec: &Spec, operation: &SpecOperation<'_>) -> Vec<SpecDiagnostic> {
    let mut diagnostics = Vec::new();
    let mut seen: Vec<(String, bool)> = Vec::new();
    for (location, parameter) in operation.parameters() {
        let Some(parameter) = spec.resolve(parameter) else { continue };
        let mut add = |problem: String, fix: &str| {
            diagnostics.push(SpecDiagnostic::at_pointer(spec, location.clone(), problem, fix));
        };
        let names = parameter.as_object().into_iter().flatten().map(|(name, _)| name);
        for name in names.filter(|name| name.starts_with("x-") && *name != "x-option-name") {
            add(
                format!("`{name}` is not an extension of a parameter"),
                "correct or remove it; supported: x-option-name",
            );
        }
        let is_optional = parameter["in"] == "query" && parameter["required"] != Value::Bool(true);
        let Some(name) = parameter["name"].as_str() else { continue };
        let is_named = parameter.get("x-option-name").is_some();
        let option = match parameter.get("x-option-name") {
            Some(_) if !is_optional => {
                add(
                    format!("`{name}` has `x-option-name` but is not an optional query parameter"),
                    "remove `x-option-name`",
                );
                continue;
            }
            Some(option) => option.as_str().unwrap_or_default().to_owned(),
            None => rust_names::to_snake_case(name),
        };
        if !rust_names::is_identifier(&option) {
            let fix = "use lower-case words with underscores that are not Rust keywords, or set `x-option-name`";
            add(format!("`{name}` becomes `{option}`, which is not a valid Rust name"), fix);
        } else if is_optional {
            // `check_argument_names` finds the collisions of parameters without `x-option-name`.
            if seen.iter().any(|(earlier, named)| *earlier == option && (is_named || *named)) {
                add(format!("another option is called `{option}`"), "use a unique `x-option-name`");
            }
            seen.push((option, is_named));
        }
    }
    if !seen.is_empty()
        && operation.parameters().any(|(_, it)| spec.resolve(it).is_some_and(|it| it["name"] == "options"))
    {
        let fix = "rename the parameter; the argument with the query options is called `options`";
        diagnostics.push(SpecDiagnostic::at_pointer(
            spec,
            format!("{}/parameters", operation.json_pointer()),
            "a parameter is called `options`",
            fix,
        ));
    }
    diagnostics
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The errors after one change to the operation or its query parameter.
    fn diagnostics_after(change: impl FnOnce(&mut Value)) -> String {
        let mut put = json!({
            "x-envelope": "item", "x-organization-field": "orgId", "x-already-applied": 404, "x-idempotency": "idempotent",
            "parameters": [{"name": "forceIt", "in": "query", "schema": {"type": "boolean"}, "x-option-name": "force"}],
            "requestBody": {"content": {"application/json": {"schema": {
                "type": "object", "required": ["size"],
                "properties": {"orgId": {"type": "string"}, "size": {"type": "string"}, "count": {"type": "integer"}},
            }}}},
            "responses": {"200": {"content": {"application/json": {"schema": {
                "type": "object", "required": ["item"],
                "properties": {"item": {"type": "string"}, "other": {"type": "string"}},
            }}}}},
        });
        change(&mut put);
        let spec = Spec { file: "t.yaml".to_owned(), value: json!({"paths": {"/a": {"put": put}}}) };
        check(&spec).iter().map(|diagnostic| format!("{diagnostic}\n")).collect()
    }

    #[test]
    fn valid_extensions_pass() {
        assert_eq!(diagnostics_after(|_| {}), "");
    }

    #[test]
    fn invalid_extensions_have_a_fix() {
        for (extension, values, problem, fix) in [
            ("x-idempotancy", vec![json!("safe")], "not an extension of an operation", "supported: x-idempotency"),
            ("x-idempotency", vec![json!("Safe"), json!(1)], "the value is not supported", "use safe, idempotent"),
            ("x-already-applied", vec![json!(409), json!("")], "the value is neither 404 nor an error code", "use 404"),
            (
                "x-envelope",
                vec![json!("other"), json!("nothing")],
                "the success response has no required, non-null field",
                "use the name",
            ),
            ("x-envelope", vec![json!(1)], "the value is not a string", "use the name"),
            ("x-fixed-body", vec![json!([])], "the value is not an object", "such as {}"),
            (
                "x-organization-field",
                vec![json!("size"), json!("count"), json!("org"), json!(1)],
                "the request body has no optional string field",
                "use the name",
            ),
        ] {
            for value in values {
                let label = format!("{extension}: {value}");
                let diagnostics = diagnostics_after(|put| put[extension] = value);
                let expected = format!("t.yaml#/paths/~1a/put/{extension}: {problem}");
                assert!(diagnostics.contains(&expected) && diagnostics.contains(fix), "{label}: {diagnostics}");
            }
        }
    }

    #[test]
    fn conflicting_extensions_are_found() {
        let diagnostics = diagnostics_after(|put| put["x-idempotency"] = json!("not-idempotent"));
        assert!(diagnostics.contains("so a retry cannot find it already applied"), "{diagnostics}");
        let diagnostics = diagnostics_after(|put| put["x-fixed-body"] = json!({}));
        assert!(diagnostics.contains("/x-organization-field: the operation has a fixed body"), "{diagnostics}");
        let diagnostics = diagnostics_after(|put| {
            put.as_object_mut().expect("an object").remove("requestBody");
            put.as_object_mut().expect("an object").remove("x-organization-field");
            put["x-fixed-body"] = json!({});
        });
        assert!(diagnostics.contains("the operation has no request body"), "{diagnostics}");
    }

    #[test]
    fn option_names_are_unique() {
        let parameter = |name: &str, option: &str| json!({"name": name, "in": "query", "schema": {"type": "string"}, "x-option-name": option});
        let diagnostics = diagnostics_after(|put| put["parameters"][0]["x-option-name"] = json!("Force It"));
        assert!(diagnostics.contains("/parameters/0: `forceIt` becomes `Force It`"), "{diagnostics}");
        let diagnostics =
            diagnostics_after(|put| put["parameters"] = json!([parameter("a", "x"), parameter("b", "x")]));
        assert!(diagnostics.contains("/parameters/1: another option is called `x`"), "{diagnostics}");
        let diagnostics = diagnostics_after(|put| put["parameters"][0]["x-unknown"] = json!("force"));
        assert!(diagnostics.contains("/parameters/0: `x-unknown` is not an extension of a parameter"), "{diagnostics}");
        let diagnostics = diagnostics_after(|put| put["parameters"][0]["required"] = json!(true));
        assert!(diagnostics.contains("is not an optional query parameter"), "{diagnostics}");
        let diagnostics = diagnostics_after(|put| {
            put["parameters"] =
                json!([parameter("a", "x"), {"name": "options", "in": "query", "required": true, "schema": {}}]);
        });
        assert!(diagnostics.contains("/parameters: a parameter is called `options`"), "{diagnostics}");
    }
}
