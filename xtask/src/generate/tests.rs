use serde_json::{Value, json};

use super::generated_files::GeneratedFiles;
use super::*;

/// The Rust files of all crates.
fn render_rust(specs: &[Spec]) -> Result<GeneratedFiles, String> {
    let mut files = generated_files::render_clients(specs)?;
    files.extend(generated_files::render_facts(specs)?);
    Ok(files)
}

#[test]
fn generation_is_deterministic() {
    let specs = read_project_specs().expect("readable");
    assert_eq!(render_rust(&specs), render_rust(&specs));
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
    let files = render_rust(&specs).expect("generated");
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
    let files = render_rust(&specs).expect("generated");
    assert_eq!(files["capping/types.rs"].matches("pub priority: ::std::option::Option<i64>").count(), 2);
    assert_eq!(files["schemas.rs"].matches(r#"name: "priority""#).count(), 2);
    assert!(files["json_schemas.rs"].contains(r#"\"priority\":{\"description\":\"Which comes first"#));
    let typescript = typescript::render(&specs).expect("generated");
    for value in ["number", "number | undefined"] {
        let field = format!("  /** Which comes first (unknown). */\n  readonly priority?: {value};\n");
        assert_eq!(typescript["models.ts"].matches(&field).count(), 1, "{value}");
    }
}

#[test]
fn requests_strict_responses_lenient() {
    let files = render_rust(&read_project_specs().expect("readable")).expect("generated");
    let types = &files["capping/types.rs"];
    let definition = |name: &str| {
        let (before, after) = types.split_once(&format!("pub struct {name} {{")).expect("a struct");
        let attributes = before.rsplit("\n}").next().expect("attributes").to_owned();
        attributes + after.split_once("\n}").expect("its end").0
    };
    for name in ["CappingDefinition", "CappingServices", "ServiceLimit", "Rating"] {
        let code = definition(name);
        assert!(code.contains("deny_unknown_fields") && !code.contains("lenient::deserialize_field"), "{name}: {code}");
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
    let files = render_rust(&specs).expect("generated");
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
    let files = render_rust(&specs).expect("generated");
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
    let files = render_rust(&read_project_specs().expect("readable")).expect("generated");
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
    let files = render_rust(&specs).expect("generated");
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
                let rendered = render_rust(std::slice::from_ref(&spec));
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
