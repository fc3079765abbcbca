//! `ajo schema`.

use std::process::ExitCode;

use ajo_limits::json_schema;

use crate::arguments::{SchemaArgs, SchemaKind};
use crate::command_error::CommandError;
use crate::exit_status::ExitStatus;
use crate::output;

pub(crate) fn run(args: &SchemaArgs) -> Result<ExitCode, CommandError> {
    let name = match args.kind {
        SchemaKind::Limits => ajo_limits::SchemaName::Limits,
        SchemaKind::Policy => ajo_limits::SchemaName::Policy,
        SchemaKind::Report => ajo_limits::SchemaName::Report,
        SchemaKind::State => ajo_limits::SchemaName::State,
    };
    output::print_json(&format!("{:#}", json_schema(name)))?;
    Ok(ExitStatus::Success.into())
}
