//! The limits of custom actions and of external data sources.

use ajo_core::Api;
use serde_json::json;

use super::matching_config::{MatchStatus, MatchingConfig};
use super::statement::Statement;
use crate::ConfigDefinition;
use crate::rating::Rating;

const CAPPING: &str = "configuration/capping.md";
const CUSTOM_ACTIONS: &str = "action/about-custom-action-configuration.md";
const EXTERNAL_SYSTEMS: &str = "configuration/external-systems.md, start/guardrails.md";
const GUARDRAILS: &str = "start/guardrails.md";
const THROTTLING: &str = "configuration/throttling.md";
const NOT_PUBLISHED: &str = "not published";

/// The default cap in calls per second (documented: 300,000 per minute).
const DEFAULT_CALLS_PER_SECOND: i64 = 5_000;

/// `is_complete` says whether all live definitions are known.
pub(super) fn custom_actions(
    method: &str,
    url: &str,
    capping: &[&ConfigDefinition],
    throttling: &[&ConfigDefinition],
    is_complete: bool,
) -> Vec<Statement> {
    if let Some(reason) = impossible_call(method, url, "action") {
        return vec![reason];
    }
    let (ratings, mut statements) = configured_limits(capping, "action");
    if ratings.is_empty() {
        let condition =
            if is_complete { "no configuration caps them, so" } else { "unless a configuration caps them," };
        let cap = "300,000 calls per minute in a sliding window, for endpoints that respond within 0.75 s";
        statements.push(Statement::documented(format!("{condition} the default cap applies: {cap}"), CUSTOM_ACTIONS));
        let scope =
            "the scope of the default cap: the page says per host, per endpoint, and per domain, each in the sandbox";
        statements.push(Statement::unknown(scope, CUSTOM_ACTIONS));
    } else if ratings.iter().any(|rating| rating.exceeds(DEFAULT_CALLS_PER_SECOND)) {
        statements.push(Statement::documented(
            "a greater limit overrides the default cap of 300,000 calls per minute; the first page also says that only Adobe's \
             support raises it",
            "action/about-custom-action-configuration.md, start/guardrails.md",
        ));
    } else {
        statements.push(Statement::documented(
            "the default cap of 300,000 calls per minute in a sliding window is higher",
            CUSTOM_ACTIONS,
        ));
    }
    statements.push(Statement::documented(
        "if the endpoint is slower than 0.75 s, at most 150,000 calls in a sliding window of 30 s",
        CUSTOM_ACTIONS,
    ));
    let throughput: Vec<i64> =
        throttling.iter().filter_map(|definition| definition.integer_at(&["maxThroughput"])).collect();
    statements.extend(throughput.iter().map(|throughput| {
        Statement::documented(
            format!(
                "throttling passes at most {throughput} calls per second, in all sandboxes; others wait up to 6 hours"
            ),
            THROTTLING,
        )
    }));
    if let Some(lowest) = throughput.iter().min().filter(|_| !ratings.is_empty()) {
        let is_below = ratings.iter().any(|rating| !rating.exceeds(*lowest));
        let text = if is_below {
            "the capping limit is not above the throttling limit, so it can reject calls that throttling passed; it should be \
             above it"
        } else {
            "the capping limit is above the throttling limit, as it should be, so it never applies"
        };
        statements.push(Statement::documented(text, THROTTLING));
        statements.push(Statement::inferred("throttling applies before capping", THROTTLING));
    }
    statements.push(Statement::documented(
        "a failed call is retried up to 3 times within the timeout, except after 401, 403, and 404; each retry uses a slot",
        GUARDRAILS,
    ));
    statements
}

pub(super) fn data_sources(method: &str, url: &str, capping: &[&ConfigDefinition]) -> Vec<Statement> {
    if let Some(reason) = impossible_call(method, url, "dataSource") {
        return vec![reason];
    }
    let (_, mut statements) = configured_limits(capping, "dataSource");
    statements.push(Statement::documented(
        "at most 15 calls per second, whatever is configured, unless Adobe has put the endpoint on an allow-list",
        EXTERNAL_SYSTEMS,
    ));
    statements.push(Statement::documented("throttling does not apply to them", THROTTLING));
    statements
}

/// The ratings of the capping configurations for a service, and what they mean.
fn configured_limits(capping: &[&ConfigDefinition], service: &str) -> (Vec<Rating>, Vec<Statement>) {
    let ratings: Vec<_> = capping.iter().filter_map(|definition| Rating::find(definition, service)).collect();
    let statement = |Rating { calls, period_in_ms }: &Rating| {
        let text =
            format!("capping allows {calls} calls in {period_in_ms} ms in this sandbox; further calls are rejected");
        Statement::documented(text, CAPPING)
    };
    let mut statements: Vec<_> = ratings.iter().map(statement).collect();
    if ratings.len() > 1 {
        let text = format!("{} live capping configurations match; which one applies is not known", ratings.len());
        statements.push(Statement::unknown(text, NOT_PUBLISHED));
    }
    (ratings, statements)
}

/// Why no call of this kind is possible. The rules name the page at the end of each message.
fn impossible_call(method: &str, url: &str, service: &str) -> Option<Statement> {
    let limit = json!({"maxHttpConnections": 1, "rating": {"maxCallsCount": 1, "periodInMs": 1000}});
    let definition = json!({"url": url, "methods": [method], "services": {service: limit}});
    let found = Api::Capping.validate(&definition);
    if found.iter().any(|finding| finding.code == "AJO_LIMITS_METHOD") {
        let pages = "action/about-custom-action-configuration.md, datasource/external-data-sources.md";
        return Some(Statement::documented(format!("no such call: journeys do not use the method {method}"), pages));
    }
    let codes = ["AJO_LIMITS_UNUSED_METHOD", "AJO_LIMITS_IP_ADDRESS", "AJO_LIMITS_ADOBE_HOST", "AJO_LIMITS_PORT"];
    let finding = found.into_iter().find(|finding| codes.contains(&finding.code))?;
    let before = finding.message.split(".md)").next().unwrap_or_default();
    let (text, page) = before.rsplit_once(" (")?;
    let reason = text.split(", so ").next().unwrap_or(text);
    Some(Statement::documented(format!("no such call: {reason}"), &format!("{page}.md")))
}

/// How configurations are matched and counted.
pub(super) fn matching(configs: &[MatchingConfig]) -> Vec<Statement> {
    let mut statements = Vec::new();
    let has_status = |status| configs.iter().any(|config| config.status == status);
    if has_status(MatchStatus::NotDeployed) {
        statements.push(Statement::documented("a configuration takes effect when it is deployed", CAPPING));
    }
    if configs.iter().any(|config| config.saved_limit.is_some()) {
        statements.push(Statement::documented(
            "a saved change of a capping configuration is not live until it is deployed again",
            CAPPING,
        ));
    }
    if has_status(MatchStatus::LiveUnknown) {
        let text = "a configuration was changed after it was deployed, and the service does not show what is live";
        statements.push(Statement::observed(text, "the service's response"));
    }
    if configs.iter().any(|config| config.key.url.contains('*')) {
        statements.push(Statement::inferred(
            "`*` is taken to match any string, including `/`",
            "wildcards are allowed (configuration/capping.md), but their semantics are not published",
        ));
    }
    if !configs.is_empty() {
        statements.push(Statement::unknown(
            "whether a URL is matched against the static part of a custom action's URL or against the full one",
            NOT_PUBLISHED,
        ));
        statements.push(Statement::unknown(
            "whether a configured limit is counted in fixed or sliding windows; `ajo simulate` compares them",
            NOT_PUBLISHED,
        ));
    }
    statements
}
