//! `cargo xtask compare-spec`: our specs against a copy of the vendor's.
//!
//! Each spec is flattened into the places it describes ([`shape`]); two flat maps give differences ([`difference`]); and
//! `openapi/known-differences.yaml` explains those that are meant ([`known`]). What is not explained fails, and so does an
//! explanation that no longer applies, and a comparison of nothing.

mod difference;
mod known;
mod shape;

use std::fmt::Write as _;
use std::path::Path;

use difference::{Comparison, Difference};
use known::Known;

use crate::spec::{Spec, specifications};
use crate::workspace::root;

/// Where the known differences are explained, from the root of the workspace.
const KNOWN: &str = "openapi/known-differences.yaml";

/// Compares, and says what was compared or what is wrong.
pub(crate) fn run(upstream: &Path) -> Result<String, String> {
    let ours = specifications()?;
    let theirs = Spec::read(upstream)?;
    let path = root().join(KNOWN);
    let text = std::fs::read_to_string(&path).map_err(|error| format!("failed to read {KNOWN}: {error}"))?;
    let known = known::parse(KNOWN, &text)?;
    judge(&compare(&ours, &theirs)?, &known)
}

/// Compares our specs with the vendor's. A comparison of nothing would find no difference, so it is an error.
fn compare(ours: &[Spec], upstream: &Spec) -> Result<Comparison, String> {
    for spec in ours.iter().chain([upstream]) {
        if let Some(reference) = shape::lost_reference(spec, &spec.value) {
            return Err(format!("{}: the reference {reference} leads nowhere", spec.file));
        }
    }
    if upstream.operations().next().is_none() {
        return Err(format!("nothing was compared: {} has no operation", upstream.file));
    }
    let comparison = difference::between(&shape::of(ours), &shape::of(std::slice::from_ref(upstream)));
    if comparison.operations == 0 {
        return Err(format!("nothing was compared: our specs and {} have no operation in common", upstream.file));
    }
    Ok(comparison)
}

