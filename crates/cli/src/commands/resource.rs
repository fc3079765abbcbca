//! `ajo capping` and `ajo throttling`: the eight operations on a configuration.

mod describe;

use std::process::ExitCode;

use ajo_core::rules::{self, Severity};
use ajo_core::{Api, DeleteOptions, Response, ValidationStatus};

pub(crate) use self::describe::show_capping;
use self::describe::{changed, list_capping, list_throttling, show_throttling, verdict_of};
use crate::arguments::{Configs, Definition, Identified, Settings};
use crate::definition;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::report::Format;
use crate::session::Session;

/// The eight subcommands, for either API: they differ in types, not in what is done.
macro_rules! run {
    ($api:ident, $settings:expr, $command:expr, $list:expr, $show:expr) => {{
        let (format, command) = ($settings.output, $command);
        // A file is read before anything is sent, and before an emulator starts for nothing.
        let definition = match &command {
            Configs::Create(Definition { file }) | Configs::Update { definition: Definition { file }, .. } => {
                Some(definition::read(file)?)
            }
            _ => None,
        };
        if let Some(definition) = &definition {
            remark(stringify!($api), definition);
        }
        let session = Session::start($settings).await?;
        let api = session.client.$api();
        match (command, definition) {
            (Configs::List, _) => print(format, &api.list().response().await?, |list| $list(list)),
            (Configs::Create(_), Some(definition)) => {
                print(format, &api.create(&definition).response().await?, |created| {
                    changed("created", &created.uid, created.can_deploy.as_ref())
                })
            }
            (Configs::Update { identified: Identified { uid }, .. }, Some(definition)) => {
                print(format, &api.update(&uid, &definition).response().await?, |updated| {
                    changed("updated", &updated.uid, updated.can_deploy.as_ref())
                })
            }
            (Configs::Create(_) | Configs::Update { .. }, None) => unreachable!("a definition was read for these"),
            (Configs::Get(Identified { uid }), _) => {
                print(format, &api.get(&uid).response().await?, |config| $show(config))
            }
            (Configs::Delete { identified: Identified { uid }, force }, _) => {
                print(format, &api.delete(&uid, DeleteOptions { force }).response().await?, |()| {
                    format!("deleted {uid}")
                })
            }
            (Configs::CanDeploy(Identified { uid }), _) => {
                let answer = api.can_deploy(&uid).response().await?;
                print(format, &answer, |verdict| verdict_of(verdict).join("\n"))?;
                let deployable = answer.value.validation_status == Some(ValidationStatus::Ok);
                return Ok(if deployable { Exit::Success } else { Exit::Failure }.into());
            }
            (Configs::Deploy(Identified { uid }), _) => {
                print(format, &api.deploy(&uid).response().await?, |()| format!("deployed {uid}"))
            }
            (Configs::Undeploy(Identified { uid }), _) => {
                print(format, &api.undeploy(&uid).response().await?, |()| format!("undeployed {uid}"))
            }
        }?;
        Ok(Exit::Success.into())
    }};
}

pub(crate) async fn capping(settings: &Settings, command: Configs) -> Result<ExitCode, Failure> {
    run!(capping, settings, command, list_capping, show_capping)
}

pub(crate) async fn throttling(settings: &Settings, command: Configs) -> Result<ExitCode, Failure> {
    run!(throttling, settings, command, list_throttling, show_throttling)
}

/// Prints the advice of this project, about which the service says nothing.
fn remark(api: &str, definition: &impl serde::Serialize) {
    let api = if api == Api::Capping.as_str() { Api::Capping } else { Api::Throttling };
    let definition = serde_json::to_value(definition).unwrap_or_default();
    for finding in rules::of(api, &definition).iter().filter(|finding| finding.severity == Severity::Remark) {
        output::note(&finding.to_string());
    }
}

/// For programs the body as it came, nothing where there was none; for people what `text` makes of it.
fn print<T>(format: Format, answer: &Response<T>, text: impl FnOnce(&T) -> String) -> Result<(), Failure> {
    match format {
        Format::Json => output::data(&String::from_utf8_lossy(&answer.body)),
        _ => output::data(&text(&answer.value)),
    }
}
