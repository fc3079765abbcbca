//! Configurations and verdicts as text.

use ajo_core::{
    AnsweredLimit, AnsweredServices, CanDeploy, CappingConfig, ConfigState, HttpMethod, ThrottlingConfig, Uid,
    ValidationStatus,
};
use ajo_limits::{Found, InForce};

use crate::output;

pub(crate) fn changed(what: &str, uid: &Uid, verdict: Option<&CanDeploy>) -> String {
    let mut lines = vec![format!("{what} {uid}")];
    lines.extend(verdict.map(verdict_of).unwrap_or_default());
    lines.join("\n")
}

pub(crate) fn verdict_of(verdict: &CanDeploy) -> Vec<String> {
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

pub(crate) fn list_capping(configs: &[CappingConfig]) -> String {
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
    let found = Found::from(config);
    let others = others(&found, &["url", "methods", "services"]);
    lines.extend(others.iter().map(|(name, value)| (name.as_str(), value.clone())));
    if let (Some(deployed), InForce::Other(_)) = (&config.deployed_config, &found.standing.in_force) {
        let in_force: Vec<String> =
            limits(deployed.services.as_ref()).into_iter().map(|(name, limit)| format!("{name} {limit}")).collect();
        let (methods, url) = (methods(&deployed.methods), &deployed.url);
        lines.push(("in force", format!("another definition: {methods} {} {url}", in_force.join("; "))));
    }
    if let Some(metadata) = &config.metadata {
        lines.extend(changes(metadata));
    }
    described(lines)
}

pub(crate) fn list_throttling(configs: &[ThrottlingConfig]) -> String {
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

pub(crate) fn show_throttling(config: &ThrottlingConfig) -> String {
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
    let others = others(&Found::from(config), &["name", "description", "urlPattern", "methods", "maxThroughput"]);
    lines.extend(others.iter().map(|(name, value)| (name.as_str(), value.clone())));
    if let Some(metadata) = &config.metadata {
        lines.extend(changes(metadata));
    }
    described(lines)
}

/// The fields of the definition that have no line of their own, and those that this version does not know.
fn others(found: &Found, shown: &[&str]) -> Vec<(String, String)> {
    let fields = found.standing.saved.to_json().into_iter().filter(|(name, _)| !shown.contains(&name.as_str()));
    fields.chain(found.unknown_fields.clone()).map(|(name, value)| (name, value.to_string())).collect()
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
