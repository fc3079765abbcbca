//! `ajo capping` and `ajo throttling`: the eight operations on a configuration, and commands of several calls.

mod describe;
mod list;
mod live_change;
mod print;
mod redeploy;
mod set;
mod target;

use std::process::ExitCode;

use ajo_core::{
    Api, CallError, CallResponse, CappingDefinition, DeleteOptions, ThrottlingDefinition, Uid, ValidationStatus,
};
use ajo_limits::Action;
use ajo_limits::ObservedConfig;

pub(crate) use self::describe::format_capping;
use self::describe::{
    describe_change, describe_verdict, format_capping_list, format_throttling, format_throttling_list,
};
pub(crate) use self::list::{deploy_state, matches};
use self::print::print_response;
pub(crate) use self::target::choose;
use crate::arguments::{CappingCommand, GlobalSettings, LiveChangeArgs, ResourceCommand, TargetArg, ThrottlingCommand};
use crate::command_error::CommandError;
use crate::completion::uid_cache;
use crate::definition_file;
use crate::exit_status::ExitStatus;
use crate::output;
use crate::report::OutputFormat;
use crate::safe_text::{SafeText, safe};
use crate::session::ClientSession;

/// The eight subcommands for one API. The two APIs differ in types only.
macro_rules! run {
    ($api:ident, $kind:expr, $definition:ty, $settings:expr, $command:expr, $list:expr, $show:expr) => {{
        let (format, command) = ($settings.output, $command);
        // Read the file before connecting or starting an emulator.
        let definitions: Vec<$definition> = match &command {
            ResourceCommand::Create(args) | ResourceCommand::Update { definition: args, .. } => {
                definition_file::read_to_send($kind, &args.file, args.force, format)?
            }
            _ => Vec::new(),
        };
        if let (ResourceCommand::Update { .. }, 2..) = (&command, definitions.len()) {
            let problem = format!("the file holds {} definitions; `update` takes one", definitions.len());
            return Err(CommandError::new(problem).into_usage_error());
        }
        let session = ClientSession::connect($settings).await?;
        let api = session.client.$api();
        match command {
            ResourceCommand::List(args) => {
                let response = api.list().response().await?;
                if !$settings.emulator {
                    uid_cache::remember($kind, response.value.iter().map(ObservedConfig::from));
                }
                list::print(format, &args, &response, |list| $list(list))
            }
            ResourceCommand::Create(_) => {
                let mut created = CreatedConfigs::new(format, definitions.len());
                for definition in &definitions {
                    let response = api.create(definition).response().await;
                    created.add(response, |it| describe_change("created", &it.uid, it.can_deploy.as_ref()))?;
                }
                created.finish()
            }
            ResourceCommand::Update { target_arg, yes_arg, .. } => {
                let uid = target::find_uid(&session.client, $kind, Some(target_arg.target)).await?;
                let definition = serde_json::to_value(&definitions[0]).ok();
                live_change::confirm(&session, yes_arg.yes, Action::Update, definition, async || api.get(&uid).await)
                    .await?;
                print_response(format, &api.update(&uid, &definitions[0]).response().await?, |updated| {
                    describe_change("updated", &updated.uid, updated.can_deploy.as_ref())
                })
            }
            ResourceCommand::Get(TargetArg { target }) => {
                let uid = target::find_uid(&session.client, $kind, Some(target)).await?;
                print_response(format, &api.get(&uid).response().await?, |config| $show(config))
            }
            ResourceCommand::Delete { target_arg, force, yes_arg } => {
                let uid = target::find_uid(&session.client, $kind, Some(target_arg.target)).await?;
                // Without `--force`, the service does not delete a deployed configuration.
                let yes = yes_arg.yes || !force;
                live_change::confirm(&session, yes, Action::Delete, None, async || api.get(&uid).await).await?;
                let response = api.delete(&uid, DeleteOptions { force }).response().await;
                let response = response.map_err(|error| describe_refused_delete($kind, &uid, &session, error))?;
                print_response(format, &response, |()| safe!("deleted {}", uid))
            }
            ResourceCommand::CanDeploy(TargetArg { target }) => {
                let uid = target::find_uid(&session.client, $kind, Some(target)).await?;
                let response = api.can_deploy(&uid).response().await?;
                print_response(format, &response, |verdict| SafeText::join_lines(describe_verdict(verdict)))?;
                let deployable = response.value.validation_status == Some(ValidationStatus::Ok);
                return Ok(if deployable { ExitStatus::Success } else { ExitStatus::Failure }.into());
            }
            ResourceCommand::Deploy(LiveChangeArgs { target_arg, yes_arg }) => {
                let uid = target::find_uid(&session.client, $kind, Some(target_arg.target)).await?;
                live_change::confirm(&session, yes_arg.yes, Action::Deploy, None, async || api.get(&uid).await).await?;
                print_response(format, &api.deploy(&uid).response().await?, |()| safe!("deployed {}", uid))
            }
            ResourceCommand::Undeploy(LiveChangeArgs { target_arg, yes_arg }) => {
                let uid = target::find_uid(&session.client, $kind, Some(target_arg.target)).await?;
                live_change::confirm(&session, yes_arg.yes, Action::Undeploy, None, async || api.get(&uid).await)
                    .await?;
                print_response(format, &api.undeploy(&uid).response().await?, |()| safe!("undeployed {}", uid))
            }
        }?;
        Ok(ExitStatus::Success.into())
    }};
}

