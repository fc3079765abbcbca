//! Validates a spec before code generation.
//!
//! progenitor and typify panic on many invalid specs or silently generate wrong code. Each check here reports a location and a fix, and
//! all errors are reported at once.

mod description_sources;
mod document;
mod extensions;
mod grammar;
mod named_schemas;
mod operations;
mod references;
mod request_fields;
pub(crate) mod rust_names;
mod schema_keywords;
mod spec_diagnostic;

use std::collections::BTreeSet;

pub(crate) use spec_diagnostic::SpecDiagnostic;

use crate::spec::Spec;

/// Returns all errors in one spec.
pub(crate) fn validate_spec(spec: &Spec) -> Vec<SpecDiagnostic> {
    let mut diagnostics = document::check(spec);
    // The other checks need a document with the right structure.
    if diagnostics.is_empty() {
        diagnostics.extend(references::check(spec));
        diagnostics.extend(operations::check(spec));
        diagnostics.extend(extensions::check(spec));
        diagnostics.extend(named_schemas::check(spec));
        diagnostics.extend(schema_keywords::check(spec));
        // The other checks have more specific messages than the grammar.
        let reported: BTreeSet<String> = diagnostics.iter().map(|diagnostic| diagnostic.pointer().to_owned()).collect();
        diagnostics
            .extend(grammar::check(spec).into_iter().filter(|diagnostic| !reported.contains(diagnostic.pointer())));
    }
    // A field with another error often has no type that this could check.
    if diagnostics.is_empty() {
        diagnostics.extend(request_fields::check(spec));
    }
    diagnostics
}

