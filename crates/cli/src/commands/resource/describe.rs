//! Formats configurations and `can-deploy` results as text.

use ajo_core::{
    CanDeploy, CappingConfig, CappingServicesResponse, HttpMethod, ServiceLimitResponse, ThrottlingConfig, Uid,
    ValidationStatus,
};
use ajo_limits::{LiveState, ObservedConfig};

use super::list::deploy_state;
use crate::output::{self, Cell, Column};
use crate::safe_text::{SafeText, safe};

pub(crate) fn describe_change(what: &str, uid: &Uid, verdict: Option<&CanDeploy>) -> SafeText {
    let mut lines = vec![safe!("{} {}", what, uid)];
    lines.extend(verdict.map(describe_verdict).unwrap_or_default());
    SafeText::join_lines(lines)
}

pub(crate) fn describe_verdict(verdict: &CanDeploy) -> Vec<SafeText> {
    let mut lines = vec![match &verdict.validation_status {
        Some(ValidationStatus::Ok) => "can be deployed".into(),
        Some(ValidationStatus::Error) => "cannot be deployed".into(),
        Some(other) => safe!("unknown validation status {}", other),
        None => "no validation status in the response".into(),
    }];
    let line = |kind: &'static str, code: Option<String>, text: Option<&String>| {
        let code = code.map_or_else(SafeText::default, |code| safe!(" {}", code));
        safe!("  {}{}: {}", kind, code, text.map_or("no message", String::as_str))
    };
    for error in &verdict.errors {
        lines.push(line("error", error.error_code.as_ref().map(ToString::to_string), error.error.as_ref()));
    }
    for warning in &verdict.warnings {
        lines.push(line("warning", warning.warning_code.as_ref().map(ToString::to_string), warning.warning.as_ref()));
    }
    lines
}

pub(crate) fn format_capping_list(configs: &[CappingConfig]) -> SafeText {
    if configs.is_empty() {
        return "no capping configurations in this sandbox".into();
    }
    let rows = configs.iter().map(|config| {
        let cell = |text: SafeText| Cell::from(text);
        vec![
            cell(SafeText::escape(&config.uid)),
            cell(format_state(&ObservedConfig::from(config))),
            cell(format_methods(&config.methods)),
            Cell::with_short(&join_limits(config.services.as_ref()), &short_limits(config.services.as_ref())),
            Cell::with_short(&format_live_capping(config), &short_live_capping(config)),
            cell(SafeText::escape(&config.url)),
        ]
    });
    output::format_table(&CAPPING_COLUMNS, rows.collect())
}

const CAPPING_COLUMNS: [Column; 6] = [
    Column::whole("UID"),
    Column::text("STATE").min_width(10),
    Column::text("METHODS").importance(2),
    Column::text("SAVED LIMIT"),
    Column::text("LIVE LIMIT").min_width(15).importance(4),
    Column::url("URL").importance(3),
];

/// The live limit, with everything in which it differs from the saved definition.
pub(super) fn format_live_capping(config: &CappingConfig) -> SafeText {
    let live = ObservedConfig::from(config).deploy_state.live;
    match (live, &config.deployed_config) {
        (LiveState::NotDeployed, _) => "none".into(),
        (LiveState::SameAsSaved, _) => join_limits(config.services.as_ref()),
        (LiveState::Differs(_), Some(deployed)) => {
            let limits = join_limits(deployed.services.as_ref());
            let methods = (deployed.methods != config.methods).then(|| format_methods(&deployed.methods));
            let url = (deployed.url != config.url).then(|| SafeText::escape(&deployed.url));
            SafeText::join(methods.into_iter().chain([limits]).chain(url), " ")
        }
        (LiveState::Differs(_) | LiveState::Unknown, _) => "unknown".into(),
    }
}