pub(crate) async fn capping(settings: &GlobalSettings, command: CappingCommand) -> Result<ExitCode, CommandError> {
    match command {
        CappingCommand::Resource(command) => {
            run!(capping, Api::Capping, CappingDefinition, settings, command, format_capping_list, format_capping)
        }
        CappingCommand::Set(args) => set::capping(settings, args).await,
        CappingCommand::Redeploy { target_arg, yes_arg } => {
            redeploy::run(settings, target_arg.target, yes_arg.yes).await
        }
    }
}

pub(crate) async fn throttling(
    settings: &GlobalSettings,
    command: ThrottlingCommand,
) -> Result<ExitCode, CommandError> {
    match command {
        ThrottlingCommand::Resource(command) => run!(
            throttling,
            Api::Throttling,
            ThrottlingDefinition,
            settings,
            command,
            format_throttling_list,
            format_throttling
        ),
        ThrottlingCommand::Set(args) => set::throttling(settings, args).await,
    }
}

/// The error of a delete. The service does not delete a deployed configuration without force.
fn describe_refused_delete(api: Api, uid: &Uid, session: &ClientSession, error: CallError) -> CommandError {
    let code = error.code().map(ToString::to_string).filter(|code| matches!(code.as_str(), "1451" | "1456"));
    let mut failure = CommandError::from(error);
    let Some(code) = code else { return failure };
    failure.message = format!("{uid} is deployed; nothing was deleted (code {code})");
    let sandbox = session.type_reader.sandbox();
    let hint = format!(
        "undeploy it first: `ajo {api} undeploy {uid} --sandbox {sandbox}`; or delete it while it is live: \
         `ajo {api} delete {uid} --force --sandbox {sandbox}`"
    );
    failure.with_hint(hint)
}

/// The responses to several `create` calls.
struct CreatedConfigs {
    format: OutputFormat,
    total: usize,
    bodies: Vec<String>,
}

impl CreatedConfigs {
    const fn new(format: OutputFormat, total: usize) -> Self {
        Self { format, total, bodies: Vec::new() }
    }

    /// Adds a response. Text is printed at once, so that it is there if a later call fails.
    fn add<T>(
        &mut self,
        response: Result<CallResponse<T>, CallError>,
        text: impl FnOnce(&T) -> SafeText,
    ) -> Result<(), CommandError> {
        match response {
            Ok(response) => {
                self.bodies.push(String::from_utf8_lossy(&response.body).into_owned());
                if self.format == OutputFormat::Json { Ok(()) } else { output::print_data(text(&response.value)) }
            }
            Err(error) => {
                let created = self.bodies.len();
                self.print_json()?;
                let error = CommandError::from(error);
                if created == 0 {
                    return Err(error);
                }
                let progress = format!("created {created} of {} configurations", self.total);
                Err(error.after(&progress).with_exit_status(ExitStatus::Partial))
            }
        }
    }

    fn finish(self) -> Result<(), CommandError> {
        self.print_json()?;
        if self.total > 1 {
            output::print_note(safe!("created {} configurations; none of them is deployed", self.total));
        }
        Ok(())
    }

    /// Prints one response as it is, and several as `{"results": [...]}`.
    fn print_json(&self) -> Result<(), CommandError> {
        match (self.format, &self.bodies[..], self.total) {
            (OutputFormat::Json, [body], 1) => output::print_json(body),
            (OutputFormat::Json, [_, ..], _) => {
                output::print_json(&format!(r#"{{"results":[{}]}}"#, self.bodies.join(",")))
            }
            _ => Ok(()),
        }
    }
}
