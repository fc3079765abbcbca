use serde_json::json;

use super::*;
use crate::generate::generated_files;
use crate::spec::read_project_specs;

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
    let typescript = render(&specs).expect("generated");
    let method = "  /**\n   * Read the history.\n   *\n   * Returns who did what (unknown).\n   */\n  \
                  readHistory(uid: string, options?: CallOptions): ApiCall<Record<string, unknown>>;\n";
    let operations = &typescript["operations.ts"];
    assert_eq!(operations.matches(method).count(), 1, "{operations}");
    let row = "  { api: \"capping\", name: \"readHistory\", method: \"GET\", path: \"/endpointConfigs/{uid}/history\", \
               value: \"object\", idempotency: \"safe\" },\n";
    assert_eq!(operations.matches(row).count(), 1, "{operations}");
    assert_eq!(operations.matches("\"capping.read_history\"").count(), 1);
    let emulator = render_emulator(&specs).expect("generated");
    assert_eq!(emulator["operations.ts"].matches("\"capping.read_history\"").count(), 1);
    let readme = "<!-- operations: written by `cargo xtask generate` -->\n<!-- operations: end -->\n";
    let readme = readme_table::update(readme, &specs).expect("markers");
    let row = "| `capping.readHistory(uid, options?)` | `Record<string, unknown>` | Read the history |\n";
    assert!(readme.contains(row), "{readme}");
}

#[test]
fn unsupported_npm_parameter_fails() {
    let mut specs = read_project_specs().expect("readable");
    specs[1].value["paths"]["/list/throttlingConfigs"]["post"]["parameters"] =
        json!([{"name": "limit", "in": "query", "schema": {"type": "integer"}}]);
    let error = render(&specs).expect_err("it is not a boolean");
    assert!(error.contains("`limit` of `list`") && error.contains("openapi/throttling.yaml"), "{error}");
}

/// A call passes the index in this table to the core.
#[test]
fn operations_have_the_order_of_rust() {
    let mut specs = read_project_specs().expect("readable");
    for reversed in [false, true] {
        if reversed {
            specs.reverse();
        }
        let typescript = render(&specs).expect("generated");
        let rust = generated_files::render_facts(&specs).expect("generated");
        let (_, table) = rust["operations.rs"].split_once("pub static OPERATIONS").expect("a table");
        let (_, rows) = table.split_once("] = [").expect("rows");
        let constants: Vec<String> =
            rows.split([',', ']']).map(|name| name.trim().replace('_', "").to_lowercase()).collect();
        let values = |field: &str| -> Vec<String> {
            let (_, table) = typescript["operations.ts"].split_once("OPERATIONS: ").expect("a table");
            let start = format!("{field}: \"");
            table.split(&start).skip(1).map(|rest| rest.split('"').next().unwrap_or_default().to_lowercase()).collect()
        };
        let methods: Vec<String> =
            values("{ api").iter().zip(values("name")).map(|(api, name)| format!("{api}{name}")).collect();
        assert!(methods.len() >= 16, "{methods:?}");
        assert_eq!(methods, constants[..methods.len()]);
    }
}

/// `create({ methods: ["GET"] } as const)` compiles, and so does a missing field that is `undefined`.
#[test]
fn requests_accept_readonly_lists_and_undefined() {
    let models = &render(&read_project_specs().expect("readable")).expect("generated")["models.ts"];
    let interface = |name: &str| {
        let (_, after) = models.split_once(&format!("export interface {name} {{\n")).expect("an interface");
        after.split_once("\n}").expect("its end").0.to_owned()
    };
    let definition = interface("CappingDefinition");
    assert!(definition.contains("  readonly methods: readonly HttpMethod[];"), "{definition}");
    assert!(definition.contains("  readonly orgId?: string | undefined;"), "{definition}");
    assert!(interface("ServiceLimit").contains("  readonly maxHttpConnections?: number | undefined;"));
    let config = interface("CappingConfig");
    assert!(config.contains("  readonly methods?: HttpMethod[];"), "{config}");
}
