//! `ajo dump`.

use std::process::ExitCode;

use super::service::Service;
use crate::arguments::{Dump, Settings};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::report::Format;

pub(crate) async fn run(settings: &Settings, what: &Dump) -> Result<ExitCode, Failure> {
    if settings.output == Format::Json {
        return Err(Failure::new("a dump is a limits file, in YAML")
            .hint("for the service's own JSON, `ajo capping list --output json`")
            .usage());
    }
    let service = Service::from_settings(settings).await?;
    let observed = service.reader.observe(false).await?;
    let text = ajo_limits::dump(&service.sandbox, &observed);
    match &what.save {
        None => output::data(&text)?,
        Some(file) => {
            // A limits file is somebody's work; it is never replaced.
            ajo_apply::create(file, &text)?;
            output::note(&format!(
                "saved {} configurations; enter them into the ledger with: ajo adopt {}",
                observed.configs.len(),
                file.display()
            ));
        }
    }
    Ok(Exit::Success.into())
}
