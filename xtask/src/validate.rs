//! What is checked before progenitor sees a spec.
//!
//! progenitor and typify panic on much bad input, or generate something else than was meant. Every check here says where the
//! problem is and how to fix it, and all findings come at once.

mod document;
mod extensions;
mod finding;
mod grammar;
mod keywords;
pub(crate) mod names;
mod operations;
mod references;
mod request_fields;
mod schemas;
mod sources;

use std::collections::BTreeSet;

pub(crate) use finding::Finding;

use crate::spec::Spec;

/// All findings in one spec.
pub(crate) fn validate(spec: &Spec) -> Vec<Finding> {
    let mut findings = document::check(spec);
    // The other checks walk the document; without its outline there is nothing to walk.
    if findings.is_empty() {
        findings.extend(references::check(spec));
        findings.extend(operations::check(spec));
        findings.extend(extensions::check(spec));
        findings.extend(schemas::check(spec));
        findings.extend(keywords::check(spec));
        // What another check says of a place is more to the point than that it is against the grammar.
        let told: BTreeSet<String> = findings.iter().map(|finding| finding.pointer().to_owned()).collect();
        findings.extend(grammar::check(spec).into_iter().filter(|finding| !told.contains(finding.pointer())));
    }
    // A field with another finding often has no type that this could check.
    if findings.is_empty() {
        findings.extend(request_fields::check(spec));
    }
    findings
}

