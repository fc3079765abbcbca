//! `cargo xtask drift`: our specs against a copy of the vendor's.
//!
//! Each spec is flattened into the places it describes ([`shape`]); two flat maps give differences ([`difference`]); and
//! `openapi/known-differences.yaml` explains those that are meant ([`known`]). What is not explained fails, and so does an
//! explanation that no longer applies, and a comparison of nothing.

mod difference;
mod known;
mod shape;

use std::fmt::Write as _;
use std::path::Path;

use difference::Difference;
use known::Known;

use crate::spec::Spec;
use crate::{root, specifications};

/// Where the known differences are explained, from the root of the workspace.
const KNOWN: &str = "openapi/known-differences.yaml";

/// Compares, and says what was compared or what is wrong.
pub(crate) fn run(upstream: &Path) -> Result<String, String> {
    let ours = specifications()?;
    let theirs = Spec::read(upstream)?;
    let path = root().join(KNOWN);
    let text = std::fs::read_to_string(&path).map_err(|error| format!("failed to read {KNOWN}: {error}"))?;
    let known = known::parse(KNOWN, &text)?;
    judge(&ours, &theirs, &known)
}

fn judge(ours: &[Spec], theirs: &Spec, known: &[Known]) -> Result<String, String> {
    let ours = shape::of(ours);
    let theirs = shape::of(std::slice::from_ref(theirs));
    let common = ours.keys().filter(|place| theirs.contains_key(*place)).count();
    let operations = ours.iter().filter(|(place, part)| part.is_operation() && theirs.contains_key(*place)).count();
    if operations == 0 {
        return Err("nothing was compared: the two sides have no operation in common".to_owned());
    }

    let found = difference::between(&ours, &theirs);
    let explained = |difference: &Difference| known.iter().any(|known| known.difference == *difference);
    let unexplained: Vec<_> = found.iter().filter(|difference| !explained(difference)).collect();
    let stale: Vec<_> = known.iter().filter(|known| !found.contains(&known.difference)).collect();
    if unexplained.is_empty() && stale.is_empty() {
        return Ok(format!(
            "compared {operations} operations and {common} of their parts; {} differences, all explained in {KNOWN}",
            found.len()
        ));
    }
    let mut text = format!("the specs and {KNOWN} do not agree with the vendor's file");
    for difference in unexplained {
        let _ = write!(text, "\nunexplained: {difference}");
    }
    for known in stale {
        let _ = write!(text, "\nexplained, but no longer so: {} (reason given: {})", known.difference, known.reason);
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
components:
  securitySchemes: {token: {type: http, scheme: bearer}}
  schemas:
    Uid: {type: string}
    Thing:
      type: object
      required: [size]
      properties:
        size: {type: integer}
        kinds: {type: array, items: {type: string, x-extensible-enum: [a, b]}}
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
                kinds: {type: array, items: {type: string, enum: [b, a]}}
      responses:
        200: {content: {application/json;charset=utf-8: {schema: *thing}}}
        404: {content: {}}
";

    fn differences(change: impl FnOnce(&mut Value)) -> Vec<String> {
        let ours = [Spec::parse("ours.yaml", OURS).expect("YAML")];
        let mut theirs = Spec::parse("theirs.yaml", THEIRS).expect("YAML");
        change(&mut theirs.value["paths"]["/things/{uid}"]);
        difference::between(&shape::of(&ours), &shape::of(&[theirs])).iter().map(ToString::to_string).collect()
    }

    /// The schema of their request body.
    fn body(item: &mut Value) -> &mut Value {
        &mut item["put"]["requestBody"]["content"]["application/json;charset=utf-8"]["schema"]
    }

    #[test]
    fn the_same_contract_written_differently_has_no_difference() {
        assert_eq!(differences(|_| {}), Vec::<String>::new());
    }

    #[test]
    fn each_kind_of_difference_is_found_and_named() {
        type Case = (fn(&mut Value), &'static str);
        let cases: [Case; 16] = [
            (|item| item["get"] = json!({"responses": {}}), "GET /things/{uid}: only theirs"),
            (|item| item["put"] = json!({"tags": []}), "PUT /things/{uid} header Authorization: only ours"),
            (
                |item| item["put"]["parameters"][1]["name"] = json!("X-Other"),
                "PUT /things/{uid} header X-Other: only theirs, required",
            ),
            (
                |item| item["put"]["parameters"][0]["schema"]["type"] = json!("integer"),
                "PUT /things/{uid} path uid: type: ours string, theirs integer",
            ),
            (
                |item| item["put"]["parameters"][1]["required"] = json!(false),
                "PUT /things/{uid} header Authorization: required: ours yes, theirs no",
            ),
            (
                |item| item["put"]["requestBody"]["required"] = json!(false),
                "PUT /things/{uid} request: required: ours yes, theirs no",
            ),
            (
                |item| {
                    body(item)["properties"]["extra"] =
                        json!({"type": "object", "properties": {"a": {"type": "string"}}});
                },
                "PUT /things/{uid} request extra: only theirs",
            ),
            (
                |item| body(item)["properties"]["size"]["type"] = json!("string"),
                "PUT /things/{uid} request size: type: ours integer, theirs string",
            ),
            (
                |item| body(item)["required"] = json!([]),
                "PUT /things/{uid} request size: required: ours yes, theirs no",
            ),
            (
                |item| body(item)["properties"]["kinds"]["items"]["enum"] = json!(["a", "c"]),
                "PUT /things/{uid} request kinds[]: values: only ours b, only theirs c",
            ),
            (
                |item| body(item)["required"] = json!(["size", "weight"]),
                "PUT /things/{uid} request weight: only theirs, required",
            ),
            (
                |item| {
                    item["put"]["requestBody"]["content"] = json!({"text/xml": {"schema": {"type": "object"}}});
                },
                "PUT /things/{uid} request: type: ours object, theirs text/xml object",
            ),
            (
                |item| *body(item) = json!({"type": "string"}),
                "PUT /things/{uid} request: type: ours object, theirs string",
            ),
            (|item| item["put"]["responses"]["500"] = json!({}), "PUT /things/{uid} 500: only theirs"),
            (
                |item| {
                    item["put"]["responses"].as_object_mut().expect("an object").remove("404");
                },
                "PUT /things/{uid} 404: only ours",
            ),
            (
                |item| item["put"]["responses"]["200"]["content"] = json!({}),
                "PUT /things/{uid} 200: type: ours object, theirs none",
            ),
        ];
        for (change, expected) in cases {
            let found = differences(change);
            assert!(found.iter().any(|difference| difference == expected), "expected {expected}, found {found:?}");
        }
    }

    #[test]
    fn what_stands_under_a_place_of_one_side_is_not_repeated() {
        let found = differences(|item| {
            item["put"].as_object_mut().expect("an object").remove("requestBody");
        });
        assert_eq!(found, ["PUT /things/{uid} request: only ours"]);
    }

    #[test]
    fn comparing_nothing_fails() {
        let ours = [Spec::parse("ours.yaml", OURS).expect("YAML")];
        for nothing in ["{}", "paths: {}", "paths: {/other: {get: {}}}", "[]", "text"] {
            let theirs = Spec::parse("theirs.yaml", nothing).expect("YAML");
            assert!(judge(&ours, &theirs, &[]).expect_err(nothing).contains("nothing was compared"), "{nothing}");
        }
    }

    #[test]
    fn a_difference_needs_its_explanation_and_an_explanation_its_difference() {
        let ours = [Spec::parse("ours.yaml", OURS).expect("YAML")];
        let mut theirs = Spec::parse("theirs.yaml", THEIRS).expect("YAML");
        theirs.value["paths"]["/things/{uid}"]["put"]["responses"]["500"] = json!({});
        let known = |text: &str| known::parse("known.yaml", text).expect("well-formed");
        let good = "- {reason: r, difference: only theirs, places: ['PUT /things/{uid} 500']}\n";

        let report = judge(&ours, &theirs, &known(good)).expect("explained");
        assert!(report.starts_with("compared 1 operations and "), "{report}");

        let taken_out = judge(&ours, &theirs, &[]).expect_err("not explained");
        assert!(taken_out.contains("unexplained: PUT /things/{uid} 500: only theirs"), "{taken_out}");

        let invented =
            format!("{good}- {{reason: made up, difference: only ours, places: ['PUT /things/{{uid}} 501']}}\n");
        let invented = judge(&ours, &theirs, &known(&invented)).expect_err("invented");
        assert!(
            invented.contains("explained, but no longer so: PUT /things/{uid} 501: only ours (reason given: made up)"),
            "{invented}"
        );
    }

    /// Runs where the vendor's file lies beside the checkout; it is not part of the project.
    #[test]
    fn the_vendors_file_differs_as_explained_and_no_explanation_can_be_spared() {
        let upstream = root().join("../shared/upstream/journeys-throttling.yaml");
        if !upstream.exists() {
            crate::complain("skipped: the vendor's file is not beside this checkout");
            return;
        }
        run(&upstream).expect("all differences are explained");

        let ours = specifications().expect("readable");
        let theirs = Spec::read(&upstream).expect("readable");
        let text = std::fs::read_to_string(root().join(KNOWN)).expect("readable");
        let known = known::parse(KNOWN, &text).expect("well-formed");
        for index in 0..known.len() {
            let mut rest = known.clone();
            let spared = rest.remove(index);
            let error = judge(&ours, &theirs, &rest).expect_err("one explanation is missing");
            assert!(error.contains(&format!("unexplained: {}", spared.difference)), "{error}");
        }
    }
}
