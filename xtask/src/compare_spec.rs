//! `cargo xtask compare-spec`: compares the project's specs with a copy of the vendor's.
//!
//! Each spec is flattened into a map by location ([`spec_shape`]), and the two maps are compared ([`spec_difference`]).
//! `openapi/known-differences.yaml` explains the intended differences ([`known_difference`]). An unexplained difference, a stale
//! explanation, and an empty comparison are errors.

mod known_difference;
mod spec_difference;
mod spec_shape;

use std::fmt::Write as _;
use std::path::Path;

use known_difference::KnownDifference;
use spec_difference::{SpecComparison, SpecDifference};

use crate::spec::{Spec, read_project_specs};
use crate::workspace::root;

/// The file that explains the known differences, relative to the workspace root.
const KNOWN_DIFFERENCES: &str = "openapi/known-differences.yaml";

/// Compares the specs and returns a summary.
pub(crate) fn run(upstream: &Path) -> Result<String, String> {
    let local = read_project_specs()?;
    let upstream = Spec::read(upstream)?;
    let path = root().join(KNOWN_DIFFERENCES);
    let text =
        std::fs::read_to_string(&path).map_err(|error| format!("failed to read {KNOWN_DIFFERENCES}: {error}"))?;
    let known = known_difference::parse_known_differences(KNOWN_DIFFERENCES, &text)?;
    check_explanations(&compare_specs(&local, &upstream)?, &known)
}

/// Compares our specs with the vendor's. Having nothing to compare is an error, because it would find no difference.
fn compare_specs(local: &[Spec], upstream: &Spec) -> Result<SpecComparison, String> {
    for spec in local.iter().chain([upstream]) {
        if let Some(reference) = spec_shape::find_broken_reference(spec, &spec.value) {
            return Err(format!("{}: the reference {reference} does not resolve", spec.file));
        }
    }
    if upstream.operations().next().is_none() {
        return Err(format!("nothing was compared: {} has no operation", upstream.file));
    }
    let comparison = spec_difference::compare_shapes(
        &spec_shape::flatten_specs(local),
        &spec_shape::flatten_specs(std::slice::from_ref(upstream)),
    );
    if comparison.operations == 0 {
        return Err(format!("nothing was compared: our specs and {} have no operation in common", upstream.file));
    }
    Ok(comparison)
}