/// Holds what was found against what is explained: each difference needs its explanation, and each explanation its
/// difference.
fn judge(comparison: &Comparison, known: &[Known]) -> Result<String, String> {
    let found = &comparison.differences;
    let explained = |difference: &Difference| known.iter().any(|known| known.difference == *difference);
    let unexplained: Vec<_> = found.iter().filter(|difference| !explained(difference)).collect();
    let stale: Vec<_> = known.iter().filter(|known| !found.contains(&known.difference)).collect();
    if unexplained.is_empty() && stale.is_empty() {
        let Comparison { operations, parameters, bodies, fields, .. } = comparison;
        return Ok(format!(
            "compared {operations} operations, {parameters} parameters, {bodies} requests and answers and {fields} fields; \
             known differences: {}, each with its reason in {KNOWN}",
            found.len()
        ));
    }
    let mut text = format!("the specs and {KNOWN} do not agree with the vendor's file");
    for difference in unexplained {
        let _ = write!(text, "\nunexplained: {difference}");
    }
    for known in stale {
        let Known { difference, reason, location } = known;
        let at = known::at(KNOWN, *location);
        let _ = write!(text, "\n{at}: explained, but no longer so: {difference} (reason given: {reason})");
    }
    Err(text)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const OURS: &str = "
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

    const THEIRS: &str = "
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

    fn ours() -> [Spec; 1] {
        [Spec::parse("ours.yaml", OURS).expect("YAML")]
    }

    fn theirs(change: impl FnOnce(&mut Value)) -> Spec {
        let mut theirs = Spec::parse("theirs.yaml", THEIRS).expect("YAML");
        change(&mut theirs.value["paths"]["/things/{uid}"]);
        theirs
    }

    fn differences(change: impl FnOnce(&mut Value)) -> Vec<String> {
        let comparison = compare(&ours(), &theirs(change)).expect("comparable");
        comparison.differences.iter().map(ToString::to_string).collect()
    }

    /// The schema of their request body.
    fn body(item: &mut Value) -> &mut Value {
        &mut item["put"]["requestBody"]["content"]["application/json;charset=utf-8"]["schema"]
    }

    /// The schema of their answer.
    fn answer(item: &mut Value) -> &mut Value {
        &mut item["put"]["responses"]["200"]["content"]["application/json;charset=utf-8"]["schema"]
    }

    fn add_parameter(item: &mut Value, parameter: Value) {
        item["put"]["parameters"].as_array_mut().expect("a list").push(parameter);
    }

    fn remove(node: &mut Value, name: &str) {
        node.as_object_mut().expect("an object").remove(name).expect("there before");
    }

    #[test]
    fn the_same_contract_written_differently_has_no_difference() {
        assert_eq!(differences(|_| {}), Vec::<String>::new());
    }

    /// A change of their path item, and the difference it makes.
    type Case = (fn(&mut Value), &'static str);

    /// Makes each change alone and expects exactly its difference.
    fn each_change_alone<const N: usize>(cases: [Case; N]) {
        for (change, expected) in cases {
            assert_eq!(differences(change), [expected]);
        }
    }

    #[test]
    fn operations_parameters_and_statuses_that_differ_are_named() {
        each_change_alone([
            (|item| item["get"] = json!({"responses": {}}), "GET /things/{uid}: only theirs"),
            (|item| remove(item, "delete"), "DELETE /things/{uid}: only ours"),
            (
                |item| {
                    item["put"]["parameters"].as_array_mut().expect("a list").remove(1);
                },
                "PUT /things/{uid} header Authorization: only ours",
            ),
            (
                |item| add_parameter(item, json!({"name": "deep", "in": "query", "schema": {}})),
                "PUT /things/{uid} query deep: only theirs",
            ),
            (
                |item| add_parameter(item, json!({"name": "X-Other", "in": "header", "required": true})),
                "PUT /things/{uid} header X-Other: only theirs, required",
            ),
            (
                |item| item["put"]["parameters"][0]["schema"]["type"] = json!("integer"),
                "PUT /things/{uid} path uid: type: ours string, theirs integer",
            ),
            (
                |item| item["put"]["parameters"][0]["schema"]["enum"] = json!(["a"]),
                "PUT /things/{uid} path uid: values: only theirs a",
            ),
            (
                |item| item["put"]["parameters"][1]["required"] = json!(false),
                "PUT /things/{uid} header Authorization: required: ours yes, theirs no",
            ),
            (|item| item["put"]["responses"]["500"] = json!({}), "PUT /things/{uid} 500: only theirs"),
            (|item| remove(&mut item["put"]["responses"], "404"), "PUT /things/{uid} 404: only ours"),
            (|item| remove(&mut item["put"]["responses"], "default"), "PUT /things/{uid} default: only ours"),
        ]);
    }

    #[test]
    fn bodies_that_differ_are_named() {
        each_change_alone([
            (|item| remove(&mut item["put"], "requestBody"), "PUT /things/{uid} request: only ours"),
            (
                |item| item["put"]["requestBody"]["required"] = json!(false),
                "PUT /things/{uid} request: required: ours yes, theirs no",
            ),
            (
                |item| *body(item) = json!({"type": "string"}),
                "PUT /things/{uid} request: type: ours object, theirs string",
            ),
            (
                |item| item["put"]["requestBody"]["content"] = json!({"text/xml": {"schema": {"type": "object"}}}),
                "PUT /things/{uid} request: type: ours object, theirs text/xml object",
            ),
            (
                |item| item["put"]["requestBody"]["content"]["text/xml"] = json!({"schema": {"type": "string"}}),
                "PUT /things/{uid} request: type: ours object, theirs application/json and text/xml object",
            ),
            (
                |item| item["put"]["responses"]["200"]["content"] = json!({}),
                "PUT /things/{uid} 200: type: ours object, theirs none",
            ),
            (
                |item| item["put"]["responses"]["404"]["content"] = json!({"application/json": {"schema": {}}}),
                "PUT /things/{uid} 404: type: ours none, theirs any",
            ),
        ]);
    }

    #[test]
    fn fields_that_differ_are_named_at_every_depth() {
        each_change_alone([
            (
                |item| body(item)["properties"]["extra"] = json!({"type": "object", "properties": {"a": {}}}),
                "PUT /things/{uid} request extra: only theirs",
            ),
            (|item| remove(&mut body(item)["properties"], "label"), "PUT /things/{uid} request label: only ours"),
            (
                |item| body(item)["properties"]["size"]["type"] = json!("string"),
                "PUT /things/{uid} request size: type: ours integer, theirs string",
            ),
            (
                |item| body(item)["required"] = json!([]),
                "PUT /things/{uid} request size: required: ours yes, theirs no",
            ),
            (
                |item| body(item)["required"] = json!(["size", "label"]),
                "PUT /things/{uid} request label: required: ours no, theirs yes",
            ),
            (
                |item| body(item)["required"] = json!(["size", "weight"]),
                "PUT /things/{uid} request weight: only theirs, required",
            ),
            (
                |item| body(item)["properties"]["kinds"]["items"]["enum"] = json!(["a", "c", 7]),
                "PUT /things/{uid} request kinds[]: values: only ours b, only theirs 7 c",
            ),
            (
                |item| remove(&mut body(item)["properties"]["kinds"]["items"], "enum"),
                "PUT /things/{uid} request kinds[]: values: only ours a b",
            ),
            (
                |item| {
                    body(item)["properties"]["kinds"]["items"]["type"] = json!("integer");
                },
                "PUT /things/{uid} request kinds[]: type: ours string, theirs integer",
            ),
            (
                |item| {
                    body(item)["properties"]["code"] = json!({"anyOf": [{"type": "integer"}, {"type": "boolean"}]});
                },
                "PUT /things/{uid} request code: type: ours integer|string, theirs boolean|integer",
            ),
            (
                |item| body(item)["properties"]["parts"]["items"]["properties"]["in"]["properties"] = json!({}),
                "PUT /things/{uid} request parts[].in.deep: only ours",
            ),
            (
                |item| answer(item)["properties"]["parts"]["items"]["properties"]["in"]["required"] = json!(["deep"]),
                "PUT /things/{uid} 200 parts[].in.deep: required: ours no, theirs yes",
            ),
            (
                |item| answer(item)["properties"]["parts"]["type"] = json!("string"),
                "PUT /things/{uid} 200 parts: type: ours array, theirs string",
            ),
        ]);
    }

    /// The vendor's `action|dataSource` is compared as it is written and as the properties it stands for.
    #[test]
    fn a_property_that_names_alternatives_stands_for_each() {
        let found = differences(|item| {
            let properties = &mut body(item)["properties"];
            remove(properties, "label");
            properties["label|note"] = json!({"type": "integer"});
        });
        assert_eq!(
            found,
            [
                "PUT /things/{uid} request label: type: ours string, theirs integer",
                "PUT /things/{uid} request label|note: only theirs",
                "PUT /things/{uid} request note: only theirs",
            ]
        );
    }

    #[test]
    fn comparing_nothing_fails() {
        for nothing in ["{}", "paths: {}", "paths: {/other: {summary: s}}", "[]", "text"] {
            let theirs = Spec::parse("theirs.yaml", nothing).expect("YAML");
            let error = compare(&ours(), &theirs).expect_err(nothing);
            assert_eq!(error, "nothing was compared: theirs.yaml has no operation", "{nothing}");
        }
        let other = Spec::parse("theirs.yaml", "paths: {/other: {get: {}}}").expect("YAML");
        let error = compare(&ours(), &other).expect_err("another service");
        assert_eq!(error, "nothing was compared: our specs and theirs.yaml have no operation in common");
        let error = compare(&[], &theirs(|_| {})).expect_err("none of ours");
        assert_eq!(error, "nothing was compared: our specs and theirs.yaml have no operation in common");
    }

    #[test]
    fn a_reference_that_leads_nowhere_fails() {
        let lost = || json!({"$ref": "#/components/schemas/Gone"});
        let in_a_body = theirs(|item| *body(item) = lost());
        let in_a_list = theirs(|item| add_parameter(item, lost()));
        let ours_lost = Spec::parse("ours.yaml", &OURS.replace("    Thing:\n", "    Gone:\n")).expect("YAML");
        for (ours, theirs, expected) in [
            (ours(), in_a_body, "theirs.yaml: the reference \"#/components/schemas/Gone\" leads nowhere"),
            (ours(), in_a_list, "theirs.yaml: the reference \"#/components/schemas/Gone\" leads nowhere"),
            ([ours_lost], theirs(|_| {}), "ours.yaml: the reference \"#/components/schemas/Thing\" leads nowhere"),
        ] {
            assert_eq!(compare(&ours, &theirs).expect_err("cannot be compared"), expected);
        }
    }

    #[test]
    fn a_vendors_file_that_cannot_be_read_fails() {
        let error = run(Path::new("/nowhere/upstream.yaml")).expect_err("no such file");
        assert!(error.starts_with("failed to read /nowhere/upstream.yaml: "), "{error}");
        let error = run(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/main.rs"))).expect_err("no YAML");
        assert!(error.starts_with("failed to read xtask/src/main.rs: "), "{error}");
    }

    #[test]
    fn a_difference_needs_its_explanation_and_an_explanation_its_difference() {
        let theirs = theirs(|item| item["put"]["responses"]["500"] = json!({}));
        let comparison = compare(&ours(), &theirs).expect("comparable");
        let known = |text: &str| known::parse(KNOWN, text).expect("well-formed");
        let good = "- {reason: r, difference: only theirs, places: ['PUT /things/{uid} 500']}\n";

        assert_eq!(
            judge(&comparison, &known(good)).expect("explained"),
            "compared 2 operations, 3 parameters, 4 requests and answers and 18 fields; known differences: 1, each with its reason \
             in openapi/known-differences.yaml"
        );

        let taken_out = judge(&comparison, &[]).expect_err("not explained");
        assert_eq!(
            taken_out,
            "the specs and openapi/known-differences.yaml do not agree with the vendor's file\n\
             unexplained: PUT /things/{uid} 500: only theirs"
        );

        let other = "- {reason: r, difference: only ours, places: ['PUT /things/{uid} 500']}\n";
        let error = judge(&comparison, &known(other)).expect_err("explains another difference of the same place");
        assert!(error.contains("\nunexplained: PUT /things/{uid} 500: only theirs\n"), "{error}");

        for (place, difference) in [("PUT /things/{uid} 501", "only theirs"), ("PUT /things/{uid} 500", "only ours")] {
            let invented = format!("{good}- {{reason: made up, difference: {difference}, places: ['{place}']}}\n");
            let error = judge(&comparison, &known(&invented)).expect_err("invented");
            let column = invented.lines().nth(1).and_then(|line| line.find('\'')).expect("the place") + 1;
            assert_eq!(
                error,
                format!(
                    "the specs and {KNOWN} do not agree with the vendor's file\n\
                     {KNOWN}:2:{column}: explained, but no longer so: {place}: {difference} (reason given: made up)"
                )
            );
        }
    }

    /// Runs where the vendor's file lies beside the checkout; it is not part of the project.
    #[test]
    fn the_vendors_file_differs_as_explained_and_no_explanation_can_be_spared() {
        let upstream = crate::need::vendor_spec();
        if !upstream.exists() {
            crate::output::log("skipped: there is no copy of the vendor's file");
            return;
        }
        let report = run(&upstream).expect("all differences are explained");
        assert!(report.starts_with("compared 16 operations, "), "{report}");

        let comparison = compare(&specifications().expect("readable"), &Spec::read(&upstream).expect("readable"));
        let comparison = comparison.expect("comparable");
        let text = std::fs::read_to_string(root().join(KNOWN)).expect("readable");
        let known = known::parse(KNOWN, &text).expect("well-formed");
        assert_eq!(known.len(), comparison.differences.len());
        for index in 0..known.len() {
            let mut rest = known.clone();
            let spared = rest.remove(index);
            let error = judge(&comparison, &rest).expect_err("one explanation is missing");
            let named = format!("\nunexplained: {}", spared.difference);
            assert!(error.ends_with(&named) && error.lines().count() == 2, "{error}");
        }
    }
}