/// Checks that specs agree on shared schemas, because each name becomes one Rust type.
pub(crate) fn validate_shared_schemas(specs: &[Spec]) -> Vec<SpecDiagnostic> {
    let mut diagnostics = Vec::new();
    for (index, spec) in specs.iter().enumerate() {
        let Some(schemas) = spec.value["components"]["schemas"].as_object() else { continue };
        for earlier in &specs[..index] {
            for (name, schema) in schemas {
                let other = &earlier.value["components"]["schemas"][name];
                if !other.is_null() && other != schema {
                    diagnostics.push(SpecDiagnostic::new(
                        spec,
                        &["components", "schemas", name],
                        format!("{name} differs from the schema of the same name in {}", earlier.file),
                        "make them equal or rename one; both become one Rust type",
                    ));
                }
            }
        }
    }
    diagnostics
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const VALID_SPEC: &str = "
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
          content: {application/json: {schema: {$ref: '#/components/schemas/Stored'}}}
        default: {$ref: '#/components/responses/ErrorResponse'}
    delete:
      operationId: delete
      summary: s
      description: documented
      responses:
        '204': {description: documented}
components:
  responses:
    ErrorResponse: {description: documented}
  schemas:
    Thing:
      type: object
      description: documented
      required: [size]
      properties:
        size: {type: integer, description: documented}
        kind: {$ref: '#/components/schemas/Kind'}
      example: {size: 1}
    Stored:
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

    fn valid_spec() -> Spec {
        Spec::parse("t.yaml", VALID_SPEC).expect("YAML")
    }

    /// The errors after one change, two lines each.
    fn diagnostics_after(change: impl FnOnce(&mut Value)) -> String {
        let mut spec = valid_spec();
        change(&mut spec.value);
        validate_spec(&spec).iter().map(|diagnostic| format!("{diagnostic}\n")).collect()
    }

    /// Asserts that a change causes exactly this error.
    fn assert_diagnostic(change: impl FnOnce(&mut Value), expected: &str) {
        assert_eq!(diagnostics_after(change).trim_end(), expected);
    }

    fn put_operation(spec: &mut Value) -> &mut Value {
        &mut spec["paths"]["/things/{uid}"]["put"]
    }

    #[test]
    fn valid_spec_passes() {
        assert_eq!(diagnostics_after(|_| {}), "");
    }

    #[test]
    fn project_specs_are_valid() {
        let specs = crate::spec::read_project_specs().expect("readable");
        let mut diagnostics: Vec<_> = specs.iter().flat_map(validate_spec).collect();
        diagnostics.extend(validate_shared_schemas(&specs));
        assert!(
            diagnostics.is_empty(),
            "{}",
            diagnostics.iter().map(|diagnostic| format!("{diagnostic}\n")).collect::<String>()
        );
    }

    #[test]
    fn openapi_3_1_is_rejected() {
        assert_diagnostic(
            |spec| spec["openapi"] = json!("3.1.0"),
            "t.yaml#/openapi: OpenAPI 3.1.0 is not supported\n  fix: write the spec as OpenAPI 3.0.3, with `nullable` instead of type lists",
        );
    }

    #[test]
    fn broken_reference_is_located() {
        assert_diagnostic(
            |spec| {
                spec["components"]["schemas"]["Thing"]["properties"]["kind"]["$ref"] =
                    json!("#/components/schemas/Kinds");
            },
            "t.yaml#/components/schemas/Thing/properties/kind/$ref: `#/components/schemas/Kinds` does not exist\n  fix: define it, or correct the reference; did you mean `#/components/schemas/Kind`?",
        );
        assert_diagnostic(
            |spec| spec["components"]["schemas"]["Thing"]["properties"]["kind"]["$ref"] = json!("other.yaml#/Kind"),
            "t.yaml#/components/schemas/Thing/properties/kind/$ref: `other.yaml#/Kind` is in another file\n  fix: copy the target into this file and refer to it with `#/…`",
        );
        assert_diagnostic(
            |spec| put_operation(spec)["responses"]["default"]["$ref"] = json!("#/components/schemas/Kind"),
            "t.yaml#/paths/~1things~1{uid}/put/responses/default/$ref: `#/components/schemas/Kind` is the wrong kind of component\n  fix: refer to a component under `#/components/responses/`",
        );
    }

    #[test]
    fn operation_ids_are_unique_rust_names() {
        assert_diagnostic(
            |spec| spec["paths"]["/things/{uid}"]["delete"]["operationId"] = json!("update"),
            "t.yaml#/paths/~1things~1{uid}/delete/operationId: `update` is already the id of put /things/{uid}\n  fix: give each operation a unique id",
        );
        let mut spec = valid_spec();
        put_operation(&mut spec.value)["operationId"] = json!("canDeploy");
        spec.value["paths"]["/things/{uid}"]["delete"]["operationId"] = json!("can_deploy");
        let diagnostics: String = validate_spec(&spec).iter().map(|diagnostic| format!("{diagnostic}\n")).collect();
        assert!(
            diagnostics.contains("`can_deploy` and `canDeploy` (put /things/{uid}) become one Rust name, can_deploy"),
            "{diagnostics}"
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
            let label = bad.to_string();
            let diagnostics = diagnostics_after(|spec| put_operation(spec)["operationId"] = bad);
            assert!(diagnostics.contains("/put/operationId: "), "{label}: {diagnostics}");
        }
    }

    #[test]
    fn one_success_response_is_required() {
        assert_diagnostic(
            |spec| put_operation(spec)["responses"]["201"] = json!({"description": "documented"}),
            "t.yaml#/paths/~1things~1{uid}/put/responses: the operation has 2 success responses: 200, 201\n  fix: keep one; progenitor 0.15 supports one success type",
        );
        assert_diagnostic(
            |spec| {
                put_operation(spec)["responses"].as_object_mut().expect("an object").remove("200");
            },
            "t.yaml#/paths/~1things~1{uid}/put/responses: the operation has no success response\n  fix: describe the 2xx response",
        );
        assert_diagnostic(
            |spec| put_operation(spec)["responses"]["200"]["content"] = json!({"application/json": {}}),
            "t.yaml#/paths/~1things~1{uid}/put/responses/200/content/application~1json: the body has no schema\n  fix: refer to a named schema under components/schemas",
        );
    }

    #[test]
    fn body_needs_named_json_schema() {
        assert_diagnostic(
            |spec| put_operation(spec)["requestBody"]["content"]["application/json"] = json!({}),
            "t.yaml#/paths/~1things~1{uid}/put/requestBody/content/application~1json: the body has no schema\n  fix: refer to a named schema under components/schemas",
        );
        assert_diagnostic(
            |spec| put_operation(spec)["requestBody"] = json!({"required": true}),
            "t.yaml#/paths/~1things~1{uid}/put/requestBody: the body has no content\n  fix: describe it under `content: application/json`",
        );
        assert_diagnostic(
            |spec| {
                put_operation(spec)["requestBody"]["content"] = json!({"text/plain": {"schema": {"type": "string"}}});
            },
            "t.yaml#/paths/~1things~1{uid}/put/requestBody/content: the body is text/plain\n  fix: describe it as application/json only",
        );
        assert_diagnostic(
            |spec| {
                put_operation(spec)["requestBody"]["content"]["application/json"]["schema"] = json!({"type": "object"});
            },
            "t.yaml#/paths/~1things~1{uid}/put/requestBody/content/application~1json/schema: the schema has no name\n  fix: move it to components/schemas and refer to it",
        );
    }

    #[test]
    fn parameters_are_in_path_or_query() {
        let add = |parameter: Value| move |spec: &mut Value| put_operation(spec)["parameters"] = json!([parameter]);
        assert_diagnostic(
            add(json!({"name": "x-sandbox-name", "in": "header", "schema": {"type": "string"}})),
            "t.yaml#/paths/~1things~1{uid}/put/parameters/0: `x-sandbox-name` is a header parameter\n  fix: make it a security scheme; the client adds headers to every call, and progenitor would make it an argument of each call",
        );
        assert_diagnostic(
            add(json!({"name": "id", "in": "path", "required": true, "schema": {"type": "string"}})),
            "t.yaml#/paths/~1things~1{uid}/put/parameters/0: the path has no {id}\n  fix: add {id} to the path, or remove the parameter",
        );
        assert_diagnostic(
            add(json!({"name": "q", "in": "query"})),
            "t.yaml#/paths/~1things~1{uid}/put/parameters/0: `q` has no schema\n  fix: add `schema`",
        );
        assert_diagnostic(
            |spec| {
                spec["paths"]["/things/{uid}"]["parameters"] = json!([]);
                spec["paths"]["/things/{uid}"].as_object_mut().expect("an object").remove("delete");
            },
            "t.yaml#/paths/~1things~1{uid}/put: the path parameter {uid} is not described\n  fix: add a parameter `uid` with `in: path`",
        );
        assert!(
            diagnostics_after(|spec| spec["paths"]["/things/{uid}"]["parameters"][0]["required"] = json!(false))
                .contains("the path parameter `uid` is not required")
        );
    }

    #[test]
    fn rust_name_collisions_are_found() {
        assert_diagnostic(
            |spec| {
                spec["components"]["schemas"]["Stored"]["properties"]["_uid"] =
                    json!({"type": "string", "description": "documented"});
            },
            "t.yaml#/components/schemas/Stored/properties: `uid` and `_uid` become one Rust field, uid\n  fix: remove one; responses may have unknown fields",
        );
        assert_diagnostic(
            |spec| spec["components"]["schemas"]["things"] = spec["components"]["schemas"]["Thing2"].clone(),
            "t.yaml#/components/schemas/things: `things` is not a valid type name\n  fix: start with an upper-case letter and use only letters and digits",
        );
        assert!(
            diagnostics_after(
                |spec| spec["components"]["schemas"]["THING"] = spec["components"]["schemas"]["Thing2"].clone()
            )
            .contains("#/components/schemas: `Thing` and `THING` become one Rust type, Thing")
        );
        assert_diagnostic(
            |spec| spec["components"]["schemas"]["Kind"]["x-extensible-enum"] = json!(["one", "ONE"]),
            "t.yaml#/components/schemas/Kind/x-extensible-enum: `one` and `ONE` become one Rust variant, One\n  fix: remove one",
        );
    }

    #[test]
    fn closed_enum_is_rejected() {
        assert_diagnostic(
            |spec| {
                spec["components"]["schemas"]["Kind"] =
                    json!({"type": "string", "description": "documented", "enum": ["a"], "example": "a"});
            },
            "t.yaml#/components/schemas/Kind/enum: the enum is closed\n  fix: use x-extensible-enum; the service may add values, and parsing must not fail",
        );
        for bad in [json!([]), json!("a"), json!([1]), json!([""]), json!(["other"]), json!(["1"])] {
            let label = bad.to_string();
            let diagnostics =
                diagnostics_after(|spec| spec["components"]["schemas"]["Kind"]["x-extensible-enum"] = bad);
            assert!(diagnostics.contains("#/components/schemas/Kind/x-extensible-enum: "), "{label}: {diagnostics}");
        }
    }

    #[test]
    fn response_requires_only_identifier() {
        assert_diagnostic(
            |spec| spec["components"]["schemas"]["Stored"]["required"] = json!(["uid", "parts"]),
            "t.yaml#/components/schemas/Stored/required: a response requires `parts`\n  fix: require only uid or the envelope (result, results, canDeploy); nothing else is guaranteed",
        );
    }

    #[test]
    fn missing_description_is_found() {
        for (pointer, expected) in [
            ("/paths/~1things~1{uid}/put/description", "/put: `description` is missing"),
            ("/paths/~1things~1{uid}/put/summary", "/put: `summary` is missing"),
            ("/components/schemas/Thing/description", "/Thing: `description` is missing"),
            ("/components/schemas/Thing/example", "/Thing: `example` is missing"),
            ("/components/schemas/Thing/properties/size/description", "/size: `description` is missing"),
        ] {
            let diagnostics = diagnostics_after(|spec| {
                let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
                spec.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object").remove(key);
            });
            assert!(diagnostics.contains(expected) && diagnostics.lines().count() == 2, "{pointer}: {diagnostics}");
        }
    }

    #[test]
    fn description_needs_source() {
        let fix = "fix: end it with (documented), (inferred), (observed) or (unknown), and the source";
        assert_diagnostic(
            |spec| spec["components"]["schemas"]["Thing"]["description"] = json!("A thing."),
            &format!("t.yaml#/components/schemas/Thing: the description names no source\n  {fix}"),
        );
        assert_diagnostic(
            |spec| put_operation(spec)["description"] = json!("Puts a thing."),
            &format!("t.yaml#/paths/~1things~1{{uid}}/put: the description names no source\n  {fix}"),
        );
    }

    #[test]
    fn nested_object_needs_name() {
        assert_diagnostic(
            |spec| spec["components"]["schemas"]["Thing"]["properties"]["size"] = json!({"type": "object", "description": "documented", "properties": {"a": {"type": "string", "description": "documented"}}}),
            "t.yaml#/components/schemas/Thing/properties/size: the object has no name\n  fix: move it to components/schemas and refer to it",
        );
    }

    #[test]
    fn unknown_field_is_located() {
        assert_diagnostic(
            |spec| {
                let schema = spec["components"]["schemas"]["Thing"].as_object_mut().expect("an object");
                let required = schema.remove("required").expect("there");
                schema.insert("requierd".to_owned(), required);
            },
            "t.yaml#/components/schemas/Thing/requierd: `requierd` is not supported here\n  fix: correct or remove it; supported: type, format, title, description, default, example, externalDocs, deprecated, nullable, readOnly, writeOnly, enum, pattern, minLength, maxLength, multipleOf, minimum, maximum, exclusiveMinimum, exclusiveMaximum, items, minItems, maxItems, uniqueItems, properties, required, additionalProperties, minProperties, maxProperties, oneOf",
        );
        assert_diagnostic(
            |spec| put_operation(spec)["responses"]["200"]["description"] = json!(null),
            "t.yaml#/paths/~1things~1{uid}/put/responses/200/description: expected a string, found null\n  fix: correct or remove the value",
        );
        assert_diagnostic(
            |spec| put_operation(spec)["responses"]["200"] = json!({}),
            "t.yaml#/paths/~1things~1{uid}/put/responses/200: `description` is missing\n  fix: add `description`",
        );
        assert_diagnostic(
            |spec| spec["components"]["schemas"]["Thing"]["properties"]["size"]["type"] = json!("int"),
            "t.yaml#/components/schemas/Thing/properties/size/type: `int` is not supported here\n  fix: use string or number or integer or boolean or array or object",
        );
        assert_diagnostic(
            |spec| spec["components"]["schemas"]["Thing"]["properties"]["kind"]["description"] = json!("d"),
            "t.yaml#/components/schemas/Thing/properties/kind/description: a field next to `$ref` is ignored\n  fix: move it to the target of the reference",
        );
        assert_diagnostic(
            |spec| spec["components"]["responses"]["a/b"] = json!({"description": "documented"}),
            "t.yaml#/components/responses/a~1b: `a/b` is not a valid component name\n  fix: use only letters, digits, `.`, `_` and `-`",
        );
        for (key, value) in [("not", json!({})), ("allOf", json!([])), ("anyOf", json!([]))] {
            let diagnostics = diagnostics_after(|spec| spec["components"]["schemas"]["Kind"][key] = value);
            assert!(diagnostics.contains(&format!("/Kind/{key}: `{key}` is not supported here")), "{diagnostics}");
        }
    }

    #[test]
    fn conflicting_keywords_are_found() {
        let size = "t.yaml#/components/schemas/Thing/properties/size";
        for (schema, expected) in [
            (
                json!({"description": "documented", "minimum": 1}),
                "/minimum: `minimum` does not apply to a schema without type\n  fix: add `type: integer` or `type: number`, or remove it",
            ),
            (
                json!({"description": "documented", "type": "string", "items": {"type": "string"}}),
                "/items: `items` does not apply to type string\n  fix: add `type: array`, or remove it",
            ),
            (json!({"description": "documented", "type": "array"}), ": the array has no `items`\n  fix: add `items`"),
            (
                json!({"description": "documented", "type": "integer", "format": "int46"}),
                "/format: `int46` is not a format of type integer\n  fix: use int32 or int64",
            ),
            (
                json!({"description": "documented", "type": "integer", "exclusiveMinimum": true}),
                "/exclusiveMinimum: `exclusiveMinimum` without `minimum`\n  fix: write both or neither",
            ),
            (
                json!({"description": "documented", "type": "integer", "default": "many"}),
                "/default: the default \"many\" is not of type integer\n  fix: use a default of that type",
            ),
            (
                json!({"description": "documented", "oneOf": []}),
                "/oneOf: `oneOf` is empty\n  fix: list the alternatives",
            ),
            (
                json!({"description": "documented", "type": "string", "oneOf": [{"type": "string"}]}),
                "/oneOf: `oneOf` and `type` exclude each other\n  fix: move the type into each alternative",
            ),
        ] {
            assert_diagnostic(
                |spec| spec["components"]["schemas"]["Thing"]["properties"]["size"] = schema,
                &format!("{size}{expected}"),
            );
        }
        assert_diagnostic(
            |spec| spec["components"]["schemas"]["Thing"]["required"] = json!(["size", "weight"]),
            "t.yaml#/components/schemas/Thing/required/1: `weight` is required but not a property\n  fix: describe it, or correct its name",
        );
        assert_diagnostic(
            |spec| spec["components"]["schemas"]["Thing"]["required"] = json!(["size", "size"]),
            "t.yaml#/components/schemas/Thing/required/1: `size` is required twice\n  fix: list it once",
        );
    }

    /// progenitor would overflow the stack, which aborts the process.
    #[test]
    fn recursive_one_of_is_rejected() {
        assert_diagnostic(
            |spec| {
                spec["components"]["schemas"]["Kind"] = json!({"description": "documented", "example": 1, "oneOf": [
                    {"type": "string"}, {"oneOf": [{"$ref": "#/components/schemas/Kind"}]}]});
            },
            "t.yaml#/components/schemas/Kind/oneOf: Kind is an alternative of itself\n  fix: remove the recursive alternative",
        );
    }

    #[test]
    fn arguments_are_unique_scalars() {
        let query = |name: &str| json!({"name": name, "in": "query", "schema": {"type": "string"}});
        for (parameters, expected) in [
            (json!([query("a-b"), query("aB")]), "`a-b` and `aB` become one Rust argument, a_b"),
            (json!([query("uid")]), "`uid` and `uid` become one Rust argument, uid"),
            (json!([query("body")]), "`body` and `body` become one Rust argument, body"),
        ] {
            assert_diagnostic(
                |spec| put_operation(spec)["parameters"] = parameters,
                &format!(
                    "t.yaml#/paths/~1things~1{{uid}}/put/parameters: {expected}\n  fix: rename one; names must differ in more than case and separators, and the body is called `body`"
                ),
            );
        }
        assert_diagnostic(
            |spec| {
                put_operation(spec)["parameters"] = json!([{"name": "q", "in": "query", "schema": {"type": "object"}}]);
            },
            "t.yaml#/paths/~1things~1{uid}/put/parameters/0: `q` is of type object\n  fix: use a single value; paths and queries support nothing else",
        );
        assert_diagnostic(
            |spec| {
                put_operation(spec)["parameters"] =
                    json!([{"name": "q", "in": "query", "style": "simple", "schema": {"type": "string"}}]);
            },
            "t.yaml#/paths/~1things~1{uid}/put/parameters/0: the style of `q` is not form\n  fix: remove `style`; progenitor supports no other",
        );
    }

    #[test]
    fn invalid_path_template_is_rejected() {
        for path in ["things", "/things/{}", "/things/}{", "/things/{a{b}}", "/things/{a/b}", "/things?x=1"] {
            let diagnostics = diagnostics_after(|spec| spec["paths"][path] = json!({}));
            assert!(diagnostics.contains(&format!("`{path}` is not a valid path")), "{path}: {diagnostics}");
        }
    }

    #[test]
    fn shared_schemas_must_be_equal() {
        let mut other = valid_spec();
        other.file = "u.yaml".to_owned();
        assert!(validate_shared_schemas(&[valid_spec(), valid_spec()]).is_empty());
        other.value["components"]["schemas"]["Kind"]["x-extensible-enum"] = json!(["ONE"]);
        let diagnostics = validate_shared_schemas(&[valid_spec(), other]);
        assert_eq!(
            diagnostics.iter().map(ToString::to_string).collect::<Vec<_>>(),
            [
                "u.yaml#/components/schemas/Kind: Kind differs from the schema of the same name in t.yaml\n  fix: make them equal or rename one; both become one Rust type"
            ]
        );
    }

    /// Replaces one node of a valid spec after another.
    #[test]
    fn validator_never_panics() {
        fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
            found.push(at.to_owned());
            match value {
                Value::Object(map) => map.iter().for_each(|(key, child)| {
                    pointers(child, &format!("{at}{}", crate::spec::json_pointer(&[key])), found);
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
        let spec = valid_spec();
        let mut locations = Vec::new();
        pointers(&spec.value, "", &mut locations);
        assert!(locations.len() > 60);
        // All nodes take 4 s.
        let step = if std::env::var("AJO_TEST_FULL").is_ok_and(|value| value == "1") { 1 } else { 5 };
        for location in locations.iter().step_by(step) {
            for replacement in [
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
                let mut spec = valid_spec();
                *spec.value.pointer_mut(location).expect("a node") = replacement;
                validate_spec(&spec);
                validate_shared_schemas(&[valid_spec(), spec]);
            }
        }
    }
}
