//! Extensions of operations and parameters (`x-…`). They are described at the head of `openapi/capping.yaml`.

use serde_json::Value;

use super::finding::Finding;
use super::names;
use crate::generate::model::{Idempotency, idempotency, json_schema};
use crate::spec::{Operation, Spec, pointer};

/// The extensions of an operation.
const OF_OPERATION: [&str; 5] =
    ["x-idempotency", "x-already-done", "x-envelope", "x-default-body", "x-fill-organization"];

pub(super) fn check(spec: &Spec) -> Vec<Finding> {
    let mut findings = Vec::new();
    for operation in spec.operations() {
        let mut add = |extension: &str, problem: String, fix: &str| {
            let place = format!("{}{}", operation.pointer(), pointer(&[extension]));
            findings.push(Finding::at(spec, place, problem, fix));
        };
        let extensions = operation.value.as_object().into_iter().flatten();
        for (name, value) in extensions.filter(|(name, _)| name.starts_with("x-")) {
            let problem = match name.as_str() {
                "x-idempotency" => check_idempotency(value),
                "x-already-done" => check_already_done(&operation, value),
                "x-envelope" => check_envelope(spec, &operation, value),
                "x-default-body" => check_default_body(&operation, value),
                "x-fill-organization" => check_fill_organization(spec, &operation, value),
                _ => Some(("it is not an extension of an operation", "correct its name, or take it out")),
            };
            if let Some((problem, fix)) = problem {
                let fix = if OF_OPERATION.contains(&name.as_str()) {
                    fix.to_owned()
                } else {
                    format!("{fix}; known here: {}", OF_OPERATION.join(", "))
                };
                add(name, problem.to_owned(), &fix);
            }
        }
        findings.extend(options(spec, &operation));
    }
    findings
}

/// A problem and its fix.
type Problem = Option<(&'static str, &'static str)>;

fn check_idempotency(value: &Value) -> Problem {
    let known = matches!(value.as_str(), Some("safe" | "idempotent" | "not-idempotent"));
    (!known).then_some(("it is none of the three words", "write safe, idempotent, or not-idempotent"))
}

fn check_already_done(operation: &Operation<'_>, value: &Value) -> Problem {
    if value != 404 && value.as_str().is_none_or(str::is_empty) {
        return Some(("it is neither 404 nor a code", "write 404, or the code in quotes"));
    }
    let is_idempotent = matches!(idempotency(operation), Idempotency::Idempotent);
    (!is_idempotent).then_some((
        "the operation is not an idempotent write, so no retry can find it done",
        "take it out, or write `x-idempotency: idempotent`",
    ))
}

fn check_envelope(spec: &Spec, operation: &Operation<'_>, value: &Value) -> Problem {
    let Some(field) = value.as_str() else {
        return Some(("it is not text", "write the name of a field of the success response"));
    };
    let responses = operation.value["responses"].as_object().into_iter().flatten();
    let mut successes = responses.filter(|(status, _)| status.starts_with('2'));
    let schema = successes.find_map(|(_, response)| spec.resolve(json_schema(spec.resolve(response)?)));
    let is_required = |schema: &Value| schema["required"].as_array().is_some_and(|names| names.contains(value));
    let is_never_null = |schema: &Value, field: &str| {
        schema["properties"].get(field).is_some_and(|property| property["nullable"] != Value::Bool(true))
    };
    match schema {
        Some(schema) if is_required(schema) && is_never_null(schema, field) => None,
        _ => Some((
            "the success response has no required field of this name that is never null",
            "write the name of a required property of the response's schema",
        )),
    }
}

fn check_default_body(operation: &Operation<'_>, value: &Value) -> Problem {
    if !value.is_object() {
        return Some(("it is not an object", "write the JSON object that is sent, such as {}"));
    }
    let has_body = operation.value.get("requestBody").is_some();
    (!has_body).then_some(("the operation has no request body", "describe it under `requestBody`, or take this out"))
}

fn check_fill_organization(spec: &Spec, operation: &Operation<'_>, value: &Value) -> Problem {
    let body = operation.value.get("requestBody").and_then(|body| spec.resolve(body));
    let schema = body.and_then(|body| spec.resolve(json_schema(body)));
    let is_required = |schema: &Value| schema["required"].as_array().is_some_and(|required| required.contains(value));
    let is_optional_text = |schema: &Value, field: &str| {
        let property = schema["properties"].get(field).and_then(|property| spec.resolve(property));
        property.is_some_and(|property| property["type"] == "string") && !is_required(schema)
    };
    match (schema, value.as_str()) {
        _ if operation.value.get("x-default-body").is_some() => {
            Some(("the body is always the default body", "take this out, or `x-default-body`"))
        }
        (Some(schema), Some(field))
            if is_optional_text(schema, field) && names::is_identifier(&names::snake(field)) =>
        {
            None
        }
        _ => Some((
            "the request body has no optional string field of this name",
            "write the name of such a property of the body's schema",
        )),
    }
}

