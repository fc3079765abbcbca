//! Sets recommended limits in a limits file.

use std::collections::BTreeSet;
use std::path::Path;

use ajo_core::{Api, SandboxName};
use ajo_limits::file::{self, AcceptedChange};
use ajo_limits::url_form::normalize_url_pattern;
use ajo_limits::{ConfigDefinition, DeployState, DesiredConfig, ObservedConfig, ObservedLimits, export_limits};
use ajo_simulator::RecommendedLimits;
use serde_json::{Map, Value, json};

use crate::arguments::{GlobalSettings, WriteArgs};
use crate::command_error::CommandError;
use crate::commands::limits::{LimitsInput, check_sandbox, environment_variable, unified_diff, write_files};
use crate::exit_status::ExitStatus;
use crate::output;
use crate::safe_text::{SafeText, safe};
use crate::session::{Setting, SettingsReader};
use crate::text_diff;

/// A limits file that gets the recommended limits.
pub(super) struct LimitsEdit<'a> {
    args: &'a WriteArgs,
    file: &'a Path,
    target: EditTarget,
}

enum EditTarget {
    Existing(Box<LimitsInput>),
    New(SandboxName),
}

impl<'a> LimitsEdit<'a> {
    /// Reads the file. A file that does not exist needs a sandbox.
    pub(super) fn read(settings: &GlobalSettings, args: &'a WriteArgs, file: &'a Path) -> Result<Self, CommandError> {
        if file == Path::new("-") {
            return Err(CommandError::new("`--write` needs the name of a limits file").into_usage_error());
        }
        let target = if file.exists() {
            let input = LimitsInput::read(settings, &[file.to_owned()], None);
            let Some(desired) = input.desired() else {
                let error = CommandError::new(format!("{} has errors, so it cannot be edited", file.display()))
                    .with_hint(format!("`ajo validate {}` shows them", file.display()));
                return Err(error.with_diagnostics(input.diagnostics.clone()));
            };
            check_sandbox(settings, &desired.sandbox)?;
            EditTarget::Existing(Box::new(input))
        } else {
            if file.parent().is_some_and(|folder| !folder.as_os_str().is_empty() && !folder.is_dir()) {
                let problem = format!("failed to write {}: its directory does not exist", file.display());
                return Err(CommandError::new(problem));
            }
            EditTarget::New(sandbox(settings, file)?)
        };
        Ok(Self { args, file, target })
    }

    /// Shows the diff, and writes the file unless it is a dry run.
    pub(super) fn write(&self, limits: &RecommendedLimits) -> Result<(), CommandError> {
        match &self.target {
            EditTarget::Existing(input) => self.edit(input, limits),
            EditTarget::New(sandbox) => self.create(sandbox, limits),
        }
    }

    fn edit(&self, input: &LimitsInput, limits: &RecommendedLimits) -> Result<(), CommandError> {
        let changes = self.changes(limits)?;
        let edited = file::accept_changes(&input.sources, &environment_variable, &changes).map_err(|found| {
            let first = found.first().map(|diagnostic| diagnostic.message.clone()).unwrap_or_default();
            CommandError::new(format!("{} cannot be edited: {first}", self.file.display()))
                .with_hint("edit it manually")
                .with_exit_status(ExitStatus::Blocked)
                .with_diagnostics(found)
        })?;
        if edited.is_empty() {
            output::print_note(safe!("{} has these limits", self.file.display()));
            return Ok(());
        }
        self.finish(&unified_diff(&edited, input), || write_files(&edited, input))
    }

    fn create(&self, sandbox: &SandboxName, limits: &RecommendedLimits) -> Result<(), CommandError> {
        let added = self.changes(limits)?.into_iter().filter_map(|change| match change {
            AcceptedChange::Add(found) => Some(found),
            _ => None,
        });
        let exported = export_limits(sandbox, sandbox, &ObservedLimits::from_list(added.collect()));
        let own_lines = exported.text.lines().filter(|line| !line.starts_with('#') && *line != "capping: []");
        let content = own_lines.fold("# Recommended by `ajo size`.\n".to_owned(), |text, line| text + line + "\n");
        let name = self.file.display().to_string();
        let diff = text_diff::unified_diff("/dev/null", &name, "", &content);
        self.finish(&diff, || Ok(ajo_state::create_new(self.file, &content)?))
    }

    fn finish(&self, diff: &str, write: impl FnOnce() -> Result<(), CommandError>) -> Result<(), CommandError> {
        output::print_note(SafeText::document(diff.trim_end()));
        if self.args.dry_run {
            output::print_note("dry run: nothing was written");
            return Ok(());
        }
        write()?;
        output::print_note(safe!("wrote {}", self.file.display()));
        Ok(())
    }

    /// The limits of the file.
    fn configs(&self) -> &[DesiredConfig] {
        match &self.target {
            EditTarget::Existing(input) => {
                input.desired().map(|desired| desired.configs.as_slice()).unwrap_or_default()
            }
            EditTarget::New(_) => &[],
        }
    }