/// The live rates. `(old)` marks a definition that is not the saved one.
fn short_live_capping(config: &CappingConfig) -> SafeText {
    let live = ObservedConfig::from(config).deploy_state.live;
    match (live, &config.deployed_config) {
        (LiveState::SameAsSaved, _) => short_limits(config.services.as_ref()),
        (LiveState::Differs(_), Some(deployed)) => safe!("{} (old)", short_limits(deployed.services.as_ref())),
        _ => format_live_capping(config),
    }
}

pub(super) fn join_limits(services: Option<&CappingServicesResponse>) -> SafeText {
    let limits = service_limits(services).into_iter().map(|(name, limit)| safe!("{} {}", name, limit));
    SafeText::join(limits, "; ")
}

/// The rates only, for a narrow table.
fn short_limits(services: Option<&CappingServicesResponse>) -> SafeText {
    let Some(services) = services else { return SafeText::default() };
    let limits = [("", &services.action), ("data ", &services.data_source)];
    let rates = limits.into_iter().filter_map(|(name, limit)| {
        let rating = limit.as_ref()?.rating.as_ref()?;
        let period = match rating.period_in_ms? {
            1000 => "s".to_owned(),
            60_000 => "min".to_owned(),
            millis => format!("{millis} ms"),
        };
        Some(safe!("{}{}/{}", name, rating.max_calls_count?, period))
    });
    SafeText::join(rates, "; ")
}

pub(crate) fn format_capping(config: &CappingConfig) -> SafeText {
    let mut lines = vec![
        ("uid".into(), SafeText::escape(&config.uid)),
        ("state".into(), format_state(&ObservedConfig::from(config))),
        ("url".into(), SafeText::escape(&config.url)),
        ("methods".into(), format_methods(&config.methods)),
    ];
    lines.extend(service_limits(config.services.as_ref()));
    let observed = ObservedConfig::from(config);
    let others = other_fields(&observed, &["url", "methods", "services"]);
    lines.extend(others.iter().map(|(name, value)| (SafeText::escape(name), SafeText::escape(value))));
    lines.push(("live".into(), format_live_capping(config)));
    if let Some(metadata) = &config.metadata {
        lines.extend(metadata_lines(metadata));
    }
    format_lines(lines)
}

pub(crate) fn format_throttling_list(configs: &[ThrottlingConfig]) -> SafeText {
    if configs.is_empty() {
        return "no throttling configuration in this organization".into();
    }
    let rows = configs.iter().map(|config| {
        let short =
            |limit: SafeText| Cell::with_short(&limit, &SafeText::escape(&limit.as_str().replace(" calls/", "/")));
        vec![
            Cell::from(SafeText::escape(&config.uid)),
            format_state(&ObservedConfig::from(config)).into(),
            format_methods(&config.methods).into(),
            short(format_throughput(config.max_throughput)),
            short(format_live_throttling(config)),
            SafeText::escape(&config.url_pattern).into(),
            optional(config.name.as_ref()).into(),
        ]
    });
    output::format_table(&THROTTLING_COLUMNS, rows.collect())
}

const THROTTLING_COLUMNS: [Column; 7] = [
    Column::whole("UID"),
    Column::text("STATE").min_width(10),
    Column::text("METHODS").importance(2),
    Column::text("SAVED LIMIT"),
    Column::text("LIVE LIMIT").importance(4),
    Column::url("URL PATTERN").importance(3),
    Column::text("NAME"),
];

pub(crate) fn format_throttling(config: &ThrottlingConfig) -> SafeText {
    let mut lines = vec![
        ("uid".into(), SafeText::escape(&config.uid)),
        ("name".into(), optional(config.name.as_ref())),
        ("description".into(), optional(config.description.as_ref())),
        ("state".into(), format_state(&ObservedConfig::from(config))),
        ("url pattern".into(), SafeText::escape(&config.url_pattern)),
        ("methods".into(), format_methods(&config.methods)),
        ("limit".into(), format_throughput(config.max_throughput)),
        ("live".into(), format_live_throttling(config)),
        ("sandbox".into(), optional(config.sandbox_name.as_ref())),
    ];
    let others =
        other_fields(&ObservedConfig::from(config), &["name", "description", "urlPattern", "methods", "maxThroughput"]);
    lines.extend(others.iter().map(|(name, value)| (SafeText::escape(name), SafeText::escape(value))));
    if let Some(metadata) = &config.metadata {
        lines.extend(metadata_lines(metadata));
    }
    format_lines(lines)
}

