//! Formats configurations and `can-deploy` results as text.

use ajo_core::{
    CanDeploy, CappingConfig, CappingServicesResponse, ConfigState, HttpMethod, ServiceLimitResponse, ThrottlingConfig,
    Uid, ValidationStatus,
};
use ajo_limits::{LiveState, ObservedConfig};

use crate::output;

pub(crate) fn describe_change(what: &str, uid: &Uid, verdict: Option<&CanDeploy>) -> String {
    let mut lines = vec![format!("{what} {uid}")];
    lines.extend(verdict.map(describe_verdict).unwrap_or_default());
    lines.join("\n")
}

pub(crate) fn describe_verdict(verdict: &CanDeploy) -> Vec<String> {
    let mut lines = vec![match &verdict.validation_status {
        Some(ValidationStatus::Ok) => "can be deployed".to_owned(),
        Some(ValidationStatus::Error) => "cannot be deployed".to_owned(),
        Some(other) => format!("unknown validation status {other}"),
        None => "no validation status in the response".to_owned(),
    }];
    let line = |kind: &str, code: Option<String>, text: Option<&String>| {
        let code = code.map_or_else(String::new, |code| format!(" {code}"));
        format!("  {kind}{code}: {}", text.map_or("no message", String::as_str))
    };
    for error in &verdict.errors {
        lines.push(line("error", error.error_code.as_ref().map(ToString::to_string), error.error.as_ref()));
    }
    for warning in &verdict.warnings {
        lines.push(line("warning", warning.warning_code.as_ref().map(ToString::to_string), warning.warning.as_ref()));
    }
    lines
}

pub(crate) fn format_capping_list(configs: &[CappingConfig]) -> String {
    if configs.is_empty() {
        return "no capping configurations in this sandbox".to_owned();
    }
    let rows = configs.iter().map(|config| {
        let limits: Vec<String> = service_limits(config.services.as_ref())
            .into_iter()
            .map(|(name, limit)| format!("{name} {limit}"))
            .collect();
        vec![
            config.uid.to_string(),
            format_state(config.state.as_ref(), config.has_been_deployed),
            format_methods(&config.methods),
            limits.join("; "),
            config.url.clone(),
        ]
    });
    output::format_table(&["UID", "STATE", "METHODS", "LIMIT", "URL"], rows.collect())
}

pub(crate) fn format_capping(config: &CappingConfig) -> String {
    let mut lines = vec![
        ("uid", config.uid.to_string()),
        ("state", format_state(config.state.as_ref(), config.has_been_deployed)),
        ("url", config.url.clone()),
        ("methods", format_methods(&config.methods)),
    ];
    lines.extend(service_limits(config.services.as_ref()));
    let observed = ObservedConfig::from(config);
    let others = other_fields(&observed, &["url", "methods", "services"]);
    lines.extend(others.iter().map(|(name, value)| (name.as_str(), value.clone())));
    if let (Some(deployed), LiveState::Differs(_)) = (&config.deployed_config, &observed.deploy_state.live) {
        let live: Vec<String> = service_limits(deployed.services.as_ref())
            .into_iter()
            .map(|(name, limit)| format!("{name} {limit}"))
            .collect();
        let (methods, url) = (format_methods(&deployed.methods), &deployed.url);
        lines.push(("live", format!("{methods} {} {url}", live.join("; "))));
    }
    if let Some(metadata) = &config.metadata {
        lines.extend(metadata_lines(metadata));
    }
    format_lines(lines)
}

pub(crate) fn format_throttling_list(configs: &[ThrottlingConfig]) -> String {
    if configs.is_empty() {
        return "no throttling configuration in this organization".to_owned();
    }
    let rows = configs.iter().map(|config| {
        vec![
            config.uid.to_string(),
            format_state(config.state.as_ref(), config.has_been_deployed),
            format_methods(&config.methods),
            format_throughput(config.max_throughput),
            config.url_pattern.clone(),
            config.name.clone().unwrap_or_default(),
        ]
    });
    output::format_table(&["UID", "STATE", "METHODS", "LIMIT", "URL PATTERN", "NAME"], rows.collect())
}

pub(crate) fn format_throttling(config: &ThrottlingConfig) -> String {
    let mut lines = vec![
        ("uid", config.uid.to_string()),
        ("name", config.name.clone().unwrap_or_default()),
        ("description", config.description.clone().unwrap_or_default()),
        ("state", format_state(config.state.as_ref(), config.has_been_deployed)),
        ("url pattern", config.url_pattern.clone()),
        ("methods", format_methods(&config.methods)),
        ("limit", format_throughput(config.max_throughput)),
        ("sandbox", config.sandbox_name.clone().unwrap_or_default()),
    ];
    let others =
        other_fields(&ObservedConfig::from(config), &["name", "description", "urlPattern", "methods", "maxThroughput"]);
    lines.extend(others.iter().map(|(name, value)| (name.as_str(), value.clone())));
    if let Some(metadata) = &config.metadata {
        lines.extend(metadata_lines(metadata));
    }
    format_lines(lines)
}

/// The remaining fields of the definition, including unknown ones.
fn other_fields(observed: &ObservedConfig, listed: &[&str]) -> Vec<(String, String)> {
    let fields = observed.deploy_state.saved.to_json().into_iter().filter(|(name, _)| !listed.contains(&name.as_str()));
    fields.chain(observed.unknown_fields.clone()).map(|(name, value)| (name, value.to_string())).collect()
}

/// Formats the state. A configuration in state `updated` may still be deployed with its previous definition.
fn format_state(state: Option<&ConfigState>, deployed: Option<bool>) -> String {
    let name = state.map_or("unknown", ConfigState::as_str);
    let note = if state != Some(&ConfigState::Deployed) && deployed == Some(true) {
        ", older definition deployed"
    } else {
        ""
    };
    format!("{name}{note}")
}

fn format_methods(methods: &[HttpMethod]) -> String {
    methods.iter().map(HttpMethod::as_str).collect::<Vec<_>>().join(",")
}

fn format_throughput(calls: Option<i64>) -> String {
    calls.map_or_else(|| "?".to_owned(), |calls| format!("{calls} calls/s"))
}

/// The limit for each kind of caller.
fn service_limits(services: Option<&CappingServicesResponse>) -> Vec<(&'static str, String)> {
    let Some(services) = services else { return Vec::new() };
    [("action", &services.action), ("dataSource", &services.data_source)]
        .into_iter()
        .filter_map(|(name, limit)| limit.as_ref().map(|limit| (name, format_limit(limit))))
        .collect()
}

fn format_limit(limit: &ServiceLimitResponse) -> String {
    let number = |value: Option<i64>| value.map_or_else(|| "?".to_owned(), |value| value.to_string());
    let rating = limit.rating.as_ref();
    let calls = number(rating.and_then(|rating| rating.max_calls_count));
    let period = number(rating.and_then(|rating| rating.period_in_ms));
    match limit.max_http_connections {
        // The service shows -1 in deployed definitions without a count.
        Some(count @ 0..) => format!("{calls} calls/{period} ms, {count} connections"),
        _ => format!("{calls} calls/{period} ms"),
    }
}

fn metadata_lines(metadata: &ajo_core::ConfigMetadata) -> Vec<(&'static str, String)> {
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

fn format_lines(lines: Vec<(&str, String)>) -> String {
    let lines: Vec<String> = lines
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name:<12} {value}"))
        .collect();
    lines.join("\n")
}
