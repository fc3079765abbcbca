//! The limits that the sources of a simulation contain.

use std::path::Path;

use ajo_core::{Api, SandboxName, Uid};
use ajo_limits::file::is_limits_file;
use ajo_limits::{ConfigDefinition, ConfigKey, DesiredConfig, LiveState, ObservedConfig, ObservedLimits, SecretValues};
use serde_json::Value;

use crate::arguments::GlobalSettings;
use crate::command_error::CommandError;
use crate::commands::limits::{LimitsInput, SandboxService};
use crate::definition_file;
use crate::limits_paths::{self, has_pattern};
use crate::output;
use crate::report::{OutputFormat, TextStyle};
use crate::safe_text::safe;

/// A limit of a source.
#[derive(Clone, Debug)]
pub(super) struct SourceLimit {
    pub(super) key: ConfigKey,
    pub(super) definition: Value,
    /// The position of its source on the command line. All limits files count as one source.
    pub(super) source: usize,
    /// A file with line and column, or a uid.
    pub(super) origin: String,
}

/// The limits of all sources.
#[derive(Debug, Default)]
pub(super) struct SourceLimits {
    pub(super) limits: Vec<SourceLimit>,
    /// Deployed configurations whose live definition the service does not return. Only [`read_live`] finds them.
    pub(super) unknown: Vec<ConfigKey>,
    /// The secrets of the limits files.
    pub(super) secrets: SecretValues,
    /// The sandbox of the limits files.
    pub(super) sandbox: Option<SandboxName>,
    /// Notes about settings without an effect. They are also printed.
    pub(super) notes: Vec<String>,
}

/// The definition that counts in the output of a command.
#[derive(Clone, Copy, PartialEq, Eq)]
enum OutputDefinition {
    Saved,
    Live,
}

/// Whether a source is a uid. A file exists, or has a separator or a dot in its name.
pub(super) fn is_uid(source: &str) -> bool {
    source != "-" && !source.contains(['/', '\\', '.']) && !has_pattern(source) && !Path::new(source).exists()
}

/// Replaces directories and patterns by limits files.
pub(super) fn expand(sources: &[String]) -> Result<Vec<String>, CommandError> {
    let mut expanded = Vec::new();
    for source in sources {
        if is_uid(source) {
            expanded.push(source.clone());
        } else {
            let files = limits_paths::expand(&[source.into()])?;
            expanded.extend(files.iter().map(|file| file.display().to_string()));
        }
    }
    Ok(expanded)
}

/// Reads the sources. The service is read only for uids.
pub(super) async fn read(settings: &GlobalSettings, sources: &[String]) -> Result<SourceLimits, CommandError> {
    read_sources(settings, sources, OutputDefinition::Saved).await
}

/// Reads the sources like [`read`], but of the output of a command only the live limits.
pub(super) async fn read_live(settings: &GlobalSettings, sources: &[String]) -> Result<SourceLimits, CommandError> {
    read_sources(settings, sources, OutputDefinition::Live).await
}

/// The live limits of the service.
pub(super) fn live_limits(observed: &ObservedLimits) -> SourceLimits {
    let mut all = SourceLimits::default();
    for (index, config) in observed.configs.iter().enumerate() {
        let state = &config.deploy_state;
        let (uid, key) = (config.uid.to_string(), config.key());
        all.add_live(Some(state.live.clone()), &key, state.saved.to_json().into(), index, uid);
    }
    all
}

impl SourceLimits {
    /// Adds the limit of an entry of a limits file, unless it has no effect.
    fn add_file_limit(&mut self, config: &DesiredConfig, source: usize) {
        let origin = config.location.as_ref().map(ToString::to_string).unwrap_or_default();
        let key = config.key();
        if config.deployed {
            let definition = config.definition.to_json().into();
            self.limits.push(SourceLimit { key, definition, source, origin });
        } else {
            let note = format!("{origin}: {key} has `deployed: false`, so it has no effect");
            output::print_note(safe!("note: {}", note));
            self.notes.push(note);
        }
    }

    /// Adds the live definition, if there is one. Without a state, it is `definition`.
    fn add_live(
        &mut self,
        live: Option<LiveState>,
        saved: &ConfigKey,
        definition: Value,
        source: usize,
        origin: String,
    ) {
        let definition = match live {
            None | Some(LiveState::SameAsSaved) => definition,
            Some(LiveState::Differs(live)) => live.to_json().into(),
            Some(LiveState::NotDeployed) => return,
            Some(LiveState::Unknown) => return self.unknown.push(saved.clone()),
        };
        self.limits.push(SourceLimit { key: key(saved.api, &definition), definition, source, origin });
    }
}