/// The live limit. A change of a deployed one is live at once (documented).
pub(super) fn format_live_throttling(config: &ThrottlingConfig) -> SafeText {
    match ObservedConfig::from(config).deploy_state.live {
        LiveState::NotDeployed => "none".into(),
        LiveState::SameAsSaved => format_throughput(config.max_throughput),
        LiveState::Differs(_) | LiveState::Unknown => "unknown".into(),
    }
}

fn optional(value: Option<&String>) -> SafeText {
    value.map(SafeText::escape).unwrap_or_default()
}

/// The remaining fields of the definition, including unknown ones.
fn other_fields(observed: &ObservedConfig, listed: &[&str]) -> Vec<(String, String)> {
    let fields = observed.deploy_state.saved.to_json().into_iter().filter(|(name, _)| !listed.contains(&name.as_str()));
    fields.chain(observed.unknown_fields.clone()).map(|(name, value)| (name, value.to_string())).collect()
}

fn format_state(observed: &ObservedConfig) -> SafeText {
    deploy_state(observed).as_str().into()
}

fn format_methods(methods: &[HttpMethod]) -> SafeText {
    SafeText::join(methods.iter().map(|method| SafeText::escape(method.as_str())), ",")
}

pub(super) fn format_throughput(calls: Option<i64>) -> SafeText {
    calls.map_or_else(|| "?".into(), |calls| safe!("{} calls/s", calls))
}

/// The limit for each kind of caller.
fn service_limits(services: Option<&CappingServicesResponse>) -> Vec<(SafeText, SafeText)> {
    let Some(services) = services else { return Vec::new() };
    [("action", &services.action), ("dataSource", &services.data_source)]
        .into_iter()
        .filter_map(|(name, limit)| limit.as_ref().map(|limit| (name.into(), format_limit(limit))))
        .collect()
}

fn format_limit(limit: &ServiceLimitResponse) -> SafeText {
    let number = |value: Option<i64>| value.map_or_else(|| SafeText::from("?"), |value| SafeText::escape(&value));
    let rating = limit.rating.as_ref();
    let calls = number(rating.and_then(|rating| rating.max_calls_count));
    let period = number(rating.and_then(|rating| rating.period_in_ms));
    // The service shows -1 in deployed definitions without a count.
    if let Some(count @ 0..) = limit.max_http_connections {
        safe!("{} calls/{} ms, {} connections", calls, period, count)
    } else {
        safe!("{} calls/{} ms", calls, period)
    }
}

fn metadata_lines(metadata: &ajo_core::ConfigMetadata) -> Vec<(SafeText, SafeText)> {
    let mark = |at: &Option<String>, by: &Option<String>| {
        let at = at.as_ref()?;
        Some(by.as_ref().map_or_else(|| SafeText::escape(at), |by| safe!("{} by {}", at, by)))
    };
    [
        ("created", mark(&metadata.created_at, &metadata.created_by)),
        ("modified", mark(&metadata.last_modified_at, &metadata.last_modified_by)),
        ("deployed at", mark(&metadata.last_deployed_at, &metadata.last_deployed_by)),
    ]
    .into_iter()
    .filter_map(|(name, mark)| mark.map(|mark| (name.into(), mark)))
    .collect()
}

fn format_lines(lines: Vec<(SafeText, SafeText)>) -> SafeText {
    let lines = lines.into_iter().filter(|(_, value)| !value.is_empty());
    let lines = lines.map(|(name, value)| safe!("{:<12} {}", name, value));
    SafeText::join_lines(lines)
}