    fn changes(&self, limits: &RecommendedLimits) -> Result<Vec<AcceptedChange>, CommandError> {
        let mut changes = Vec::new();
        for (api, is_set) in
            [(Api::Throttling, limits.max_throughput.is_some()), (Api::Capping, limits.max_calls_count.is_some())]
        {
            let existing = self.find(api)?;
            if api == Api::Throttling && is_set && existing.is_none() {
                self.check_single_throttling()?;
            }
            if !is_set {
                if let Some(other) = existing {
                    output::print_note(safe!(
                        "warning: {} also has {}, which applies in addition; remove it if it is lower",
                        self.file.display(),
                        other.key()
                    ));
                }
                continue;
            }
            changes.push(self.change(api, existing, limits)?);
        }
        Ok(changes)
    }

    fn change(
        &self,
        api: Api,
        existing: Option<&DesiredConfig>,
        limits: &RecommendedLimits,
    ) -> Result<AcceptedChange, CommandError> {
        let mut fields = existing.map_or_else(|| self.new_fields(api), |config| config.definition.to_json());
        match api {
            Api::Throttling => {
                fields.insert("maxThroughput".to_owned(), json!(limits.max_throughput));
            }
            Api::Capping => set_capping(&mut fields, limits),
        }
        let definition = ConfigDefinition::from_json(api, &Value::Object(fields))
            .ok_or_else(|| CommandError::new("the limit cannot be written"))?;
        let definition = match existing {
            Some(config) => definition.with_extra(config.definition.extra().clone()),
            None => definition,
        };
        let found = ObservedConfig {
            uid: format!("size-{api}")
                .parse()
                .map_err(|error: ajo_core::UidError| CommandError::new(error.to_string()))?,
            unknown_fields: definition.extra().clone(),
            deploy_state: DeployState::new(definition.clone(), Some(definition)),
            last_modified_by: None,
            last_modified_at: None,
            live_unknown_fields: None,
        };
        Ok(match existing {
            Some(config) => AcceptedChange::Update { key: config.key(), found },
            None => AcceptedChange::Add(found),
        })
    }

    fn new_fields(&self, api: Api) -> Map<String, Value> {
        let url_field = if api == Api::Capping { "url" } else { "urlPattern" };
        let mut fields = Map::new();
        fields.insert(url_field.to_owned(), json!(self.args.url));
        fields.insert("methods".to_owned(), json!(self.methods()));
        fields
    }

    fn methods(&self) -> BTreeSet<&str> {
        self.args.methods.iter().map(|method| method.trim()).collect()
    }

    /// An organization can have one throttling configuration.
    fn check_single_throttling(&self) -> Result<(), CommandError> {
        let Some(other) = self.configs().iter().find(|config| config.key().api == Api::Throttling) else {
            return Ok(());
        };
        Err(CommandError::new(format!("{} already has {}", self.file.display(), other.key()))
            .with_hint("an organization can have one throttling configuration; remove it, or use its URL")
            .with_exit_status(ExitStatus::Blocked))
    }

    /// The limit of the file with this URL; of several, the one with these methods.
    fn find(&self, api: Api) -> Result<Option<&DesiredConfig>, CommandError> {
        let url = normalize_url_pattern(self.args.url.as_deref().unwrap_or_default());
        let found: Vec<&DesiredConfig> =
            self.configs().iter().filter(|config| config.key().api == api && config.key().url == url).collect();
        if found.len() <= 1 {
            return Ok(found.first().copied());
        }
        let methods = self.methods();
        let same = |config: &&&DesiredConfig| {
            config.key().methods.iter().map(String::as_str).collect::<BTreeSet<_>>() == methods
        };
        found.iter().find(same).copied().map(Some).ok_or_else(|| {
            CommandError::new(format!("{} has {} limits for {url}", self.file.display(), found.len()))
                .with_hint("name the methods of one of them with --methods")
                .into_usage_error()
        })
    }
}

fn set_capping(fields: &mut Map<String, Value>, limits: &RecommendedLimits) {
    let services = fields.entry("services").or_insert_with(|| json!({}));
    let mut action = services.get("action").cloned().unwrap_or_else(|| json!({}));
    action["rating"]["maxCallsCount"] = json!(limits.max_calls_count);
    action["rating"]["periodInMs"] = json!(limits.period_in_ms);
    if let Some(connections) = limits.max_http_connections {
        action["maxHttpConnections"] = connections.into();
    }
    services["action"] = action;
}

/// The sandbox of a new file.
fn sandbox(settings: &GlobalSettings, file: &Path) -> Result<SandboxName, CommandError> {
    let Some(sandbox) = SettingsReader::new(settings).value(Setting::Sandbox)? else {
        return Err(CommandError::new(format!("there is no file {}", file.display()))
            .with_hint("to write a new limits file, name its sandbox with --sandbox"));
    };
    sandbox.parse().map_err(|error: ajo_core::SandboxNameError| CommandError::new(error.to_string()).into_usage_error())
}
