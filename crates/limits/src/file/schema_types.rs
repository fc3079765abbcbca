//! The limits file format, as JSON Schema types and as key lists for the parser.
//!
//! The parser does not use the types, because it must report every mistake with its position. A test in `json_schema.rs` keeps
//! types and key lists in sync.

use ajo_core::Api;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Value, json};

use crate::definition_schema::definition_schema;
use crate::plan::{ordered_fields, request_body_schema};

pub(crate) const LIMITS_FILE_KEYS: &[&str] =
    &["version", "sandbox", "production", "base", "variables", "secrets", "policy", "state", "capping", "throttling"];
/// The keys of an entry that are not part of the definition.
pub(crate) const FILE_ONLY_KEYS: [&str; 3] = [DEPLOYMENT_KEYS[0], DEPLOYMENT_KEYS[1], EXTRA];
/// The keys of an entry that say whether it should exist and be deployed.
pub(crate) const DEPLOYMENT_KEYS: [&str; 2] = ["deployed", "absent"];
/// The key for fields that the specification does not have.
pub(crate) const EXTRA: &str = "extra";

/// The keys of an entry, in display order.
pub(crate) fn entry_keys(api: Api) -> Vec<&'static str> {
    ordered_fields(request_body_schema(api)).iter().map(|field| field.name).chain(FILE_ONLY_KEYS).collect()
}

/// The desired limits of one sandbox. With `base`, only the differences from another file.
#[derive(JsonSchema)]
#[schemars(
    rename = "Limits",
    title = "Limits of Adobe Journey Optimizer",
    rename_all = "camelCase",
    deny_unknown_fields
)]
#[expect(dead_code, reason = "only used to generate the schema")]
pub(crate) struct LimitsFileSchema {
    /// The version of this file format: 1.
    #[schemars(extend("const" = 1, "default" = 1))]
    version: u32,
    /// The name of the sandbox, in lower case. It may come from the base.
    #[schemars(extend("examples" = ["prod"]))]
    sandbox: Option<String>,
    /// `true`: changes always need a confirmation. `false`: `ajo` verifies that this is a development sandbox. Without it, Adobe's
    /// Sandbox Management decides.
    production: Option<bool>,
    /// The limits file that this file overrides, relative to this file. An entry here is merged into the base's entry with the
    /// same URL and methods (without methods: with the same URL, if only one has it); `null` removes a field.
    #[schemars(extend("examples" = ["base.yaml"]))]
    base: Option<String>,
    /// The environment variables that strings in this file may use as `${NAME}`. `$${` is a literal `${`.
    #[schemars(extend("examples" = [["PARTNER_HOST"]]))]
    variables: Option<Vec<VariableName>>,
    /// The environment variables with secrets that strings in limits may use as `${NAME}`. Output and stored files never contain
    /// their values, which must have at least 16 characters.
    #[schemars(extend("examples" = [["PARTNER_TOKEN"]]))]
    secrets: Option<Vec<VariableName>>,
    /// The policy for these limits, relative to this file.
    #[schemars(extend("examples" = ["policy.yaml"]))]
    policy: Option<String>,
    /// Where the state is: the path of a state file, relative to this file, or a bucket (`s3://`, `gs://`, `az://`) that
    /// several machines share. The default is `ajo.state.json` next to this file.
    #[schemars(extend("examples" = ["ajo.state.json", "s3://bucket/prefix"]))]
    state: Option<String>,
    /// Capping limits of this sandbox. Calls over a limit are rejected.
    capping: Option<Vec<CappingEntrySchema>>,
    /// The throttling limit. Calls over the limit wait in a queue. An organization has only one, for all its sandboxes.
    throttling: Option<ThrottlingEntrySchema>,
}

/// The schema of a capping entry.
pub(crate) struct CappingEntrySchema;

impl JsonSchema for CappingEntrySchema {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Capping".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let description = "A capping limit: calls over the limit are rejected. Identified by its URL and methods.";
        let mut schema = entry_schema(Api::Capping, description);
        schema["required"] = json!(["url"]);
        into_schema(schema)
    }
}

/// The schema of the throttling entry.
pub(crate) struct ThrottlingEntrySchema;

impl JsonSchema for ThrottlingEntrySchema {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Throttling".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let description = "The throttling limit: calls over the limit wait in a queue. Requires a production sandbox.";
        into_schema(entry_schema(Api::Throttling, description))
    }
}

/// The schema of a definition with the additional keys of a limits file.
fn entry_schema(api: Api, description: &str) -> Value {
    let mut schema = definition_schema(api);
    schema["description"] = json!(description);
    let [deployed, absent, extra] = FILE_ONLY_KEYS;
    schema["properties"][deployed] = json!({
        "description": "Whether the limit should be deployed. An undeployed limit has no effect.",
        "type": "boolean",
        "default": true,
    });
    schema["properties"][absent] = json!({
        "description": format!("In a file with a base: removes the base's {api} entry with this URL and these methods."),
        "type": "boolean",
    });
    schema["properties"][extra] = json!({
        "description": "Fields that the specification does not have, nested as in the definition. They are sent and compared.",
        "type": "object",
    });
    schema
}

fn into_schema(schema: Value) -> Schema {
    schema.try_into().unwrap_or_default()
}

/// The name of a variable.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only used to generate the schema")]
pub(crate) struct VariableName(#[schemars(regex(pattern = "^[A-Za-z_][A-Za-z0-9_]*$"))] String);