/// Checks that each difference has an explanation and each explanation has a difference.
fn check_explanations(comparison: &SpecComparison, known: &[KnownDifference]) -> Result<String, String> {
    let differences = &comparison.differences;
    let explained = |difference: &SpecDifference| known.iter().any(|known| known.difference == *difference);
    let unexplained: Vec<_> = differences.iter().filter(|difference| !explained(difference)).collect();
    let stale: Vec<_> = known.iter().filter(|known| !differences.contains(&known.difference)).collect();
    if unexplained.is_empty() && stale.is_empty() {
        let SpecComparison { operations, parameters, bodies, fields, .. } = comparison;
        return Ok(format!(
            "compared {operations} operations, {parameters} parameters, {bodies} request and response bodies, and {fields} fields; \
             explained differences: {} (see {KNOWN_DIFFERENCES})",
            differences.len()
        ));
    }
    let mut text = format!("the specs and {KNOWN_DIFFERENCES} do not match the vendor's file");
    for difference in unexplained {
        let _ = write!(text, "\nunexplained: {difference}");
    }
    for known in stale {
        let KnownDifference { difference, reason, source_location: location } = known;
        let at = known_difference::format_location(KNOWN_DIFFERENCES, *location);
        let _ = write!(text, "\n{at}: stale explanation: {difference} (reason: {reason})");
    }
    Err(text)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const LOCAL: &str = "
security: [{token: []}]
paths:
  /things/{uid}:
    parameters: [{name: uid, in: path, required: true, schema: {$ref: '#/components/schemas/Uid'}}]
    put:
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
      responses:
        '200': {content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
        '404': {description: d}
        default: {description: d}
    delete: {security: [], responses: {}}
components:
  securitySchemes: {token: {type: http, scheme: bearer}}
  schemas:
    Uid: {type: string}
    Thing:
      type: object
      required: [size]
      properties:
        size: {type: integer}
        label: {type: string}
        code: {oneOf: [{type: string}, {type: integer}]}
        kinds: {type: array, items: {type: string, x-extensible-enum: [a, b]}}
        parts: {type: array, items: {$ref: '#/components/schemas/Part'}}
    Part: {type: object, properties: {in: {type: object, properties: {deep: {type: boolean}}}}}
";

    const UPSTREAM: &str = "
paths:
  /things/{uid}:
    put:
      parameters:
        - {name: uid, in: path, required: true, schema: {type: string}}
        - {name: Authorization, in: header, required: true, schema: {type: string}}
      requestBody:
        required: true
        content:
          application/json;charset=utf-8:
            schema: &thing
              type: object
              required: [size]
              properties:
                size: {type: integer}
                label: {type: string}
                code: {anyOf: [{type: integer}, {type: string}]}
                kinds: {type: array, items: {type: string, enum: [b, a]}}
                parts:
                  type: array
                  items: {type: object, properties: {in: {type: object, properties: {deep: {type: boolean}}}}}
      responses:
        200: {content: {application/json;charset=utf-8: {schema: *thing}}}
        404: {content: {}}
        default: {}
    delete:
      parameters: [{name: uid, in: path, required: true, schema: {type: string}}]
      responses: {}
";

    fn local() -> [Spec; 1] {
        [Spec::parse("local.yaml", LOCAL).expect("YAML")]
    }

    fn upstream(change: impl FnOnce(&mut Value)) -> Spec {
        let mut upstream = Spec::parse("upstream.yaml", UPSTREAM).expect("YAML");
        change(&mut upstream.value["paths"]["/things/{uid}"]);
        upstream
    }

    fn differences(change: impl FnOnce(&mut Value)) -> Vec<String> {
        let comparison = compare_specs(&local(), &upstream(change)).expect("comparable");
        comparison.differences.iter().map(ToString::to_string).collect()
    }

    /// The schema of the vendor's request body.
    fn body(item: &mut Value) -> &mut Value {
        &mut item["put"]["requestBody"]["content"]["application/json;charset=utf-8"]["schema"]
    }

    /// The schema of the vendor's response.
    fn response(item: &mut Value) -> &mut Value {
        &mut item["put"]["responses"]["200"]["content"]["application/json;charset=utf-8"]["schema"]
    }

    fn add_parameter(item: &mut Value, parameter: Value) {
        item["put"]["parameters"].as_array_mut().expect("a list").push(parameter);
    }

    fn remove(node: &mut Value, name: &str) {
        node.as_object_mut().expect("an object").remove(name).expect("it exists");
    }

    #[test]
    fn equivalent_specs_do_not_differ() {
        assert_eq!(differences(|_| {}), Vec::<String>::new());
    }

    /// A change of the vendor's path item, and the expected difference.
    type Case = (fn(&mut Value), &'static str);

    /// Applies each change alone and expects exactly its difference.
    fn assert_differences<const N: usize>(cases: [Case; N]) {
        for (change, expected) in cases {
            assert_eq!(differences(change), [expected]);
        }
    }

    #[test]
    fn operation_differences_are_listed() {
        assert_differences([
            (|item| item["get"] = json!({"responses": {}}), "GET /things/{uid}: only upstream"),
            (|item| remove(item, "delete"), "DELETE /things/{uid}: only local"),
            (
                |item| {
                    item["put"]["parameters"].as_array_mut().expect("a list").remove(1);
                },
                "PUT /things/{uid} header Authorization: only local",
            ),
            (
                |item| add_parameter(item, json!({"name": "deep", "in": "query", "schema": {}})),
                "PUT /things/{uid} query deep: only upstream",
            ),
            (
                |item| add_parameter(item, json!({"name": "X-Other", "in": "header", "required": true})),
                "PUT /things/{uid} header X-Other: only upstream, required",
            ),
            (
                |item| item["put"]["parameters"][0]["schema"]["type"] = json!("integer"),
                "PUT /things/{uid} path uid: type: local string, upstream integer",
            ),
            (
                |item| item["put"]["parameters"][0]["schema"]["enum"] = json!(["a"]),
                "PUT /things/{uid} path uid: values: only upstream a",
            ),
            (
                |item| item["put"]["parameters"][1]["required"] = json!(false),
                "PUT /things/{uid} header Authorization: required: local yes, upstream no",
            ),
            (|item| item["put"]["responses"]["500"] = json!({}), "PUT /things/{uid} 500: only upstream"),
            (|item| remove(&mut item["put"]["responses"], "404"), "PUT /things/{uid} 404: only local"),
            (|item| remove(&mut item["put"]["responses"], "default"), "PUT /things/{uid} default: only local"),
        ]);
    }

    #[test]
    fn body_differences_are_listed() {
        assert_differences([
            (|item| remove(&mut item["put"], "requestBody"), "PUT /things/{uid} request: only local"),
            (
                |item| item["put"]["requestBody"]["required"] = json!(false),
                "PUT /things/{uid} request: required: local yes, upstream no",
            ),
            (
                |item| *body(item) = json!({"type": "string"}),
                "PUT /things/{uid} request: type: local object, upstream string",
            ),
            (
                |item| item["put"]["requestBody"]["content"] = json!({"text/xml": {"schema": {"type": "object"}}}),
                "PUT /things/{uid} request: type: local object, upstream text/xml object",
            ),
            (
                |item| item["put"]["requestBody"]["content"]["text/xml"] = json!({"schema": {"type": "string"}}),
                "PUT /things/{uid} request: type: local object, upstream application/json and text/xml object",
            ),
            (
                |item| item["put"]["responses"]["200"]["content"] = json!({}),
                "PUT /things/{uid} 200: type: local object, upstream none",
            ),
            (
                |item| item["put"]["responses"]["404"]["content"] = json!({"application/json": {"schema": {}}}),
                "PUT /things/{uid} 404: type: local none, upstream any",
            ),
        ]);
    }

    #[test]
    fn nested_field_differences_are_listed() {
        assert_differences([
            (
                |item| body(item)["properties"]["extra"] = json!({"type": "object", "properties": {"a": {}}}),
                "PUT /things/{uid} request extra: only upstream",
            ),
            (|item| remove(&mut body(item)["properties"], "label"), "PUT /things/{uid} request label: only local"),
            (
                |item| body(item)["properties"]["size"]["type"] = json!("string"),
                "PUT /things/{uid} request size: type: local integer, upstream string",
            ),
            (
                |item| body(item)["required"] = json!([]),
                "PUT /things/{uid} request size: required: local yes, upstream no",
            ),
            (
                |item| body(item)["required"] = json!(["size", "label"]),
                "PUT /things/{uid} request label: required: local no, upstream yes",
            ),
            (
                |item| body(item)["required"] = json!(["size", "weight"]),
                "PUT /things/{uid} request weight: only upstream, required",
            ),
            (
                |item| body(item)["properties"]["kinds"]["items"]["enum"] = json!(["a", "c", 7]),
                "PUT /things/{uid} request kinds[]: values: only local b, only upstream 7 c",
            ),
            (
                |item| remove(&mut body(item)["properties"]["kinds"]["items"], "enum"),
                "PUT /things/{uid} request kinds[]: values: only local a b",
            ),
            (
                |item| {
                    body(item)["properties"]["kinds"]["items"]["type"] = json!("integer");
                },
                "PUT /things/{uid} request kinds[]: type: local string, upstream integer",
            ),
            (
                |item| {
                    body(item)["properties"]["code"] = json!({"anyOf": [{"type": "integer"}, {"type": "boolean"}]});
                },
                "PUT /things/{uid} request code: type: local integer|string, upstream boolean|integer",
            ),
            (
                |item| body(item)["properties"]["parts"]["items"]["properties"]["in"]["properties"] = json!({}),
                "PUT /things/{uid} request parts[].in.deep: only local",
            ),
            (
                |item| response(item)["properties"]["parts"]["items"]["properties"]["in"]["required"] = json!(["deep"]),
                "PUT /things/{uid} 200 parts[].in.deep: required: local no, upstream yes",
            ),
            (
                |item| response(item)["properties"]["parts"]["type"] = json!("string"),
                "PUT /things/{uid} 200 parts: type: local array, upstream string",
            ),
        ]);
    }

    /// The vendor writes `action|dataSource` for either property. It is compared literally and as each property.
    #[test]
    fn alternative_properties_are_split() {
        let found = differences(|item| {
            let properties = &mut body(item)["properties"];
            remove(properties, "label");
            properties["label|note"] = json!({"type": "integer"});
        });
        assert_eq!(
            found,
            [
                "PUT /things/{uid} request label: type: local string, upstream integer",
                "PUT /things/{uid} request label|note: only upstream",
                "PUT /things/{uid} request note: only upstream",
            ]
        );
    }

    #[test]
    fn empty_comparison_fails() {
        for nothing in ["{}", "paths: {}", "paths: {/other: {summary: s}}", "[]", "text"] {
            let upstream = Spec::parse("upstream.yaml", nothing).expect("YAML");
            let error = compare_specs(&local(), &upstream).expect_err(nothing);
            assert_eq!(error, "nothing was compared: upstream.yaml has no operation", "{nothing}");
        }
        let other = Spec::parse("upstream.yaml", "paths: {/other: {get: {}}}").expect("YAML");
        let error = compare_specs(&local(), &other).expect_err("another service");
        assert_eq!(error, "nothing was compared: our specs and upstream.yaml have no operation in common");
        let error = compare_specs(&[], &upstream(|_| {})).expect_err("no specs");
        assert_eq!(error, "nothing was compared: our specs and upstream.yaml have no operation in common");
    }

    #[test]
    fn broken_reference_fails() {
        let broken = || json!({"$ref": "#/components/schemas/Gone"});
        let in_a_body = upstream(|item| *body(item) = broken());
        let in_a_list = upstream(|item| add_parameter(item, broken()));
        let broken_local = Spec::parse("local.yaml", &LOCAL.replace("    Thing:\n", "    Gone:\n")).expect("YAML");
        for (local, upstream, expected) in [
            (local(), in_a_body, "upstream.yaml: the reference \"#/components/schemas/Gone\" does not resolve"),
            (local(), in_a_list, "upstream.yaml: the reference \"#/components/schemas/Gone\" does not resolve"),
            (
                [broken_local],
                upstream(|_| {}),
                "local.yaml: the reference \"#/components/schemas/Thing\" does not resolve",
            ),
        ] {
            assert_eq!(compare_specs(&local, &upstream).expect_err("cannot be compared"), expected);
        }
    }

    #[test]
    fn unreadable_vendor_file_fails() {
        let error = run(Path::new("/nowhere/upstream.yaml")).expect_err("no such file");
        assert!(error.starts_with("failed to read /nowhere/upstream.yaml: "), "{error}");
        let error = run(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/main.rs"))).expect_err("no YAML");
        assert!(error.starts_with("failed to read xtask/src/main.rs: "), "{error}");
    }

    #[test]
    fn differences_match_explanations() {
        let upstream = upstream(|item| item["put"]["responses"]["500"] = json!({}));
        let comparison = compare_specs(&local(), &upstream).expect("comparable");
        let known =
            |text: &str| known_difference::parse_known_differences(KNOWN_DIFFERENCES, text).expect("well-formed");
        let good = "- {reason: r, difference: only upstream, locations: ['PUT /things/{uid} 500']}\n";

        assert_eq!(
            check_explanations(&comparison, &known(good)).expect("explained"),
            "compared 2 operations, 3 parameters, 4 request and response bodies, and 18 fields; \
             explained differences: 1 (see openapi/known-differences.yaml)"
        );

        let error = check_explanations(&comparison, &[]).expect_err("not explained");
        assert_eq!(
            error,
            "the specs and openapi/known-differences.yaml do not match the vendor's file\n\
             unexplained: PUT /things/{uid} 500: only upstream"
        );

        let other = "- {reason: r, difference: only local, locations: ['PUT /things/{uid} 500']}\n";
        let error =
            check_explanations(&comparison, &known(other)).expect_err("another difference at the same location");
        assert!(error.contains("\nunexplained: PUT /things/{uid} 500: only upstream\n"), "{error}");

        for (location, difference) in
            [("PUT /things/{uid} 501", "only upstream"), ("PUT /things/{uid} 500", "only local")]
        {
            let invented =
                format!("{good}- {{reason: made up, difference: {difference}, locations: ['{location}']}}\n");
            let error = check_explanations(&comparison, &known(&invented)).expect_err("invented");
            let column = invented.lines().nth(1).and_then(|line| line.find('\'')).expect("the location") + 1;
            assert_eq!(
                error,
                format!(
                    "the specs and {KNOWN_DIFFERENCES} do not match the vendor's file\n\
                     {KNOWN_DIFFERENCES}:2:{column}: stale explanation: {location}: {difference} (reason: made up)"
                )
            );
        }
    }

    /// Skipped without a copy of the vendor's file, which is not part of the project.
    #[test]
    fn vendor_differences_are_explained() {
        let upstream = crate::requirement::vendor_spec_path();
        if !upstream.exists() {
            crate::output::log("skipped: there is no copy of the vendor's file");
            return;
        }
        let report = run(&upstream).expect("all differences are explained");
        assert!(report.starts_with("compared 16 operations, "), "{report}");

        let comparison =
            compare_specs(&read_project_specs().expect("readable"), &Spec::read(&upstream).expect("readable"));
        let comparison = comparison.expect("comparable");
        let text = std::fs::read_to_string(root().join(KNOWN_DIFFERENCES)).expect("readable");
        let known = known_difference::parse_known_differences(KNOWN_DIFFERENCES, &text).expect("well-formed");
        assert_eq!(known.len(), comparison.differences.len());
        for index in 0..known.len() {
            let mut rest = known.clone();
            let removed = rest.remove(index);
            let error = check_explanations(&comparison, &rest).expect_err("one explanation is missing");
            let expected = format!("\nunexplained: {}", removed.difference);
            assert!(error.ends_with(&expected) && error.lines().count() == 2, "{error}");
        }
    }
}