async fn read_sources(
    settings: &GlobalSettings,
    sources: &[String],
    output: OutputDefinition,
) -> Result<SourceLimits, CommandError> {
    let mut all = SourceLimits::default();
    let mut limits_files = Vec::new();
    for (index, source) in sources.iter().enumerate().filter(|(_, source)| !is_uid(source)) {
        let file = definition_file::read_source(Path::new(source))?;
        if is_limits_file(&file) {
            limits_files.push((index, file));
        } else {
            for found in definition_file::parse_to_simulate(&file, settings.output)? {
                let definition = found.json.into();
                let live = found.live.filter(|_| output == OutputDefinition::Live);
                all.add_live(live, &key(found.api, &definition), definition, index, found.location.to_string());
            }
        }
    }
    if let Some((first, _)) = limits_files.first() {
        let first = *first;
        let input = LimitsInput::from_sources(settings, limits_files.into_iter().map(|(_, file)| file).collect());
        let desired = input.desired().ok_or_else(|| invalid_files(&input, settings.output))?;
        for config in &desired.configs {
            all.add_file_limit(config, first);
        }
        all.secrets = input.secrets.clone();
        all.sandbox = Some(desired.sandbox.clone());
    }
    read_uids(settings, sources, &mut all).await?;
    Ok(all)
}

fn key(api: Api, definition: &Value) -> ConfigKey {
    let parsed = ConfigDefinition::from_json(api, definition).map(|definition| definition.key());
    // The simulator reports a value of a wrong type.
    parsed.unwrap_or_else(|| ConfigKey { api, url: String::new(), methods: [].into() })
}

/// Prints the problems of limits files as text, or adds them to the error in JSON.
fn invalid_files(input: &LimitsInput, format: OutputFormat) -> CommandError {
    let error = CommandError::new(format!("{} has errors, so it cannot be simulated", input.files.join(", ")));
    if format == OutputFormat::Json {
        return error.with_diagnostics(input.diagnostics.clone());
    }
    let style = TextStyle { color: output::has_color(), width: output::terminal_width() };
    let report = input.report("simulate", input.outcome());
    let content = |file: &str| input.sources.displayable_content(file);
    output::print_note(OutputFormat::Text.render(&report, &content, style));
    error
}

async fn read_uids(settings: &GlobalSettings, sources: &[String], all: &mut SourceLimits) -> Result<(), CommandError> {
    let mut uids = Vec::new();
    for (index, source) in sources.iter().enumerate().filter(|(_, source)| is_uid(source)) {
        let uid: Uid = source.parse().map_err(|error: ajo_core::UidError| {
            CommandError::new(error.to_string()).with_hint("pass an existing file, or a uid").into_usage_error()
        })?;
        uids.push((index, uid));
    }
    let Some((_, first)) = uids.first() else { return Ok(()) };
    let service = SandboxService::from_settings(settings).await.map_err(|error| {
        let first = format!("there is no file `{first}`, so it is read as a uid");
        let hint = error.hint.as_ref().map_or_else(|| first.clone(), |hint| format!("{first}; {hint}"));
        error.with_hint(hint)
    })?;
    let observed = service.reader.observe(false, &[]).await?;
    for (source, uid) in uids {
        let config = observed.get(&uid).ok_or_else(|| {
            CommandError::new(format!("no configuration in sandbox {} has the uid {uid}", service.sandbox)).with_hint(
                "`ajo capping list` and `ajo throttling list` show the uids; a file needs a `.` or `/` in its name",
            )
        })?;
        all.limits.push(live_limit(config, source)?);
    }
    Ok(())
}

/// The live limit of a configuration.
fn live_limit(config: &ObservedConfig, source: usize) -> Result<SourceLimit, CommandError> {
    let (uid, state, api) = (&config.uid, &config.deploy_state, config.key().api);
    let live = match &state.live {
        LiveState::SameAsSaved => &state.saved,
        LiveState::Differs(live) => live,
        LiveState::NotDeployed => {
            let problem = format!("the configuration {uid} is not deployed, so it has no effect");
            return Err(CommandError::new(problem).with_hint(format!(
                "deploy it, or simulate the saved definition: ajo {api} get {uid} --output json | ajo simulate -"
            )));
        }
        LiveState::Unknown => {
            let problem = format!("the service does not return the live definition of {uid}");
            return Err(CommandError::new(problem).with_hint("pass a file with the definition"));
        }
    };
    Ok(SourceLimit { key: live.key(), definition: live.to_json().into(), source, origin: uid.to_string() })
}
