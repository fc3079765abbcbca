//! `cargo xtask generate`: generates Rust for `ajo-core` and TypeScript for the npm package from `openapi/*.yaml`.
//!
//! The specs are validated first. [`progenitor`] generates the types from a patched spec ([`spec_patches`]), and [`type_adapter`]
//! adapts its output. The client's methods ([`client_methods`]), their [`options`], and the [`operation_table`] are rendered from the
//! [`operation_model`]. [`generated_files`] writes or compares all files.

mod client_methods;
mod generated_files;
mod json_schema;
mod open_enums;
pub(crate) mod operation_model;
mod operation_table;
mod options;
mod progenitor;
pub(crate) mod rust_type;
mod schema_tables;
mod spec_patches;
mod type_adapter;
mod typescript;

use std::fmt::Write as _;

use crate::spec::{Spec, read_project_specs};
use crate::validate;
use crate::workspace::root;

/// The folder of the generated Rust, relative to the workspace root.
const RUST: &str = "crates/core/src/generated";
/// The folder of the generated TypeScript.
const TYPESCRIPT: &str = "crates/wasm/npm/src/generated";
/// The folder of the generated TypeScript of the emulator's package.
const EMULATOR_TYPESCRIPT: &str = "crates/emulator-wasm/npm/src/generated";
/// The file with a generated table.
const README: &str = "crates/wasm/npm/README.md";

/// Generates the code, then writes it, or with `check` compares it.
pub(crate) fn run(check: bool) -> Result<String, String> {
    let specs = read_project_specs()?;
    let mut diagnostics: Vec<_> = specs.iter().flat_map(validate::validate_spec).collect();
    diagnostics.extend(validate::validate_shared_schemas(&specs));
    if !diagnostics.is_empty() {
        let mut text = format!("the specs have {} errors", diagnostics.len());
        for diagnostic in &diagnostics {
            let _ = write!(text, "\n{diagnostic}");
        }
        return Err(text);
    }

    let (mut stale, mut count) = (String::new(), 0);
    for (target, files) in [
        (RUST, generated_files::render(&specs)?),
        (TYPESCRIPT, typescript::render(&specs)?),
        (EMULATOR_TYPESCRIPT, typescript::render_emulator(&specs)?),
    ] {
        count += files.len();
        if check {
            stale += &generated_files::diff_files(&root().join(target), &files)?;
        } else {
            generated_files::write_files(&root().join(target), &files)?;
        }
    }
    stale += &update_readme(&specs, check)?;
    if !stale.is_empty() {
        return Err(format!("generated files are stale; run `cargo xtask generate` and commit the result\n{stale}"));
    }
    let done = if check { "match the specs" } else { "written" };
    Ok(format!("{count} files and the table in {README}: {done}"))
}

