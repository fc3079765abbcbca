//! `ajo schema`.

use std::process::ExitCode;

use ajo_core::{Api, object_schema};
use ajo_limits::{SchemaName, json_schema};
use serde_json::{Value, json};

use crate::arguments::{SchemaArgs, SchemaKind};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::output;

pub(crate) fn run(args: &SchemaArgs) -> Result<ExitCode, CommandError> {
    let schema = match args.kind {
        SchemaKind::Limits => json_schema(SchemaName::Limits),
        SchemaKind::Policy => json_schema(SchemaName::Policy),
        SchemaKind::Report => json_schema(SchemaName::Report),
        SchemaKind::State => json_schema(SchemaName::State),
        SchemaKind::Capping => definition_schema(Api::Capping)?,
        SchemaKind::Throttling => definition_schema(Api::Throttling)?,
    };
    output::print_json(&format!("{schema:#}"))?;
    Ok(ExitStatus::Success.into())
}

/// The schema of a definition, as the specification has it, without the organization, which `ajo` adds.
fn definition_schema(api: Api) -> Result<Value, CommandError> {
    let text = object_schema::request_body_json_schema(api, "create").unwrap_or("{}");
    let mut schema: Value = serde_json::from_str(text).map_err(|error| CommandError::new(error.to_string()))?;
    schema["$schema"] = json!("http://json-schema.org/draft-07/schema#");
    schema["title"] = json!(format!("Definition of a {api} configuration"));
    if let Some(properties) = schema["properties"].as_object_mut() {
        properties.remove("orgId");
    }
    Ok(schema)
}
