//! `cargo xtask generate`: from `openapi/*.yaml` to the generated Rust of `ajo-core` and TypeScript of the npm package.
//!
//! The specs are validated. The types come from [`progenitor`], whose input is patched ([`patches`]) and whose output is adapted
//! ([`types`]). The methods of the client ([`client`]), their [`options`], and the table of [`operations`] are written from the
//! [`model`] of the operations. [`files`] puts everything in its place.

mod client;
mod enums;
mod files;
mod json_schema;
pub(crate) mod model;
mod operations;
mod options;
mod patches;
mod progenitor;
pub(crate) mod rust_type;
mod schemas;
mod types;
mod typescript;

use std::fmt::Write as _;

use crate::spec::{Spec, specifications};
use crate::validate;
use crate::workspace::root;

/// Where the generated Rust is kept, from the root of the workspace.
const RUST: &str = "crates/core/src/generated";
/// Where the generated TypeScript is kept.
const TYPESCRIPT: &str = "crates/wasm/npm/src/generated";
/// The file with a generated table.
const README: &str = "crates/wasm/npm/README.md";

/// Generates, and writes or (with `check`) compares.
pub(crate) fn run(check: bool) -> Result<String, String> {
    let specs = specifications()?;
    let mut findings: Vec<_> = specs.iter().flat_map(validate::validate).collect();
    findings.extend(validate::validate_together(&specs));
    if !findings.is_empty() {
        let mut text = format!("the specs have {} problem(s)", findings.len());
        for finding in &findings {
            let _ = write!(text, "\n{finding}");
        }
        return Err(text);
    }

    let (mut stale, mut count) = (String::new(), 0);
    for (target, files) in [(RUST, files::render(&specs)?), (TYPESCRIPT, typescript::render(&specs)?)] {
        count += files.len();
        if check {
            stale += &files::differences(&root().join(target), &files)?;
        } else {
            files::write(&root().join(target), &files)?;
        }
    }
    stale += &update_readme(&specs, check)?;
    if !stale.is_empty() {
        return Err(format!("generated files are stale; run `cargo xtask generate` and commit the result\n{stale}"));
    }
    let done = if check { "match the specs" } else { "written" };
    Ok(format!("{count} files and the table in {README}: {done}"))
}

