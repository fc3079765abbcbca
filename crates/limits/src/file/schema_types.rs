//! The form of limits files, as the schema describes it and as the reader knows it.
//!
//! The reader does not use the types: it has to find everything that is wrong at once, with its place, which no type can. A test
//! in `schema.rs` holds the two together.

use ajo_core::Api;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Value, json};

use crate::definition_schema::definition_schema;
use crate::plan::{ordered, schema_of};

/// The keys of a limits file.
pub(crate) const FILE: &[&str] =
    &["version", "sandbox", "production", "base", "variables", "policy", "capping", "throttling"];
/// The keys of a limit that are the file's own.
const OWN: [&str; 2] = ["deployed", "absent"];

/// The keys of a limit, in the order in which people read them.
pub(crate) fn entry_keys(api: Api) -> Vec<&'static str> {
    ordered(schema_of(api)).iter().map(|field| field.name).chain(OWN).collect()
}

/// The limits that one sandbox shall have. With `base`, what differs from another file.
#[derive(JsonSchema)]
#[schemars(
    rename = "Limits",
    title = "Limits of Adobe Journey Optimizer",
    rename_all = "camelCase",
    deny_unknown_fields
)]
#[expect(dead_code, reason = "described, never made")]
pub(crate) struct LimitsForm {
    /// The version of this form: 1.
    #[schemars(extend("const" = 1, "default" = 1))]
    version: u32,
    /// The sandbox that the file is about, in small letters. It may come from the base.
    #[schemars(extend("examples" = ["prod"]))]
    sandbox: Option<String>,
    /// Whether the sandbox is one of production, for which an apply asks for its name. Unless it says `false`, it is one.
    production: Option<bool>,
    /// Another limits file, relative to this one, from which this one differs. An entry here is merged into the base's entry with
    /// the same URL and methods (or with the same URL, if no methods are named and only one has it); `null` removes a field.
    #[schemars(extend("examples" = ["base.yaml"]))]
    base: Option<String>,
    /// The environment variables that may be used as `${NAME}` in the texts of this file. `$${` is a literal `${`.
    #[schemars(extend("examples" = [["PARTNER_HOST"]]))]
    variables: Option<Vec<VariableName>>,
    /// The policy that holds for these limits, relative to this file.
    #[schemars(extend("examples" = ["policy.yaml"]))]
    policy: Option<String>,
    /// Limits over which calls are rejected, for this sandbox.
    capping: Option<Vec<CappingForm>>,
    /// The limit over which calls wait in a queue. An organization has one, for all its sandboxes.
    throttling: Option<ThrottlingForm>,
}

/// A limit over which calls of an endpoint are rejected.
pub(crate) struct CappingForm;

impl JsonSchema for CappingForm {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Capping".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let about = "A limit over which calls of an endpoint are rejected. It is known by its URL and methods.";
        let mut schema = entry(Api::Capping, about);
        schema["required"] = json!(["url"]);
        into_schema(schema)
    }
}

/// The limit over which calls of an endpoint wait in a queue.
pub(crate) struct ThrottlingForm;

impl JsonSchema for ThrottlingForm {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Throttling".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let about = "The limit over which calls of an endpoint wait in a queue. It needs a sandbox of production.";
        into_schema(entry(Api::Throttling, about))
    }
}

/// A definition, and the keys that are the file's own.
fn entry(api: Api, about: &str) -> Value {
    let mut schema = definition_schema(api);
    schema["description"] = json!(about);
    let [deployed, absent] = OWN;
    schema["properties"][deployed] = json!({
        "description": "Whether it shall limit. One that is not deployed limits nothing.",
        "type": "boolean",
        "default": true,
    });
    schema["properties"][absent] = json!({
        "description": format!("In a file with a base: the base's {api} with this URL and these methods is not wanted."),
        "type": "boolean",
    });
    schema
}

fn into_schema(schema: Value) -> Schema {
    schema.try_into().unwrap_or_default()
}

/// A name of a variable.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "described, never made")]
pub(crate) struct VariableName(#[schemars(regex(pattern = "^[A-Za-z_][A-Za-z0-9_]*$"))] String);
