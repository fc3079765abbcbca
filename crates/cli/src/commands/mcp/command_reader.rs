//! Runs the command of each tool.

use ajo_core::Uid;
use ajo_mcp::arguments::{
    DeployState, DriftArguments, ExplainArguments, GetArguments, ListArguments, PlanArguments, SimulateArguments,
    SizeArguments, UnmanagedLevel, ValidateArguments,
};
use ajo_mcp::{LimitsReader, Roots, Source, StopSignal, ToolError, ToolResult};
use serde_json::json;
use tokio::sync::OnceCell;

use super::command_line::CommandLine;
use super::service_configs;
use super::tool_data::{ToolData, configured_service, report_data, to_json, variable_note};
use crate::arguments::{CappingCommand, Command, GlobalSettings, ResourceCommand};
use crate::command_error::CommandError;
use crate::commands::explain::{ComputedExplanation, compute as compute_explanation};
use crate::commands::limits::{SandboxService, compute_drift, compute_plan, compute_validation};
use crate::commands::simulate::compute as compute_simulation;
use crate::commands::size::compute as compute_size;
use crate::read_access::restrict_files;
use crate::report::OutputFormat;
use crate::run_simulation::{RunSimulation, simulate_until, size_until};
use crate::safe_text::SafeText;
use crate::session::{fix_settings, name_rejected_source};
use crate::shell_quote::shell_quote;

/// Maximum number of rows over time in a simulation.
const MAX_ROWS: usize = 60;

/// Runs the commands that read. The settings are fixed when the server starts, so a tool cannot choose another service.
pub(super) struct CommandReader {
    settings: GlobalSettings,
    /// With the profile and the sandbox that all calls use, since a credential was found.
    fixed: OnceCell<GlobalSettings>,
}

impl CommandReader {
    pub(super) async fn new(settings: &GlobalSettings) -> Self {
        let settings = GlobalSettings { output: OutputFormat::Json, ..settings.clone() };
        let reader = Self { settings, fixed: OnceCell::new() };
        reader.fixed_settings().await;
        reader
    }

    /// The settings of calls that read the service. Without a credential, the command itself fails with a better error.
    async fn fixed_settings(&self) -> &GlobalSettings {
        self.fixed.get_or_try_init(|| fix_settings(&self.settings)).await.unwrap_or(&self.settings)
    }

    /// The result of a tool.
    fn finish(&self, found: Result<ToolData, CommandError>) -> ToolResult {
        match found {
            Ok(data) => Ok(data.into_report()),
            Err(error) => Err(self.tool_error(error)),
        }
    }

    /// The message and the hint of the command, and the problems of a file.
    fn tool_error(&self, error: CommandError) -> ToolError {
        let error = name_rejected_source(&self.settings, error);
        let problems = error.diagnostics().iter().map(|it| {
            let location = it.location.as_ref().map(|location| format!("{location}: ")).unwrap_or_default();
            format!("{location}{}: {}", it.code, it.message)
        });
        let lines: Vec<String> = problems.chain(error.hint.clone()).collect();
        ToolError { hint: (!lines.is_empty()).then(|| lines.join("\n")), message: error.message }
    }

    async fn list_configs(&self, arguments: &ListArguments) -> Result<ToolData, CommandError> {
        let state = arguments.deploy_state.map(|state| match state {
            DeployState::Deployed => "deployed",
            DeployState::Undeployed => "undeployed",
            DeployState::Updated => "updated",
        });
        // Both APIs have the same filters.
        let line = CommandLine::new("capping list").option("url", &arguments.url).option("deploy-state", state);
        let Command::Capping(CappingCommand::Resource(ResourceCommand::List(filters))) = line.parse([])? else {
            return Err(other_command());
        };
        let service = SandboxService::from_settings(self.fixed_settings().await).await?;
        let data = service_configs::list(&service.reader, arguments, &filters).await?;
        Ok(ToolData { service: Some(service.label()), files: Vec::new(), data, next: None })
    }

    async fn get_config(&self, arguments: &GetArguments) -> Result<ToolData, CommandError> {
        let service = SandboxService::from_settings(self.fixed_settings().await).await?;
        let data = service_configs::get(&service.reader, arguments).await?;
        Ok(ToolData { service: Some(service.label()), files: Vec::new(), data, next: None })
    }

