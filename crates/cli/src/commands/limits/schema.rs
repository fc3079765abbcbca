//! `ajo schema`.

use std::process::ExitCode;

use ajo_limits::schema;

use crate::arguments::{Schema, Schemas};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

pub(crate) fn run(what: &Schema) -> Result<ExitCode, Failure> {
    let of = match what.of {
        Schemas::Limits => ajo_limits::Schema::Limits,
        Schemas::Policy => ajo_limits::Schema::Policy,
        Schemas::Report => ajo_limits::Schema::Report,
        Schemas::Ledger => ajo_limits::Schema::Ledger,
    };
    output::data(&format!("{:#}", schema(of)))?;
    Ok(Exit::Success.into())
}
