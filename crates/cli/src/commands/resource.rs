//! `ajo capping` and `ajo throttling`: the eight operations on a configuration.

mod describe;

use std::process::ExitCode;

use ajo_core::rules::Severity;
use ajo_core::{Api, CallResponse, DeleteOptions, ValidationStatus};

pub(crate) use self::describe::format_capping;
use self::describe::{
    describe_change, describe_verdict, format_capping_list, format_throttling, format_throttling_list,
};
use crate::arguments::{DefinitionArg, GlobalSettings, ResourceCommand, UidArg};
use crate::command_error::CommandError;
use crate::definition_file;
use crate::exit_status::ExitStatus;
use crate::output;
use crate::report::OutputFormat;
use crate::safe_text::{SafeText, safe};
use crate::session::ClientSession;

/// The eight subcommands for one API. The two APIs differ in types only.
macro_rules! run {
    ($api:ident, $settings:expr, $command:expr, $list:expr, $show:expr) => {{
        let (format, command) = ($settings.output, $command);
        // Read the file before connecting or starting an emulator.
        let definition = match &command {
            ResourceCommand::Create(DefinitionArg { file })
            | ResourceCommand::Update { definition: DefinitionArg { file }, .. } => Some(definition_file::read(file)?),
            _ => None,
        };
        if let Some(definition) = &definition {
            print_notes(stringify!($api), definition);
        }
        let session = ClientSession::connect($settings).await?;
        let api = session.client.$api();
        match (command, definition) {
            (ResourceCommand::List, _) => print_response(format, &api.list().response().await?, |list| $list(list)),
            (ResourceCommand::Create(_), Some(definition)) => {
                print_response(format, &api.create(&definition).response().await?, |created| {
                    describe_change("created", &created.uid, created.can_deploy.as_ref())
                })
            }
            (ResourceCommand::Update { uid_arg: UidArg { uid }, .. }, Some(definition)) => {
                print_response(format, &api.update(&uid, &definition).response().await?, |updated| {
                    describe_change("updated", &updated.uid, updated.can_deploy.as_ref())
                })
            }
            (ResourceCommand::Create(_) | ResourceCommand::Update { .. }, None) => {
                unreachable!("the definition was read above")
            }
            (ResourceCommand::Get(UidArg { uid }), _) => {
                print_response(format, &api.get(&uid).response().await?, |config| $show(config))
            }
            (ResourceCommand::Delete { uid_arg: UidArg { uid }, force }, _) => {
                print_response(format, &api.delete(&uid, DeleteOptions { force }).response().await?, |()| {
                    safe!("deleted {}", uid)
                })
            }
            (ResourceCommand::CanDeploy(UidArg { uid }), _) => {
                let response = api.can_deploy(&uid).response().await?;
                print_response(format, &response, |verdict| SafeText::join_lines(describe_verdict(verdict)))?;
                let deployable = response.value.validation_status == Some(ValidationStatus::Ok);
                return Ok(if deployable { ExitStatus::Success } else { ExitStatus::Failure }.into());
            }
            (ResourceCommand::Deploy(UidArg { uid }), _) => {
                print_response(format, &api.deploy(&uid).response().await?, |()| safe!("deployed {}", uid))
            }
            (ResourceCommand::Undeploy(UidArg { uid }), _) => {
                print_response(format, &api.undeploy(&uid).response().await?, |()| safe!("undeployed {}", uid))
            }
        }?;
        Ok(ExitStatus::Success.into())
    }};
}

pub(crate) async fn capping(settings: &GlobalSettings, command: ResourceCommand) -> Result<ExitCode, CommandError> {
    run!(capping, settings, command, format_capping_list, format_capping)
}

pub(crate) async fn throttling(settings: &GlobalSettings, command: ResourceCommand) -> Result<ExitCode, CommandError> {
    run!(throttling, settings, command, format_throttling_list, format_throttling)
}

/// Prints notes from local validation. The service does not report these.
fn print_notes(api: &str, definition: &impl serde::Serialize) {
    let api = if api == Api::Capping.as_str() { Api::Capping } else { Api::Throttling };
    let definition = serde_json::to_value(definition).unwrap_or_default();
    for note in api.validate(&definition).iter().filter(|it| it.severity == Severity::Note) {
        output::print_note(safe!("{}", note));
    }
}

/// Prints the unmodified response body as JSON, or the output of `text`.
fn print_response<T>(
    format: OutputFormat,
    response: &CallResponse<T>,
    text: impl FnOnce(&T) -> SafeText,
) -> Result<(), CommandError> {
    match format {
        OutputFormat::Json => output::print_data(SafeText::json(&String::from_utf8_lossy(&response.body))),
        _ => output::print_data(text(&response.value)),
    }
}