/// Writes the table into the README; with `check`, returns only the diff.
fn update_readme(specs: &[Spec], check: bool) -> Result<String, String> {
    let path = root().join(README);
    let old = std::fs::read_to_string(&path).map_err(|error| format!("failed to read {README}: {error}"))?;
    let new = typescript::readme_table::update(&old, specs).map_err(|problem| format!("{README}: {problem}"))?;
    if check {
        return Ok(generated_files::unified_diff(README, &old, &new));
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
    fn generation_is_deterministic() {
        let specs = read_project_specs().expect("readable");
        assert_eq!(generated_files::render(&specs), generated_files::render(&specs));
    }

    #[test]
    fn committed_code_is_current() {
        run(true).expect("not stale");
    }

    #[test]
    fn added_field_becomes_typed() {
        let mut specs = read_project_specs().expect("readable");
        let schemas = &mut specs[0].value["components"]["schemas"];
        schemas["CappingConfig"]["properties"]["costCenter"] =
            json!({"type": "integer", "description": "Who pays (unknown)."});
        schemas["CappingDefinition"]["properties"]["costCenter"] =
            json!({"type": "string", "description": "Who pays (unknown)."});
        assert!(validate::validate_spec(&specs[0]).is_empty());
        let files = generated_files::render(&specs).expect("generated");
        let types = &files["capping/types.rs"];
        assert!(types.contains("pub cost_center: ::std::option::Option<i64>"), "{types}");
        assert!(types.contains("pub cost_center: ::std::option::Option<::std::string::String>"), "{types}");
    }

    #[test]
    fn added_field_reaches_typescript() {
        let mut specs = read_project_specs().expect("readable");
        for name in ["CappingDefinition", "CappingConfig"] {
            specs[0].value["components"]["schemas"][name]["properties"]["priority"] =
                json!({"type": "integer", "format": "int64", "description": "Which comes first (unknown)."});
        }
        assert!(validate::validate_spec(&specs[0]).is_empty());
        let files = generated_files::render(&specs).expect("generated");
        assert_eq!(files["capping/types.rs"].matches("pub priority: ::std::option::Option<i64>").count(), 2);
        assert_eq!(files["schemas.rs"].matches(r#"name: "priority""#).count(), 2);
        assert!(files["json_schemas.rs"].contains(r#"\"priority\":{\"description\":\"Which comes first"#));
        let typescript = typescript::render(&specs).expect("generated");
        let field = "  /** Which comes first (unknown). */\n  readonly priority?: number;\n";
        assert_eq!(typescript["models.ts"].matches(field).count(), 2);
    }

    #[test]
    fn added_operation_reaches_typescript() {
        let mut specs = read_project_specs().expect("readable");
        specs[0].value["paths"]["/endpointConfigs/{uid}/history"] = json!({
            "parameters": [{"$ref": "#/components/parameters/uid"}],
            "get": {
                "operationId": "read_history",
                "summary": "Read the history",
                "description": "Returns who did what (unknown).",
                "responses": {"200": {
                    "description": "The history.",
                    "content": {"application/json": {"schema": {"type": "object"}}},
                }},
            },
        });
        let typescript = typescript::render(&specs).expect("generated");
        let method = "  /**\n   * Read the history.\n   *\n   * Returns who did what (unknown).\n   */\n  \
                      readHistory(uid: string, options?: CallOptions): Promise<Record<string, unknown>>;\n";
        let operations = &typescript["operations.ts"];
        assert_eq!(operations.matches(method).count(), 1, "{operations}");
        assert_eq!(operations.matches("    readHistory: [\"uid\"],\n").count(), 1);
        assert_eq!(operations.matches("\"capping.read_history\"").count(), 1);
        let emulator = typescript::render_emulator(&specs).expect("generated");
        assert_eq!(emulator["operations.ts"].matches("\"capping.read_history\"").count(), 1);
        let readme = "<!-- operations: written by `cargo xtask generate` -->\n<!-- operations: end -->\n";
        let readme = typescript::readme_table::update(readme, &specs).expect("markers");
        let row = "| `capping.readHistory(uid, options?)` | `Record<string, unknown>` | Read the history |\n";
        assert!(readme.contains(row), "{readme}");
    }

    #[test]
    fn unsupported_npm_parameter_fails() {
        let mut specs = read_project_specs().expect("readable");
        specs[1].value["paths"]["/list/throttlingConfigs"]["post"]["parameters"] =
            json!([{"name": "limit", "in": "query", "schema": {"type": "integer"}}]);
        let error = typescript::render(&specs).expect_err("it is not a boolean");
        assert!(error.contains("`limit` of `list`") && error.contains("openapi/throttling.yaml"), "{error}");
    }

    #[test]
    fn requests_strict_responses_lenient() {
        let files = generated_files::render(&read_project_specs().expect("readable")).expect("generated");
        let types = &files["capping/types.rs"];
        let definition = |name: &str| {
            let (before, after) = types.split_once(&format!("pub struct {name} {{")).expect("a struct");
            let attributes = before.rsplit("\n}").next().expect("attributes").to_owned();
            attributes + after.split_once("\n}").expect("its end").0
        };
        for name in ["CappingDefinition", "CappingServices", "ServiceLimit", "Rating"] {
            let code = definition(name);
            assert!(
                code.contains("deny_unknown_fields") && !code.contains("lenient::deserialize_field"),
                "{name}: {code}"
            );
        }
        for name in
            ["CappingConfig", "DeployedCapping", "CappingServicesResponse", "ServiceLimitResponse", "RatingResponse"]
        {
            let code = definition(name);
            assert!(code.contains("lenient::deserialize_field") && !code.contains("deny_unknown"), "{name}: {code}");
        }
    }

    #[test]
    fn operation_table_is_complete() {
        let specs = read_project_specs().expect("readable");
        let files = generated_files::render(&specs).expect("generated");
        let count: usize = specs.iter().map(|spec| spec.operations().count()).sum();
        assert_eq!(files["operations.rs"].matches(": Operation = Operation {").count(), count);
        assert!(files["operations.rs"].contains(&format!("[Operation; {count}usize]")));
    }

    /// Adds `GET /endpointConfigs/{uid}/history` to the capping spec only.
    fn with_history() -> Vec<Spec> {
        let mut specs = read_project_specs().expect("readable");
        specs[0].value["paths"]["/endpointConfigs/{uid}/history"] = json!({
            "parameters": [{"$ref": "#/components/parameters/uid"}],
            "get": {
                "operationId": "history", "tags": ["capping"],
                "summary": "Read the history of a configuration", "description": "Returns who did what (unknown).",
                "responses": {"200": {
                    "description": "The history.", "content": {"application/json": {"schema": {"type": "object"}}},
                }},
            },
        });
        specs
    }

    #[test]
    fn added_operation_becomes_method() {
        let specs = with_history();
        assert!(validate::validate_spec(&specs[0]).is_empty(), "{:?}", validate::validate_spec(&specs[0]));
        let files = generated_files::render(&specs).expect("generated");
        let client = &files["capping/client.rs"];
        let (before, after) = client.split_once("    pub fn history(").expect("a method");
        let doc = &before[before.rfind("/**").expect("a doc comment")..];
        assert!(doc.contains("Read the history of a configuration.\n\nReturns who did what (unknown)."), "{doc}");
        assert!(doc.contains("`GET /endpointConfigs/{uid}/history`"), "{doc}");
        let signature = after.split('{').next().expect("a signature").split_whitespace().collect::<String>();
        assert!(signature.contains("uid:&crate::Uid"), "{signature}");
        assert!(signature.contains("Call<'c,T,::serde_json::Map<String,::serde_json::Value>>"), "{signature}");
        assert!(!files["throttling/client.rs"].contains("history"));
        let table = &files["operations.rs"];
        assert!(table.contains("CAPPING_HISTORY") && !table.contains("THROTTLING_HISTORY"), "{table}");
        assert!(files["verbs.rs"].contains("History = \"history\""));
    }

    /// The extensions say what `OpenAPI` cannot.
    #[test]
    fn extensions_reach_generated_code() {
        let files = generated_files::render(&read_project_specs().expect("readable")).expect("generated");
        let row = |name: &str| {
            let (_, after) = files["operations.rs"].split_once(&format!("const {name}: ")).expect("a row");
            after.split_once("};").expect("its end").0.to_owned()
        };
        for (name, expected) in [
            ("CAPPING_LIST", ["Idempotency::Safe", "RequestBody::Fixed(\"{}\")", "Some(\"results\")"]),
            ("CAPPING_CREATE", ["Idempotency::NotIdempotent", "RequestBody::Definition", "envelope: None"]),
            ("CAPPING_UPDATE", ["Idempotency::Idempotent", "AlreadyApplied::Never", "ResponseValue::Configuration"]),
            ("CAPPING_DELETE", ["Idempotency::Idempotent", "AlreadyApplied::NotFound", "ResponseValue::None"]),
            ("CAPPING_DEPLOY", ["Idempotency::Idempotent", "AlreadyApplied::Never", "RequestBody::None"]),
            ("THROTTLING_DEPLOY", ["Idempotency::Idempotent", "AlreadyApplied::Code(\"14466\")", "success: 204"]),
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

    /// Parameters of any type, in the path and the query.
    #[test]
    fn all_parameter_types_are_generated() {
        let mut specs = with_history();
        let query = |name: &str, kind: &str| json!({"name": name, "in": "query", "schema": {"type": kind}});
        let history = &mut specs[0].value["paths"]["/endpointConfigs/{uid}/history"]["get"];
        let mut since = query("since", "integer");
        since["required"] = json!(true);
        history["parameters"] = json!([since, query("maxCount", "integer"), query("author", "string")]);
        assert!(validate::validate_spec(&specs[0]).is_empty());
        let files = generated_files::render(&specs).expect("generated");
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

    /// Replaces one node after another: progenitor accepts each spec that the validator accepts. A panic of progenitor or typify
    /// fails this test.
    #[test]
    fn validated_specs_become_rust() {
        let specs = read_project_specs().expect("readable");
        let original = &specs[1];
        let mut locations = Vec::new();
        pointers(&original.value, "", &mut locations);
        // All nodes take 13 s.
        let step = if std::env::var("AJO_TEST_FULL").is_ok_and(|value| value == "1") { 1 } else { 7 };
        let mut passed = 0;
        for location in locations.iter().step_by(step) {
            for replacement in
                [Value::Null, json!("x"), json!([]), json!({}), json!({"type": "object", "description": "documented"})]
            {
                let mut value = original.value.clone();
                *value.pointer_mut(location).expect("a node") = replacement.clone();
                let spec = Spec { file: original.file.clone(), value };
                if validate::validate_spec(&spec).is_empty() {
                    passed += 1;
                    let rendered = generated_files::render(std::slice::from_ref(&spec));
                    // Without any bounds or error responses, a patch has nothing to change and reports that.
                    let is_ok = rendered.as_ref().map_or_else(|error| error.contains("the spec patch `"), |_| true);
                    assert!(is_ok, "{location} := {replacement}: {:?}", rendered.err());
                }
            }
        }
        assert!(passed * step > 50, "only {passed} of the changed specs pass the validator");
    }

    /// The nodes that affect the generated code; descriptions and examples do not.
    fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
        const IGNORED: [&str; 6] = ["description", "summary", "example", "info", "servers", "securitySchemes"];
        found.push(at.to_owned());
        match value {
            Value::Object(map) => {
                map.iter().filter(|(key, _)| !IGNORED.contains(&key.as_str())).for_each(|(key, child)| {
                    pointers(child, &format!("{at}{}", crate::spec::json_pointer(&[key])), found);
                });
            }
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(index, child)| pointers(child, &format!("{at}/{index}"), found));
            }
            _ => {}
        }
    }
}