    async fn explain_call(&self, arguments: ExplainArguments) -> Result<ToolData, CommandError> {
        let files = arguments.files.clone();
        let line = CommandLine::new("explain").option("limits", arguments.files).flag("offline", arguments.offline);
        let Command::Explain(args) = line.parse([arguments.method, arguments.url])? else {
            return Err(other_command());
        };
        match compute_explanation(self.fixed_settings().await, &args).await? {
            ComputedExplanation::Invalid(input) => {
                let report = input.report("explain", input.outcome());
                Ok(ToolData { service: None, files, next: variable_note(&report.diagnostics), data: to_json(&report)? })
            }
            ComputedExplanation::Explained(explanation, service) => {
                Ok(ToolData { service, files, data: to_json(&explanation)?, next: None })
            }
        }
    }

    fn validate_files(&self, arguments: ValidateArguments) -> Result<ToolData, CommandError> {
        let line = CommandLine::new("validate").option("policy", arguments.policy);
        let Command::Validate(args) = line.parse(arguments.files)? else { return Err(other_command()) };
        report_data(compute_validation(&self.settings, &args))
    }

    async fn plan_changes(&self, arguments: PlanArguments, stop: &StopSignal) -> Result<ToolData, CommandError> {
        let line = CommandLine::new("plan")
            .option("policy", arguments.policy)
            .option("observed", arguments.observed)
            .option("burst", arguments.burst)
            .flag("prune", arguments.prune);
        let Command::Plan(args) = line.parse(arguments.files)? else { return Err(other_command()) };
        let run: RunSimulation<'_> = &|scenario, mode| simulate_until(scenario, mode, &|| stop.is_stopped());
        let computed = compute_plan(self.fixed_settings().await, &args, run).await?;
        let digest =
            computed.report.plan.as_ref().filter(|plan| !plan.changes.is_empty()).map(|plan| plan.digest.clone());
        let mut found = report_data(computed)?;
        if let Some(digest) = digest {
            let files: Vec<String> = found.files.iter().map(|file| shell_quote(file.as_ref())).collect();
            let prune = if arguments.prune { " --prune" } else { "" };
            found.next = Some(format!(
                "This server cannot apply the plan, and has not saved it. A person does: `ajo plan {}{prune} --out plan.json`, \
                 then, after a review, `ajo apply --plan plan.json --digest {digest}`.",
                files.join(" ")
            ));
        }
        Ok(found)
    }

    async fn find_drift(&self, arguments: DriftArguments) -> Result<ToolData, CommandError> {
        let unmanaged = arguments.unmanaged.map(|level| match level {
            UnmanagedLevel::Error => "error",
            UnmanagedLevel::Warn => "warn",
            UnmanagedLevel::Ignore => "ignore",
        });
        let line = CommandLine::new("drift").option("policy", arguments.policy).option("unmanaged", unmanaged);
        let Command::Drift(args) = line.parse(arguments.files)? else { return Err(other_command()) };
        report_data(compute_drift(self.fixed_settings().await, &args).await?)
    }