/// Findings between specs: a schema that two of them name must be the same, because it becomes one Rust type.
pub(crate) fn validate_together(specs: &[Spec]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, spec) in specs.iter().enumerate() {
        let Some(schemas) = spec.value["components"]["schemas"].as_object() else { continue };
        for earlier in &specs[..index] {
            for (name, schema) in schemas {
                let other = &earlier.value["components"]["schemas"][name];
                if !other.is_null() && other != schema {
                    findings.push(Finding::new(
                        spec,
                        &["components", "schemas", name],
                        format!("{name} differs from the schema of the same name in {}", earlier.file),
                        "make them equal or give one another name; both become one Rust type",
                    ));
                }
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const GOOD: &str = "
openapi: 3.0.3
info: {title: T, version: '1'}
tags: [{name: t}]
paths:
  /things/{uid}:
    parameters:
      - {name: uid, in: path, required: true, description: documented, schema: {type: string}}
    put:
      operationId: update
      summary: s
      description: documented
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}
      responses:
        '200':
          description: documented
          content: {application/json: {schema: {$ref: '#/components/schemas/Kept'}}}
        default: {$ref: '#/components/responses/Failure'}
    delete:
      operationId: delete
      summary: s
      description: documented
      responses:
        '204': {description: documented}
components:
  responses:
    Failure: {description: documented}
  schemas:
    Thing:
      type: object
      description: documented
      required: [size]
      properties:
        size: {type: integer, description: documented}
        kind: {$ref: '#/components/schemas/Kind'}
      example: {size: 1}
    Kept:
      type: object
      description: documented
      required: [uid]
      properties:
        uid: {type: string, description: documented}
        parts: {type: array, description: documented, items: {$ref: '#/components/schemas/Thing2'}}
      example: {uid: u}
    Thing2:
      type: object
      description: documented
      properties: {a: {type: string, description: documented}}
      example: {}
    Kind: {type: string, description: documented, x-extensible-enum: [ONE, two], example: ONE}
";

    fn good() -> Spec {
        Spec::parse("t.yaml", GOOD).expect("YAML")
    }

    /// The findings after one change, each on two lines.
    fn found(change: impl FnOnce(&mut Value)) -> String {
        let mut spec = good();
        change(&mut spec.value);
        validate(&spec).iter().map(|finding| format!("{finding}\n")).collect()
    }

    /// Asserts that a change gives exactly one finding.
    fn assert_found(change: impl FnOnce(&mut Value), expected: &str) {
        assert_eq!(found(change).trim_end(), expected);
    }

    fn put(spec: &mut Value) -> &mut Value {
        &mut spec["paths"]["/things/{uid}"]["put"]
    }

    #[test]
    fn a_good_spec_has_no_finding() {
        assert_eq!(found(|_| {}), "");
    }

    #[test]
    fn the_specs_of_the_project_have_no_finding() {
        let specs = crate::spec::specifications().expect("readable");
        let mut findings: Vec<_> = specs.iter().flat_map(validate).collect();
        findings.extend(validate_together(&specs));
        assert!(findings.is_empty(), "{}", findings.iter().map(|finding| format!("{finding}\n")).collect::<String>());
    }

    #[test]
    fn openapi_3_1_is_named_with_its_mend() {
        assert_found(
            |spec| spec["openapi"] = json!("3.1.0"),
            "t.yaml#/openapi: OpenAPI 3.1.0 is not supported\n  fix: write the spec as OpenAPI 3.0.3; `nullable` takes the place of type lists",
        );
    }

    #[test]
    fn a_broken_reference_is_placed() {
        assert_found(
            |spec| {
                spec["components"]["schemas"]["Thing"]["properties"]["kind"]["$ref"] =
                    json!("#/components/schemas/Kinds");
            },
            "t.yaml#/components/schemas/Thing/properties/kind/$ref: `#/components/schemas/Kinds` leads nowhere\n  fix: define it, or correct the reference; similar: `#/components/schemas/Kind`",
        );
        assert_found(
            |spec| spec["components"]["schemas"]["Thing"]["properties"]["kind"]["$ref"] = json!("other.yaml#/Kind"),
            "t.yaml#/components/schemas/Thing/properties/kind/$ref: `other.yaml#/Kind` leads out of the file\n  fix: copy what it refers to into this file and refer to it with `#/…`",
        );
        assert_found(
            |spec| put(spec)["responses"]["default"]["$ref"] = json!("#/components/schemas/Kind"),
            "t.yaml#/paths/~1things~1{uid}/put/responses/default/$ref: `#/components/schemas/Kind` is of another kind than what belongs here\n  fix: refer to something under `#/components/responses/`",
        );
    }

    #[test]
    fn operation_ids_must_be_distinct_rust_names() {
        assert_found(
            |spec| spec["paths"]["/things/{uid}"]["delete"]["operationId"] = json!("update"),
            "t.yaml#/paths/~1things~1{uid}/delete/operationId: `update` is taken by put /things/{uid}\n  fix: give each operation its own id",
        );
        let mut spec = good();
        put(&mut spec.value)["operationId"] = json!("canDeploy");
        spec.value["paths"]["/things/{uid}"]["delete"]["operationId"] = json!("can_deploy");
        let findings: String = validate(&spec).iter().map(|finding| format!("{finding}\n")).collect();
        assert!(
            findings.contains("`can_deploy` and `canDeploy` (put /things/{uid}) become one Rust name, can_deploy"),
            "{findings}"
        );
        for bad in [
            json!(null),
            json!(""),
            json!("2nd"),
            json!("a__b"),
            json!("a_"),
            json!("a b"),
            json!("type"),
            json!("Self"),
        ] {
            let shown = bad.to_string();
            let findings = found(|spec| put(spec)["operationId"] = bad);
            assert!(findings.contains("/put/operationId: "), "{shown}: {findings}");
        }
    }

    #[test]
    fn one_success_with_one_shape() {
        assert_found(
            |spec| put(spec)["responses"]["201"] = json!({"description": "documented"}),
            "t.yaml#/paths/~1things~1{uid}/put/responses: it has 2 success answers: 200, 201\n  fix: keep one; progenitor 0.15 takes one success shape",
        );
        assert_found(
            |spec| {
                put(spec)["responses"].as_object_mut().expect("an object").remove("200");
            },
            "t.yaml#/paths/~1things~1{uid}/put/responses: it has no success answer\n  fix: describe the 2xx answer",
        );
        assert_found(
            |spec| put(spec)["responses"]["200"]["content"] = json!({"application/json": {}}),
            "t.yaml#/paths/~1things~1{uid}/put/responses/200/content/application~1json: the body has no schema\n  fix: refer to a named schema under components/schemas",
        );
    }

    #[test]
    fn a_body_needs_json_with_a_named_schema() {
        assert_found(
            |spec| put(spec)["requestBody"]["content"]["application/json"] = json!({}),
            "t.yaml#/paths/~1things~1{uid}/put/requestBody/content/application~1json: the body has no schema\n  fix: refer to a named schema under components/schemas",
        );
        assert_found(
            |spec| put(spec)["requestBody"] = json!({"required": true}),
            "t.yaml#/paths/~1things~1{uid}/put/requestBody: the body has no content\n  fix: describe it under `content: application/json`",
        );
        assert_found(
            |spec| put(spec)["requestBody"]["content"] = json!({"text/plain": {"schema": {"type": "string"}}}),
            "t.yaml#/paths/~1things~1{uid}/put/requestBody/content: the body is text/plain\n  fix: describe it as application/json alone",
        );
        assert_found(
            |spec| put(spec)["requestBody"]["content"]["application/json"]["schema"] = json!({"type": "object"}),
            "t.yaml#/paths/~1things~1{uid}/put/requestBody/content/application~1json/schema: the schema stands here without a name\n  fix: move it to components/schemas and refer to it",
        );
    }

    #[test]
    fn parameters_are_of_the_path_or_the_query() {
        let add = |parameter: Value| move |spec: &mut Value| put(spec)["parameters"] = json!([parameter]);
        assert_found(
            add(json!({"name": "x-sandbox-name", "in": "header", "schema": {"type": "string"}})),
            "t.yaml#/paths/~1things~1{uid}/put/parameters/0: `x-sandbox-name` is a header parameter\n  fix: make it a security scheme; the client adds headers to every call, and progenitor would make it an argument of each",
        );
        assert_found(
            add(json!({"name": "id", "in": "path", "required": true, "schema": {"type": "string"}})),
            "t.yaml#/paths/~1things~1{uid}/put/parameters/0: the path has no {id}\n  fix: write {id} into the path, or take the parameter away",
        );
        assert_found(
            add(json!({"name": "q", "in": "query"})),
            "t.yaml#/paths/~1things~1{uid}/put/parameters/0: `q` has no schema\n  fix: give it one",
        );
        assert_found(
            |spec| {
                spec["paths"]["/things/{uid}"]["parameters"] = json!([]);
                spec["paths"]["/things/{uid}"].as_object_mut().expect("an object").remove("delete");
            },
            "t.yaml#/paths/~1things~1{uid}/put: {uid} in the path is not described\n  fix: add a parameter `uid` with `in: path`",
        );
        assert!(
            found(|spec| spec["paths"]["/things/{uid}"]["parameters"][0]["required"] = json!(false))
                .contains("`uid` is of the path and not required")
        );
    }

    #[test]
    fn names_that_become_one_rust_name_are_found() {
        assert_found(
            |spec| {
                spec["components"]["schemas"]["Kept"]["properties"]["_uid"] =
                    json!({"type": "string", "description": "documented"});
            },
            "t.yaml#/components/schemas/Kept/properties: `uid` and `_uid` become one Rust field, uid\n  fix: leave one out; unknown fields are passed over when reading",
        );
        assert_found(
            |spec| spec["components"]["schemas"]["things"] = spec["components"]["schemas"]["Thing2"].clone(),
            "t.yaml#/components/schemas/things: `things` is no name for a type\n  fix: begin with a capital and use letters and digits",
        );
        assert!(
            found(|spec| spec["components"]["schemas"]["THING"] = spec["components"]["schemas"]["Thing2"].clone())
                .contains("#/components/schemas: `Thing` and `THING` become one Rust type, Thing")
        );
        assert_found(
            |spec| spec["components"]["schemas"]["Kind"]["x-extensible-enum"] = json!(["one", "ONE"]),
            "t.yaml#/components/schemas/Kind/x-extensible-enum: `one` and `ONE` become one Rust variant, One\n  fix: leave one out",
        );
    }

    #[test]
    fn enums_are_open() {
        assert_found(
            |spec| {
                spec["components"]["schemas"]["Kind"] =
                    json!({"type": "string", "description": "documented", "enum": ["a"], "example": "a"});
            },
            "t.yaml#/components/schemas/Kind/enum: a closed enum\n  fix: write x-extensible-enum; the service may add values, and reading must not break",
        );
        for bad in [json!([]), json!("a"), json!([1]), json!([""]), json!(["other"]), json!(["1"])] {
            let shown = bad.to_string();
            let findings = found(|spec| spec["components"]["schemas"]["Kind"]["x-extensible-enum"] = bad);
            assert!(findings.contains("#/components/schemas/Kind/x-extensible-enum: "), "{shown}: {findings}");
        }
    }

    #[test]
    fn an_answer_requires_only_its_identifier() {
        assert_found(
            |spec| spec["components"]["schemas"]["Kept"]["required"] = json!(["uid", "parts"]),
            "t.yaml#/components/schemas/Kept/required: an answer requires `parts`\n  fix: require only uid or the envelope (result, results, canDeploy); nothing else can be relied on",
        );
    }

    #[test]
    fn everything_is_described_and_every_schema_has_an_example() {
        for (pointer, expected) in [
            ("/paths/~1things~1{uid}/put/description", "/put: it has no description"),
            ("/paths/~1things~1{uid}/put/summary", "/put: it has no summary"),
            ("/components/schemas/Thing/description", "/Thing: it has no description"),
            ("/components/schemas/Thing/example", "/Thing: it has no example"),
            ("/components/schemas/Thing/properties/size/description", "/size: it has no description"),
        ] {
            let findings = found(|spec| {
                let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
                spec.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object").remove(key);
            });
            assert!(findings.contains(expected) && findings.lines().count() == 2, "{pointer}: {findings}");
        }
    }

    #[test]
    fn a_description_names_its_source() {
        let fix = "fix: end it with (documented), (inferred), (observed) or (unknown), and from what";
        assert_found(
            |spec| spec["components"]["schemas"]["Thing"]["description"] = json!("A thing."),
            &format!("t.yaml#/components/schemas/Thing: its description names no source\n  {fix}"),
        );
        assert_found(
            |spec| put(spec)["description"] = json!("Puts a thing."),
            &format!("t.yaml#/paths/~1things~1{{uid}}/put: its description names no source\n  {fix}"),
        );
    }

    #[test]
    fn an_object_within_a_schema_has_a_name_of_its_own() {
        assert_found(
            |spec| spec["components"]["schemas"]["Thing"]["properties"]["size"] = json!({"type": "object", "description": "documented", "properties": {"a": {"type": "string", "description": "documented"}}}),
            "t.yaml#/components/schemas/Thing/properties/size: an object without a name\n  fix: move it to components/schemas and refer to it",
        );
    }

    #[test]
    fn a_field_that_does_not_belong_is_placed() {
        assert_found(
            |spec| {
                let schema = spec["components"]["schemas"]["Thing"].as_object_mut().expect("an object");
                let required = schema.remove("required").expect("there");
                schema.insert("requierd".to_owned(), required);
            },
            "t.yaml#/components/schemas/Thing/requierd: `requierd` is not supported here\n  fix: correct its name or take it out; known here: type, format, title, description, default, example, externalDocs, deprecated, nullable, readOnly, writeOnly, enum, pattern, minLength, maxLength, multipleOf, minimum, maximum, exclusiveMinimum, exclusiveMaximum, items, minItems, maxItems, uniqueItems, properties, required, additionalProperties, minProperties, maxProperties, oneOf",
        );
        assert_found(
            |spec| put(spec)["responses"]["200"]["description"] = json!(null),
            "t.yaml#/paths/~1things~1{uid}/put/responses/200/description: nothing stands where text belongs\n  fix: write what belongs there, or leave the field out",
        );
        assert_found(
            |spec| put(spec)["responses"]["200"] = json!({}),
            "t.yaml#/paths/~1things~1{uid}/put/responses/200: `description` is missing\n  fix: add `description`",
        );
        assert_found(
            |spec| spec["components"]["schemas"]["Thing"]["properties"]["size"]["type"] = json!("int"),
            "t.yaml#/components/schemas/Thing/properties/size/type: `int` is not supported here\n  fix: write string or number or integer or boolean or array or object",
        );
        assert_found(
            |spec| spec["components"]["schemas"]["Thing"]["properties"]["kind"]["description"] = json!("d"),
            "t.yaml#/components/schemas/Thing/properties/kind/description: what stands beside `$ref` is passed over\n  fix: move it to what is referred to",
        );
        assert_found(
            |spec| spec["components"]["responses"]["a/b"] = json!({"description": "documented"}),
            "t.yaml#/components/responses/a~1b: `a/b` is no name that can be referred to\n  fix: use letters, digits, `.`, `_` and `-`",
        );
        for (key, value) in [("not", json!({})), ("allOf", json!([])), ("anyOf", json!([]))] {
            let findings = found(|spec| spec["components"]["schemas"]["Kind"][key] = value);
            assert!(findings.contains(&format!("/Kind/{key}: `{key}` is not supported here")), "{findings}");
        }
    }

    #[test]
    fn keywords_of_a_schema_fit_each_other() {
        let size = "t.yaml#/components/schemas/Thing/properties/size";
        for (schema, expected) in [
            (
                json!({"description": "documented", "minimum": 1}),
                "/minimum: `minimum` does not belong to a schema without type\n  fix: write `type: integer` or `type: number` beside it, or take it out",
            ),
            (
                json!({"description": "documented", "type": "string", "items": {"type": "string"}}),
                "/items: `items` does not belong to type string\n  fix: write `type: array` beside it, or take it out",
            ),
            (
                json!({"description": "documented", "type": "array"}),
                ": an array without `items`\n  fix: say what is in it",
            ),
            (
                json!({"description": "documented", "type": "integer", "format": "int46"}),
                "/format: `int46` is no format of type integer\n  fix: write int32 or int64",
            ),
            (
                json!({"description": "documented", "type": "integer", "exclusiveMinimum": true}),
                "/exclusiveMinimum: `exclusiveMinimum` without `minimum`\n  fix: write both or neither",
            ),
            (
                json!({"description": "documented", "type": "integer", "default": "many"}),
                "/default: the default \"many\" is not of type integer\n  fix: write a default of that type",
            ),
            (json!({"description": "documented", "oneOf": []}), "/oneOf: no alternative\n  fix: list the alternatives"),
            (
                json!({"description": "documented", "type": "string", "oneOf": [{"type": "string"}]}),
                "/oneOf: `oneOf` beside `type`\n  fix: write the type into each alternative",
            ),
        ] {
            assert_found(
                |spec| spec["components"]["schemas"]["Thing"]["properties"]["size"] = schema,
                &format!("{size}{expected}"),
            );
        }
        assert_found(
            |spec| spec["components"]["schemas"]["Thing"]["required"] = json!(["size", "weight"]),
            "t.yaml#/components/schemas/Thing/required/1: `weight` is required and no property\n  fix: describe it, or correct its name",
        );
        assert_found(
            |spec| spec["components"]["schemas"]["Thing"]["required"] = json!(["size", "size"]),
            "t.yaml#/components/schemas/Thing/required/1: `size` is required twice\n  fix: name it once",
        );
    }

    /// progenitor overflows the stack on it, and that ends the process whatever is caught.
    #[test]
    fn a_schema_is_no_alternative_of_itself() {
        assert_found(
            |spec| {
                spec["components"]["schemas"]["Kind"] = json!({"description": "documented", "example": 1, "oneOf": [
                    {"type": "string"}, {"oneOf": [{"$ref": "#/components/schemas/Kind"}]}]});
            },
            "t.yaml#/components/schemas/Kind/oneOf: Kind is an alternative of itself\n  fix: let each alternative be something else",
        );
    }

    #[test]
    fn arguments_of_an_operation_are_distinct_single_values() {
        let query = |name: &str| json!({"name": name, "in": "query", "schema": {"type": "string"}});
        for (parameters, expected) in [
            (json!([query("a-b"), query("aB")]), "`a-b` and `aB` become one Rust argument, a_b"),
            (json!([query("uid")]), "`uid` and `uid` become one Rust argument, uid"),
            (json!([query("body")]), "`body` and `body` become one Rust argument, body"),
        ] {
            assert_found(
                |spec| put(spec)["parameters"] = parameters,
                &format!(
                    "t.yaml#/paths/~1things~1{{uid}}/put/parameters: {expected}\n  fix: give them names that differ in more than capitals, separators and place; the body is called `body`"
                ),
            );
        }
        assert_found(
            |spec| put(spec)["parameters"] = json!([{"name": "q", "in": "query", "schema": {"type": "object"}}]),
            "t.yaml#/paths/~1things~1{uid}/put/parameters/0: `q` is of type object\n  fix: make it a single value; nothing else fits into a path or query",
        );
        assert_found(
            |spec| {
                put(spec)["parameters"] =
                    json!([{"name": "q", "in": "query", "style": "simple", "schema": {"type": "string"}}]);
            },
            "t.yaml#/paths/~1things~1{uid}/put/parameters/0: `q` has another style than form\n  fix: take `style` out; progenitor knows no other",
        );
    }

    #[test]
    fn a_path_has_a_name_between_its_braces() {
        for path in ["things", "/things/{}", "/things/}{", "/things/{a{b}}", "/things/{a/b}", "/things?x=1"] {
            let findings = found(|spec| spec["paths"][path] = json!({}));
            assert!(findings.contains(&format!("`{path}` is no path")), "{path}: {findings}");
        }
    }

    #[test]
    fn two_specs_must_agree_on_a_schema_they_both_name() {
        let mut other = good();
        other.file = "u.yaml".to_owned();
        assert!(validate_together(&[good(), good()]).is_empty());
        other.value["components"]["schemas"]["Kind"]["x-extensible-enum"] = json!(["ONE"]);
        let findings = validate_together(&[good(), other]);
        assert_eq!(
            findings.iter().map(ToString::to_string).collect::<Vec<_>>(),
            [
                "u.yaml#/components/schemas/Kind: Kind differs from the schema of the same name in t.yaml\n  fix: make them equal or give one another name; both become one Rust type"
            ]
        );
    }

    /// Puts something else in the place of every node of the project's own specs, one after the other.
    #[test]
    fn no_input_makes_the_validator_panic() {
        fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
            found.push(at.to_owned());
            match value {
                Value::Object(map) => map.iter().for_each(|(key, child)| {
                    pointers(child, &format!("{at}{}", crate::spec::pointer(&[key])), found);
                }),
                Value::Array(items) => {
                    items
                        .iter()
                        .enumerate()
                        .for_each(|(index, child)| pointers(child, &format!("{at}/{index}"), found));
                }
                _ => {}
            }
        }
        let spec = good();
        let mut places = Vec::new();
        pointers(&spec.value, "", &mut places);
        assert!(places.len() > 60);
        // All places take 4 s.
        let every = if std::env::var("AJO_TEST_FULL").is_ok_and(|value| value == "1") { 1 } else { 5 };
        for place in places.iter().step_by(every) {
            for odd in [
                json!(null),
                json!(7),
                json!(""),
                json!("x"),
                json!([]),
                json!([null]),
                json!({}),
                json!({"$ref": 1}),
                json!({"$ref": "#"}),
            ] {
                let mut spec = good();
                *spec.value.pointer_mut(place).expect("a node") = odd;
                validate(&spec);
                validate_together(&[good(), spec]);
            }
        }
    }
}
