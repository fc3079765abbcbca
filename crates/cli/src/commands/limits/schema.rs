//! `ajo schema`.

use std::process::ExitCode;

use ajo_plan::schema;

use crate::arguments::{Schema, Schemas};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

pub(crate) fn run(what: &Schema) -> Result<ExitCode, Failure> {
    let of = match what.of {
        Schemas::Limits => ajo_plan::Schema::Limits,
        Schemas::Policy => ajo_plan::Schema::Policy,
        Schemas::Report => ajo_plan::Schema::Report,
        Schemas::Ledger => ajo_plan::Schema::Ledger,
    };
    output::data(&format!("{:#}", schema(of)))?;
    Ok(Exit::Success.into())
}
