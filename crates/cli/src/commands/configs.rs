//! `ajo capping` and `ajo throttling`.

use std::process::ExitCode;

use ajo_core::rules::{self, Severity};
use ajo_core::{
    Answer, AnsweredLimit, AnsweredServices, Api, CanDeploy, CappingConfig, ConfigState, DeleteOptions, HttpMethod,
    ThrottlingConfig, Uid, ValidationStatus,
};

use crate::arguments::{Configs, Definition, Identified, Output, Settings};
use crate::definition;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
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
            (Configs::List, _) => print(format, &api.list().answer().await?, |list| $list(list)),
            (Configs::Create(_), Some(definition)) => {
                print(format, &api.create(&definition).answer().await?, |created| {
                    changed("created", &created.uid, created.can_deploy.as_ref())
                })
            }
            (Configs::Update { identified: Identified { uid }, .. }, Some(definition)) => {
                print(format, &api.update(&uid, &definition).answer().await?, |updated| {
                    changed("updated", &updated.uid, updated.can_deploy.as_ref())
                })
            }
            (Configs::Create(_) | Configs::Update { .. }, None) => unreachable!("a definition was read for these"),
            (Configs::Get(Identified { uid }), _) => {
                print(format, &api.get(&uid).answer().await?, |config| $show(config))
            }
            (Configs::Delete { identified: Identified { uid }, force }, _) => {
                print(format, &api.delete(&uid, DeleteOptions { force }).answer().await?, |()| format!("deleted {uid}"))
            }
            (Configs::CanDeploy(Identified { uid }), _) => {
                let answer = api.can_deploy(&uid).answer().await?;
                print(format, &answer, |verdict| verdict_of(verdict).join("\n"))?;
                let deployable = answer.value.validation_status == Some(ValidationStatus::Ok);
                return Ok(if deployable { Exit::Success } else { Exit::Failure }.into());
            }
            (Configs::Deploy(Identified { uid }), _) => {
                print(format, &api.deploy(&uid).answer().await?, |()| format!("deployed {uid}"))
            }
            (Configs::Undeploy(Identified { uid }), _) => {
                print(format, &api.undeploy(&uid).answer().await?, |()| format!("undeployed {uid}"))
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

/// What the service says nothing of, and this project advises against.
fn remark(api: &str, definition: &impl serde::Serialize) {
    let api = if api == Api::Capping.as_str() { Api::Capping } else { Api::Throttling };
    let definition = serde_json::to_value(definition).unwrap_or_default();
    for finding in rules::of(api, &definition).iter().filter(|finding| finding.severity == Severity::Remark) {
        output::note(&finding.to_string());
    }
}

/// For programs the body as it came, nothing where there was none; for people what `text` makes of it.
fn print<T>(format: Output, answer: &Answer<T>, text: impl FnOnce(&T) -> String) -> Result<(), Failure> {
    match format {
        Output::Json => output::data(&String::from_utf8_lossy(&answer.body)),
        _ => output::data(&text(&answer.value)),
    }
}

fn changed(what: &str, uid: &Uid, verdict: Option<&CanDeploy>) -> String {
    let mut lines = vec![format!("{what} {uid}")];
    lines.extend(verdict.map(verdict_of).unwrap_or_default());
    lines.join("\n")
}

fn verdict_of(verdict: &CanDeploy) -> Vec<String> {
    let mut lines = vec![match &verdict.validation_status {
        Some(ValidationStatus::Ok) => "can be deployed".to_owned(),
        Some(ValidationStatus::Error) => "cannot be deployed".to_owned(),
        Some(other) => format!("can it be deployed? the service says {other}"),
        None => "can it be deployed? the service does not say".to_owned(),
    }];
    let line = |kind: &str, code: Option<String>, text: Option<&String>| {
        let code = code.map_or_else(String::new, |code| format!(" {code}"));
        format!("  {kind}{code}: {}", text.map_or("no text", String::as_str))
    };
    for error in &verdict.errors {
        lines.push(line("error", error.error_code.as_ref().map(ToString::to_string), error.error.as_ref()));
    }
    for warning in &verdict.warnings {
        lines.push(line("warning", warning.warning_code.as_ref().map(ToString::to_string), warning.warning.as_ref()));
    }
    lines
}

fn list_capping(configs: &[CappingConfig]) -> String {
    if configs.is_empty() {
        return "no capping configurations in this sandbox".to_owned();
    }
    let rows = configs.iter().map(|config| {
        let limits: Vec<String> =
            limits(config.services.as_ref()).into_iter().map(|(name, limit)| format!("{name} {limit}")).collect();
        vec![
            config.uid.to_string(),
            state(config.state.as_ref(), config.has_been_deployed),
            methods(&config.methods),
            limits.join("; "),
            config.url.clone(),
        ]
    });
    output::table(&["UID", "STATE", "METHODS", "LIMIT", "URL"], rows.collect())
}

pub(crate) fn show_capping(config: &CappingConfig) -> String {
    let mut lines = vec![
        ("uid", config.uid.to_string()),
        ("state", state(config.state.as_ref(), config.has_been_deployed)),
        ("url", config.url.clone()),
        ("methods", methods(&config.methods)),
    ];
    lines.extend(limits(config.services.as_ref()));
    if let Some(deployed) = &config.deployed_config {
        let in_force = limits(deployed.services.as_ref());
        let same = deployed.url == config.url
            && deployed.methods == config.methods
            && in_force == limits(config.services.as_ref());
        if !same {
            let in_force: Vec<String> = in_force.into_iter().map(|(name, limit)| format!("{name} {limit}")).collect();
            let (methods, url) = (methods(&deployed.methods), &deployed.url);
            lines.push(("in force", format!("another definition: {methods} {} {url}", in_force.join("; "))));
        }
    }
    if let Some(metadata) = &config.metadata {
        lines.extend(changes(metadata));
    }
    described(lines)
}

fn list_throttling(configs: &[ThrottlingConfig]) -> String {
    if configs.is_empty() {
        return "no throttling configuration in this organization".to_owned();
    }
    let rows = configs.iter().map(|config| {
        vec![
            config.uid.to_string(),
            state(config.state.as_ref(), config.has_been_deployed),
            methods(&config.methods),
            throughput(config.max_throughput),
            config.url_pattern.clone(),
            config.name.clone().unwrap_or_default(),
        ]
    });
    output::table(&["UID", "STATE", "METHODS", "LIMIT", "URL PATTERN", "NAME"], rows.collect())
}

fn show_throttling(config: &ThrottlingConfig) -> String {
    let mut lines = vec![
        ("uid", config.uid.to_string()),
        ("name", config.name.clone().unwrap_or_default()),
        ("description", config.description.clone().unwrap_or_default()),
        ("state", state(config.state.as_ref(), config.has_been_deployed)),
        ("url pattern", config.url_pattern.clone()),
        ("methods", methods(&config.methods)),
        ("limit", throughput(config.max_throughput)),
        ("sandbox", config.sandbox_name.clone().unwrap_or_default()),
    ];
    if let Some(metadata) = &config.metadata {
        lines.extend(changes(metadata));
    }
    described(lines)
}

/// A configuration that was changed since its deployment is in the state `updated` and still limits.
fn state(state: Option<&ConfigState>, deployed: Option<bool>) -> String {
    let shown = state.map_or("unknown", ConfigState::as_str);
    let note = if state != Some(&ConfigState::Deployed) && deployed == Some(true) { ", deployed before" } else { "" };
    format!("{shown}{note}")
}

fn methods(methods: &[HttpMethod]) -> String {
    methods.iter().map(HttpMethod::as_str).collect::<Vec<_>>().join(",")
}

fn throughput(calls: Option<i64>) -> String {
    calls.map_or_else(|| "?".to_owned(), |calls| format!("{calls} calls/s"))
}

/// Each kind of caller with its limit. A count of -1, which a deployed definition without one shows, is none.
fn limits(services: Option<&AnsweredServices>) -> Vec<(&'static str, String)> {
    let Some(services) = services else { return Vec::new() };
    [("action", &services.action), ("dataSource", &services.data_source)]
        .into_iter()
        .filter_map(|(name, limit)| limit.as_ref().map(|limit| (name, limit_of(limit))))
        .collect()
}

fn limit_of(limit: &AnsweredLimit) -> String {
    let number = |value: Option<i64>| value.map_or_else(|| "?".to_owned(), |value| value.to_string());
    let rating = limit.rating.as_ref();
    let calls = number(rating.and_then(|rating| rating.max_calls_count));
    let period = number(rating.and_then(|rating| rating.period_in_ms));
    match limit.max_http_connections {
        Some(count @ 0..) => format!("{calls} calls/{period} ms, {count} connections"),
        _ => format!("{calls} calls/{period} ms"),
    }
}

fn changes(metadata: &ajo_core::ConfigMetadata) -> Vec<(&'static str, String)> {
    let mark = |at: &Option<String>, by: &Option<String>| {
        let at = at.clone()?;
        Some(by.as_ref().map_or_else(|| at.clone(), |by| format!("{at} by {by}")))
    };
    [
        ("created", mark(&metadata.created_at, &metadata.created_by)),
        ("modified", mark(&metadata.last_modified_at, &metadata.last_modified_by)),
        ("deployed at", mark(&metadata.last_deployed_at, &metadata.last_deployed_by)),
    ]
    .into_iter()
    .filter_map(|(name, mark)| mark.map(|mark| (name, mark)))
    .collect()
}

fn described(lines: Vec<(&str, String)>) -> String {
    let lines: Vec<String> = lines
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name:<12} {value}"))
        .collect();
    lines.join("\n")
}
