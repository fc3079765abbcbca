//! `ajo schema`.

use std::process::ExitCode;

use ajo_plan::schema;

use crate::arguments::{Schema, Schemas};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

pub(crate) fn run(what: &Schema) -> Result<ExitCode, Failure> {
    let of = match what.of {
        Schemas::Limits => schema::Schema::Limits,
        Schemas::Policy => schema::Schema::Policy,
        Schemas::Report => schema::Schema::Report,
        Schemas::Ledger => schema::Schema::Ledger,
    };
    output::data(&format!("{:#}", schema::schema(of)))?;
    Ok(Exit::Success.into())
}