/// Writes the table into the README; with `check`, only gives the difference.
fn update_readme(specs: &[Spec], check: bool) -> Result<String, String> {
    let path = root().join(README);
    let old = std::fs::read_to_string(&path).map_err(|error| format!("failed to read {README}: {error}"))?;
    let new = typescript::readme::update(&old, specs).map_err(|problem| format!("{README}: {problem}"))?;
    if check {
        return Ok(files::diff(README, &old, &new));
    }
    if old != new {
        std::fs::write(&path, new).map_err(|error| format!("failed to write {README}: {error}"))?;
    }
    Ok(String::new())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn generating_twice_gives_the_same() {
        let specs = specifications().expect("readable");
        assert_eq!(files::render(&specs), files::render(&specs));
    }

    #[test]
    fn the_committed_code_is_what_the_specs_say() {
        run(true).expect("not stale");
    }

    #[test]
    fn a_field_added_to_a_spec_becomes_a_typed_field() {
        let mut specs = specifications().expect("readable");
        let schemas = &mut specs[0].value["components"]["schemas"];
        schemas["CappingConfig"]["properties"]["costCenter"] =
            json!({"type": "integer", "description": "Who pays (unknown)."});
        schemas["CappingDefinition"]["properties"]["costCenter"] =
            json!({"type": "string", "description": "Who pays (unknown)."});
        assert!(validate::validate(&specs[0]).is_empty());
        let files = files::render(&specs).expect("generated");
        let types = &files["capping/types.rs"];
        assert!(types.contains("pub cost_center: ::std::option::Option<i64>"), "{types}");
        assert!(types.contains("pub cost_center: ::std::option::Option<::std::string::String>"), "{types}");
    }

    #[test]
    fn a_field_added_to_a_spec_is_in_the_tables_and_in_typescript() {
        let mut specs = specifications().expect("readable");
        for name in ["CappingDefinition", "CappingConfig"] {
            specs[0].value["components"]["schemas"][name]["properties"]["priority"] =
                json!({"type": "integer", "format": "int64", "description": "Which comes first (unknown)."});
        }
        assert!(validate::validate(&specs[0]).is_empty());
        let files = files::render(&specs).expect("generated");
        assert_eq!(files["capping/types.rs"].matches("pub priority: ::std::option::Option<i64>").count(), 2);
        assert_eq!(files["schemas.rs"].matches(r#"name: "priority""#).count(), 2);
        assert!(files["json_schemas.rs"].contains(r#"\"priority\":{\"description\":\"Which comes first"#));
        let typescript = typescript::render(&specs).expect("generated");
        let field = "  /** Which comes first (unknown). */\n  readonly priority?: number;\n";
        assert_eq!(typescript["models.ts"].matches(field).count(), 2);
    }

    #[test]
    fn an_operation_added_to_one_spec_is_in_typescript_and_in_the_readme() {
        let mut specs = specifications().expect("readable");
        specs[0].value["paths"]["/endpointConfigs/{uid}/history"] = json!({
            "parameters": [{"$ref": "#/components/parameters/uid"}],
            "get": {
                "operationId": "read_history",
                "summary": "Read the history",
                "description": "Answers who did what (unknown).",
                "responses": {"200": {
                    "description": "The history.",
                    "content": {"application/json": {"schema": {"type": "object"}}},
                }},
            },
        });
        let typescript = typescript::render(&specs).expect("generated");
        let method = "  /**\n   * Read the history.\n   *\n   * Answers who did what (unknown).\n   */\n  \
                      readHistory(uid: string, options?: CallOptions): Promise<Record<string, unknown>>;\n";
        let operations = &typescript["operations.ts"];
        assert_eq!(operations.matches(method).count(), 1, "{operations}");
        assert_eq!(operations.matches("    readHistory: [\"uid\"],\n").count(), 1);
        assert_eq!(operations.matches("\"capping.read_history\"").count(), 1);
        let readme = "<!-- operations: written by `cargo xtask generate` -->\n<!-- operations: end -->\n";
        let readme = typescript::readme::update(readme, &specs).expect("markers");
        let row = "| `capping.readHistory(uid, options?)` | `Record<string, unknown>` | Read the history |\n";
        assert!(readme.contains(row), "{readme}");
    }

    #[test]
    fn a_parameter_that_the_npm_package_cannot_pass_is_named() {
        let mut specs = specifications().expect("readable");
        specs[1].value["paths"]["/list/throttlingConfigs"]["post"]["parameters"] =
            json!([{"name": "limit", "in": "query", "schema": {"type": "integer"}}]);
        let error = typescript::render(&specs).expect_err("it is no flag");
        assert!(error.contains("`limit` of `list`") && error.contains("openapi/throttling.yaml"), "{error}");
    }

    #[test]
    fn what_is_sent_is_strict_and_what_is_answered_lenient() {
        let files = files::render(&specifications().expect("readable")).expect("generated");
        let types = &files["capping/types.rs"];
        let of = |name: &str| {
            let (before, after) = types.split_once(&format!("pub struct {name} {{")).expect("a struct");
            let attributes = before.rsplit("\n}").next().expect("what stands before it").to_owned();
            attributes + after.split_once("\n}").expect("its end").0
        };
        for sent in ["CappingDefinition", "CappingServices", "ServiceLimit", "Rating"] {
            assert!(
                of(sent).contains("deny_unknown_fields") && !of(sent).contains("lenient::field"),
                "{sent}: {}",
                of(sent)
            );
        }
        for answered in ["CappingConfig", "DeployedCapping", "AnsweredServices", "AnsweredLimit", "AnsweredRating"] {
            assert!(of(answered).contains("lenient::field") && !of(answered).contains("deny_unknown"), "{answered}");
        }
    }

    #[test]
    fn the_table_of_operations_has_all_of_both_specs() {
        let specs = specifications().expect("readable");
        let files = files::render(&specs).expect("generated");
        let described: usize = specs.iter().map(|spec| spec.operations().count()).sum();
        assert_eq!(files["operations.rs"].matches(": Operation = Operation {").count(), described);
        assert!(files["operations.rs"].contains(&format!("[Operation; {described}usize]")));
    }

    /// Adds `GET /endpointConfigs/{uid}/history` to the capping spec, and only there.
    fn with_history() -> Vec<Spec> {
        let mut specs = specifications().expect("readable");
        specs[0].value["paths"]["/endpointConfigs/{uid}/history"] = json!({
            "parameters": [{"$ref": "#/components/parameters/uid"}],
            "get": {
                "operationId": "history", "tags": ["capping"],
                "summary": "Read the history of a configuration", "description": "Answers who did what (unknown).",
                "responses": {"200": {
                    "description": "The history.", "content": {"application/json": {"schema": {"type": "object"}}},
                }},
            },
        });
        specs
    }

    #[test]
    fn an_operation_added_to_one_spec_becomes_a_documented_method() {
        let specs = with_history();
        assert!(validate::validate(&specs[0]).is_empty(), "{:?}", validate::validate(&specs[0]));
        let files = files::render(&specs).expect("generated");
        let client = &files["capping/client.rs"];
        let (before, after) = client.split_once("    pub fn history(").expect("a method");
        let doc = &before[before.rfind("/**").expect("a doc comment")..];
        assert!(doc.contains("Read the history of a configuration.\n\nAnswers who did what (unknown)."), "{doc}");
        assert!(doc.contains("`GET /endpointConfigs/{uid}/history`"), "{doc}");
        let signature = after.split('{').next().expect("a signature").split_whitespace().collect::<String>();
        assert!(signature.contains("uid:&crate::Uid"), "{signature}");
        assert!(signature.contains("Call<'c,T,::serde_json::Map<String,::serde_json::Value>>"), "{signature}");
        assert!(!files["throttling/client.rs"].contains("history"));
        let table = &files["operations.rs"];
        assert!(table.contains("CAPPING_HISTORY") && !table.contains("THROTTLING_HISTORY"), "{table}");
        assert!(files["verbs.rs"].contains("History = \"history\""));
    }

    /// What `OpenAPI` cannot say comes from the extensions.
    #[test]
    fn extensions_reach_the_table_and_the_methods() {
        let files = files::render(&specifications().expect("readable")).expect("generated");
        let row = |name: &str| {
            let (_, after) = files["operations.rs"].split_once(&format!("const {name}: ")).expect("a row");
            after.split_once("};").expect("its end").0.to_owned()
        };
        for (name, expected) in [
            ("CAPPING_LIST", ["Idempotency::Safe", "RequestBody::Default(\"{}\")", "Some(\"results\")"]),
            ("CAPPING_CREATE", ["Idempotency::NotIdempotent", "RequestBody::Definition", "envelope: None"]),
            ("CAPPING_UPDATE", ["Idempotency::Idempotent", "AlreadyDone::Never", "ResponseValue::Configuration"]),
            ("CAPPING_DELETE", ["Idempotency::Idempotent", "AlreadyDone::NotFound", "ResponseValue::Nothing"]),
            ("CAPPING_DEPLOY", ["Idempotency::Idempotent", "AlreadyDone::Never", "RequestBody::None"]),
            ("THROTTLING_DEPLOY", ["Idempotency::Idempotent", "AlreadyDone::Code(\"14466\")", "success: 204"]),
            ("THROTTLING_CAN_DEPLOY", ["Idempotency::Safe", "Some(\"canDeploy\")", "ResponseValue::Object"]),
        ] {
            let row = row(name);
            for part in expected {
                assert!(row.contains(part), "{name} has no {part}: {row}");
            }
        }
        assert!(files["capping/client.rs"].contains("org_id: Some(self.client.org_id().to_string())"));
        assert!(!files["throttling/client.rs"].contains("org_id"));
        assert!(files["options.rs"].contains("pub force: bool"));
    }

    /// Parameters of any type, several of the path, and a body.
    #[test]
    fn arguments_and_options_of_any_type_are_generated() {
        let mut specs = with_history();
        let query = |name: &str, kind: &str| json!({"name": name, "in": "query", "schema": {"type": kind}});
        let history = &mut specs[0].value["paths"]["/endpointConfigs/{uid}/history"]["get"];
        let mut since = query("since", "integer");
        since["required"] = json!(true);
        history["parameters"] = json!([since, query("maxCount", "integer"), query("author", "string")]);
        assert!(validate::validate(&specs[0]).is_empty());
        let files = files::render(&specs).expect("generated");
        let client = files["capping/client.rs"].split_whitespace().collect::<String>();
        assert!(client.contains("uid:&crate::Uid,since:i64,options:options::HistoryOptions"), "{client}");
        assert!(client.contains(".path_parameter(uid.as_str()).query(\"since\",Some(&since.to_string()))"), "{client}");
        assert!(client.contains(".query(\"author\",options.author.as_deref())"), "{client}");
        let options = &files["options.rs"];
        assert!(
            options.contains("pub struct HistoryOptions") && options.contains("pub max_count: Option<i64>"),
            "{options}"
        );
    }

    /// Puts something else in the place of one node after the other: what the validator lets pass, progenitor accepts. A
    /// panic of progenitor or typify fails this test.
    #[test]
    fn what_passes_the_validator_becomes_rust() {
        let specs = specifications().expect("readable");
        let original = &specs[1];
        let mut places = Vec::new();
        pointers(&original.value, "", &mut places);
        // All places take 13 s.
        let every = if std::env::var("AJO_TEST_FULL").is_ok_and(|value| value == "1") { 1 } else { 7 };
        let mut passed = 0;
        for place in places.iter().step_by(every) {
            for odd in
                [Value::Null, json!("x"), json!([]), json!({}), json!({"type": "object", "description": "documented"})]
            {
                let mut value = original.value.clone();
                *value.pointer_mut(place).expect("a node") = odd.clone();
                let spec = Spec { file: original.file.clone(), value };
                if validate::validate(&spec).is_empty() {
                    passed += 1;
                    let rendered = files::render(std::slice::from_ref(&spec));
                    // A spec whose bounds or failures are all gone makes a patch say so, which is an error with a name.
                    let fine = rendered.as_ref().map_or_else(|error| error.contains("the spec patch `"), |_| true);
                    assert!(fine, "{place} := {odd}: {:?}", rendered.err());
                }
            }
        }
        assert!(passed * every > 50, "only {passed} of the changed specs pass, so this test says little");
    }

    /// The places that decide what is generated; texts and examples do not.
    fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
        const TEXTS: [&str; 6] = ["description", "summary", "example", "info", "servers", "securitySchemes"];
        found.push(at.to_owned());
        match value {
            Value::Object(map) => {
                map.iter().filter(|(key, _)| !TEXTS.contains(&key.as_str())).for_each(|(key, child)| {
                    pointers(child, &format!("{at}{}", crate::spec::pointer(&[key])), found);
                });
            }
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(index, child)| pointers(child, &format!("{at}/{index}"), found));
            }
            _ => {}
        }
    }
}