    async fn simulate_traffic(
        &self,
        arguments: SimulateArguments,
        stop: &StopSignal,
    ) -> Result<ToolData, CommandError> {
        for uid in &arguments.uids {
            let _: Uid = uid.parse().map_err(|error: ajo_core::UidError| CommandError::new(error.to_string()))?;
        }
        let reads_service = !arguments.uids.is_empty();
        let files = [&arguments.files[..], &arguments.observed].concat();
        let line = CommandLine::new("simulate")
            .option("url", arguments.url)
            .option("method", arguments.method)
            .option("service", arguments.service)
            .option("traffic", arguments.traffic)
            .option("audience", arguments.audience)
            .option("reading-rate", arguments.reading_rate)
            .option("arrivals", arguments.arrivals)
            .option("observed", arguments.observed)
            .option("endpoint", arguments.endpoint)
            .option("burst", arguments.burst)
            .option("from", arguments.from)
            .option("to", arguments.to)
            .option("latency", arguments.latency)
            .option("capacity", arguments.capacity)
            .option("servers", arguments.servers)
            .option("failures", arguments.failures)
            .option("failure-status", arguments.failure_status)
            .option("connections", arguments.connections)
            .option("timeout", arguments.timeout)
            .option("window", arguments.window)
            .option("seed", arguments.seed)
            .option("expect", arguments.expect);
        let sources = arguments.files.into_iter().chain(arguments.uids);
        let Command::Simulate(args) = line.parse(sources)? else { return Err(other_command()) };
        let run: RunSimulation<'_> = &|scenario, mode| simulate_until(scenario, mode, &|| stop.is_stopped());
        let settings = self.fixed_settings().await;
        let (mut data, notes) = compute_simulation(settings, &args, MAX_ROWS, run).await?;
        if !notes.is_empty() {
            data["sourceNotes"] = json!(notes);
        }
        // A replay also reads the live limits of the files' sandbox, if it can.
        let replayed =
            data["current"]["source"].as_str().and_then(|source| source.strip_prefix("sandbox ")?.parse().ok());
        let service = match replayed {
            Some(sandbox) => Some(SandboxService::connect(settings, &sandbox).await?.label()),
            None if reads_service => Some(SandboxService::from_settings(settings).await?.label()),
            None => None,
        };
        Ok(ToolData { service, files, data, next: None })
    }

    fn size_limits(arguments: SizeArguments, stop: &StopSignal) -> Result<ToolData, CommandError> {
        let line = CommandLine::new("size")
            .option("servers", arguments.servers)
            .option("capacity", arguments.capacity)
            .option("latency", [arguments.latency].into_iter().filter(|latency| !latency.is_empty()))
            .option("failures", arguments.failures)
            .option("audience", arguments.audience)
            .option("reading-rate", arguments.reading_rate)
            .option("traffic", arguments.traffic)
            .option("arrivals", arguments.arrivals)
            .option("within", arguments.within)
            .option("max-parallel", arguments.max_parallel)
            .option("margin", arguments.margin);
        let Command::Size(args) = line.parse([])? else { return Err(other_command()) };
        let report = compute_size(&args, &|request| size_until(request, &|| stop.is_stopped()))?;
        Ok(ToolData { service: None, files: Vec::new(), data: to_json(&report)?, next: None })
    }
}

impl LimitsReader for CommandReader {
    fn safe_text(&self, text: &str) -> String {
        SafeText::escape(text).into_string()
    }

    fn service(&self) -> Source {
        configured_service(self.fixed.get().unwrap_or(&self.settings))
    }

    fn restrict_files(&self, roots: &Roots) {
        restrict_files(roots);
    }

    async fn list(&self, arguments: ListArguments, _: &StopSignal) -> ToolResult {
        self.finish(self.list_configs(&arguments).await)
    }

    async fn get(&self, arguments: GetArguments, _: &StopSignal) -> ToolResult {
        self.finish(self.get_config(&arguments).await)
    }

    async fn explain(&self, arguments: ExplainArguments, _: &StopSignal) -> ToolResult {
        self.finish(self.explain_call(arguments).await)
    }

    async fn validate(&self, arguments: ValidateArguments, _: &StopSignal) -> ToolResult {
        self.finish(self.validate_files(arguments))
    }

    async fn plan(&self, arguments: PlanArguments, stop: &StopSignal) -> ToolResult {
        self.finish(self.plan_changes(arguments, stop).await)
    }

    async fn drift(&self, arguments: DriftArguments, _: &StopSignal) -> ToolResult {
        self.finish(self.find_drift(arguments).await)
    }

    async fn simulate(&self, arguments: SimulateArguments, stop: &StopSignal) -> ToolResult {
        self.finish(self.simulate_traffic(arguments, stop).await)
    }

    async fn size(&self, arguments: SizeArguments, stop: &StopSignal) -> ToolResult {
        self.finish(Self::size_limits(arguments, stop))
    }
}

/// Cannot happen: the parser returns the command of the command line.
fn other_command() -> CommandError {
    CommandError::new("internal error: the arguments were read as those of another command")
        .with_hint("this is a bug in ajo; report it with the tool and its arguments")
}