/// The optional parameters of the query become the fields of one struct.
fn options(spec: &Spec, operation: &Operation<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut seen: Vec<(String, bool)> = Vec::new();
    for (place, parameter) in operation.parameters() {
        let Some(parameter) = spec.resolve(parameter) else { continue };
        let mut add = |problem: String, fix: &str| findings.push(Finding::at(spec, place.clone(), problem, fix));
        let names = parameter.as_object().into_iter().flatten().map(|(name, _)| name);
        for name in names.filter(|name| name.starts_with("x-") && *name != "x-option") {
            add(
                format!("`{name}` is not an extension of a parameter"),
                "correct its name, or take it out; known here: x-option",
            );
        }
        let is_optional = parameter["in"] == "query" && parameter["required"] != Value::Bool(true);
        let Some(name) = parameter["name"].as_str() else { continue };
        let is_named = parameter.get("x-option").is_some();
        let option = match parameter.get("x-option") {
            Some(_) if !is_optional => {
                add(format!("`{name}` is no optional parameter of the query, and has `x-option`"), "take it out");
                continue;
            }
            Some(option) => option.as_str().unwrap_or_default().to_owned(),
            None => names::snake(name),
        };
        if !names::is_identifier(&option) {
            let fix = "use lower case words with underscores, and no keyword of Rust; `x-option` names an option";
            add(format!("`{name}` becomes `{option}`, which is no name in Rust"), fix);
        } else if is_optional {
            // Parameters without `x-option` that become one name are found with the other arguments.
            if seen.iter().any(|(earlier, named)| *earlier == option && (is_named || *named)) {
                add(format!("`{option}` is an option already"), "give each `x-option` its own name");
            }
            seen.push((option, is_named));
        }
    }
    if !seen.is_empty()
        && operation.parameters().any(|(_, it)| spec.resolve(it).is_some_and(|it| it["name"] == "options"))
    {
        let fix = "give it another name; the options of the query are called `options`";
        findings.push(Finding::at(spec, format!("{}/parameters", operation.pointer()), "`options` is taken", fix));
    }
    findings
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The findings after one change to the put and its query parameter.
    fn found(change: impl FnOnce(&mut Value)) -> String {
        let mut put = json!({
            "x-envelope": "item", "x-fill-organization": "orgId", "x-already-done": 404, "x-idempotency": "idempotent",
            "parameters": [{"name": "forceIt", "in": "query", "schema": {"type": "boolean"}, "x-option": "force"}],
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
        check(&spec).iter().map(|finding| format!("{finding}\n")).collect()
    }

    #[test]
    fn valid_extensions_have_no_finding() {
        assert_eq!(found(|_| {}), "");
    }

    #[test]
    fn invalid_extension_is_found_with_its_fix() {
        for (extension, values, problem, fix) in [
            (
                "x-idempotancy",
                vec![json!("safe")],
                "it is not an extension of an operation",
                "known here: x-idempotency",
            ),
            ("x-idempotency", vec![json!("Safe"), json!(1)], "it is none of the three words", "write safe, idempotent"),
            ("x-already-done", vec![json!(409), json!("")], "it is neither 404 nor a code", "write 404"),
            (
                "x-envelope",
                vec![json!("other"), json!("nothing")],
                "the success response has no required field",
                "write the name",
            ),
            ("x-envelope", vec![json!(1)], "it is not text", "write the name"),
            ("x-default-body", vec![json!([])], "it is not an object", "such as {}"),
            (
                "x-fill-organization",
                vec![json!("size"), json!("count"), json!("org"), json!(1)],
                "the request body has no optional string field",
                "write the name",
            ),
        ] {
            for value in values {
                let shown = format!("{extension}: {value}");
                let findings = found(|put| put[extension] = value);
                let expected = format!("t.yaml#/paths/~1a/put/{extension}: {problem}");
                assert!(findings.contains(&expected) && findings.contains(fix), "{shown}: {findings}");
            }
        }
    }

    #[test]
    fn extensions_that_exclude_each_other_are_found() {
        let findings = found(|put| put["x-idempotency"] = json!("not-idempotent"));
        assert!(findings.contains("so no retry can find it done"), "{findings}");
        let findings = found(|put| put["x-default-body"] = json!({}));
        assert!(findings.contains("/x-fill-organization: the body is always the default body"), "{findings}");
        let findings = found(|put| {
            put.as_object_mut().expect("an object").remove("requestBody");
            put.as_object_mut().expect("an object").remove("x-fill-organization");
            put["x-default-body"] = json!({});
        });
        assert!(findings.contains("the operation has no request body"), "{findings}");
    }

    #[test]
    fn options_have_distinct_rust_names() {
        let parameter = |name: &str, option: &str| json!({"name": name, "in": "query", "schema": {"type": "string"}, "x-option": option});
        let findings = found(|put| put["parameters"][0]["x-option"] = json!("Force It"));
        assert!(findings.contains("/parameters/0: `forceIt` becomes `Force It`"), "{findings}");
        let findings = found(|put| put["parameters"] = json!([parameter("a", "x"), parameter("b", "x")]));
        assert!(findings.contains("/parameters/1: `x` is an option already"), "{findings}");
        let findings = found(|put| put["parameters"][0]["x-unknown"] = json!("force"));
        assert!(findings.contains("/parameters/0: `x-unknown` is not an extension of a parameter"), "{findings}");
        let findings = found(|put| put["parameters"][0]["required"] = json!(true));
        assert!(findings.contains("is no optional parameter of the query"), "{findings}");
        let findings = found(|put| {
            put["parameters"] =
                json!([parameter("a", "x"), {"name": "options", "in": "query", "required": true, "schema": {}}]);
        });
        assert!(findings.contains("/parameters: `options` is taken"), "{findings}");
    }
}
