//! What journeys can call. A limit on anything else matches no call.
//!
//! The facts are *documented*. Each message names its page of Adobe's product documentation, relative to `help/using/`
//! in the repository `AdobeDocs/journey-optimizer.en`.

use alloc::format;
use alloc::vec::Vec;

use super::diagnostic::Diagnostic;
use super::url_pattern_syntax::UrlPattern;
use crate::parse::substring;

const GUARDRAILS_PAGE: &str = "start/guardrails.md";
const EXTERNAL_SYSTEMS_PAGE: &str = "configuration/external-systems.md";

/// Calls per second of an external data source, whatever is configured (documented).
const DATA_SOURCE_CALLS_PER_SECOND: i64 = 15;
/// Above this rate of calls per second and connection, a note says that the connections limit the rate: each call would
/// have to end within 25 ms. *Inferred*, by Little's law, for connections that carry one call at a time.
const MAX_RATE_PER_CONNECTION: i128 = 40;
/// The connections that Adobe estimates for a throughput with the IP proxy (documented), as upper bound and connections.
const ESTIMATED_CONNECTIONS: [(i64, i64); 4] = [(2000, 50), (3000, 75), (4000, 100), (5000, 125)];

/// What makes calls to an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Caller {
    CustomAction,
    DataSource,
}

impl Caller {
    /// The callers that a name in `services` stands for.
    pub(super) fn from_service(name: &str) -> Option<Self> {
        match name {
            "action" => Some(Self::CustomAction),
            "dataSource" => Some(Self::DataSource),
            _ => None,
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::CustomAction => "custom actions",
            Self::DataSource => "external data sources",
        }
    }

    pub(super) const fn methods(self) -> &'static [&'static str] {
        match self {
            Self::CustomAction => &["GET", "POST", "PUT"],
            Self::DataSource => &["GET", "POST"],
        }
    }

    /// The methods, for messages.
    pub(super) const fn method_names(self) -> &'static str {
        match self {
            Self::CustomAction => "GET, POST, and PUT",
            Self::DataSource => "GET and POST",
        }
    }

    /// The page that documents the methods and addresses.
    pub(super) const fn page(self) -> &'static str {
        match self {
            Self::CustomAction => "action/about-custom-action-configuration.md",
            Self::DataSource => "datasource/external-data-sources.md",
        }
    }
}

/// Reports an address that one of the callers never calls.
pub(super) fn check_address(url: &UrlPattern<'_>, pointer: &str, callers: &[Caller], findings: &mut Vec<Diagnostic>) {
    let Some(caller) = callers.first() else { return };
    let mut add = |code, message| findings.push(Diagnostic::warning(code, pointer, message));
    if url.is_ip_address() {
        let page = caller.page();
        add(
            "AJO_LIMITS_IP_ADDRESS",
            format!("journeys do not call IP addresses, so the limit matches no call ({page})"),
        );
    }
    if substring::contains(&url.host.to_ascii_lowercase(), ".adobe.") {
        let message = "journeys do not call internal Adobe addresses (`.adobe.*`), so the limit matches no call";
        add("AJO_LIMITS_ADOBE_HOST", format!("{message} ({GUARDRAILS_PAGE})"));
    }
    if callers.contains(&Caller::CustomAction) && !url.has_default_port() {
        let message = "custom actions use only the ports 80 for http and 443 for https, so the limit matches none of \
                       their calls";
        add("AJO_LIMITS_PORT", format!("{message} ({})", Caller::CustomAction.page()));
    }
}

/// Reports a rate of a data source that Adobe's own limit does not allow.
pub(super) fn check_data_source_rate(calls: i64, period_in_ms: i64) -> Option<Diagnostic> {
    let is_above = i128::from(calls) * 1000 > i128::from(DATA_SOURCE_CALLS_PER_SECOND) * i128::from(period_in_ms);
    let message = format!(
        "external data sources make at most {DATA_SOURCE_CALLS_PER_SECOND} calls per second, so this rating has no \
         effect unless Adobe has put the endpoint on an allow-list ({EXTERNAL_SYSTEMS_PAGE})"
    );
    is_above.then(|| Diagnostic::warning("AJO_LIMITS_DATA_SOURCE_RATE", "", message))
}

/// Notes that so few connections reach a rate only with very short calls.
pub(super) fn check_connections(calls: i64, period_in_ms: i64, connections: i64) -> Option<Diagnostic> {
    let busy_time = i128::from(connections) * i128::from(period_in_ms);
    let is_limited = calls > 0 && i128::from(calls) * 1000 >= MAX_RATE_PER_CONNECTION.saturating_mul(busy_time);
    is_limited.then(|| {
        // A product above 64 bits only has a latency below 25 ms too.
        let latency = i64::try_from(busy_time).unwrap_or(i64::MAX) / calls;
        let message = format!(
            "with {connections} connections, calls reach this rate only if each ends within {latency} ms (inferred: a \
             connection carries one call at a time)"
        );
        Diagnostic::note("AJO_LIMITS_CONNECTIONS", "", message)
    })
}

/// Notes that the connections that Adobe estimates reach a throughput only with very short calls.
pub(super) fn check_throughput(throughput: i64) -> Option<Diagnostic> {
    let (_, connections) = ESTIMATED_CONNECTIONS.into_iter().find(|(bound, _)| throughput <= *bound)?;
    (throughput >= ESTIMATED_CONNECTIONS[0].0).then(|| {
        let latency = connections * 1000 / throughput;
        let message = format!(
            "Adobe estimates {connections} connections for this throughput with the IP proxy; calls reach it only if each \
             ends within {latency} ms (inferred: a connection carries one call at a time)"
        );
        Diagnostic::note("AJO_LIMITS_CONNECTIONS", "/maxThroughput", message)
    })
}

#[cfg(test)]
mod tests {
    use super::super::url_pattern_syntax::parse_url_pattern;
    use super::*;

    fn address_codes(url: &str, callers: &[Caller]) -> Vec<&'static str> {
        let mut findings = Vec::new();
        check_address(&parse_url_pattern(url).expect(url), "/url", callers, &mut findings);
        assert!(findings.iter().all(|found| found.pointer == "/url" && found.message.contains(".md)")), "{findings:?}");
        findings.into_iter().map(|found| found.code).collect()
    }

    #[test]
    fn address_without_calls_is_reported() {
        use Caller::{CustomAction, DataSource};
        const IP: &str = "AJO_LIMITS_IP_ADDRESS";
        for (url, action, data_source) in [
            ("https://api.example.org/*", &[][..], &[][..]),
            ("https://api.example.org:443/*", &[], &[]),
            ("http://api.example.org:80/*", &[], &[]),
            ("https://api.example.org:8443/*", &["AJO_LIMITS_PORT"], &[]),
            ("https://api.example.org:80/*", &["AJO_LIMITS_PORT"], &[]),
            ("http://api.example.org:443/*", &["AJO_LIMITS_PORT"], &[]),
            ("https://10.0.0.1/*", &[IP], &[IP]),
            ("https://10.0.0.1./*", &[IP], &[IP]),
            ("https://2130706433/", &[IP], &[IP]),
            ("https://127.0.0x1/", &[IP], &[IP]),
            ("https://[2001:db8::1]/", &[IP], &[IP]),
            ("https://10.0.0.example/", &[], &[]),
            ("https://platform.Adobe.io/*", &["AJO_LIMITS_ADOBE_HOST"], &["AJO_LIMITS_ADOBE_HOST"]),
            ("https://notadobe.com/*", &[], &[]),
            ("https://api.example.org/x.adobe.io", &[], &[]),
        ] {
            assert_eq!(address_codes(url, &[CustomAction]), action, "{url}");
            assert_eq!(address_codes(url, &[CustomAction, DataSource]), action, "{url}");
            assert_eq!(address_codes(url, &[DataSource]), data_source, "{url}");
            assert!(address_codes(url, &[]).is_empty(), "{url}");
        }
    }

    #[test]
    fn data_source_rate_is_exact() {
        for (calls, period_in_ms, reported) in
            [(15, 1000, false), (16, 1000, true), (900, 60_000, false), (901, 60_000, true), (i64::MAX, 1, true)]
        {
            assert_eq!(check_data_source_rate(calls, period_in_ms).is_some(), reported, "{calls}/{period_in_ms}");
        }
    }

    #[test]
    fn few_connections_are_noted() {
        let latency = |found: Option<Diagnostic>| {
            let message = found?.message;
            let rest = message.split("within ").nth(1).expect("a latency");
            Some(rest.split(' ').next().expect("a number").parse::<u32>().expect("a number"))
        };
        for (calls, period_in_ms, connections, expected) in [
            (500, 1000, 50, None),
            (1999, 1000, 50, None),
            (2000, 1000, 50, Some(25)),
            (60_000, 60_000, 10, Some(10)),
            (i64::MAX, 1, i64::MAX, Some(1)),
            (1, i64::MAX, i64::MAX, None),
        ] {
            assert_eq!(latency(check_connections(calls, period_in_ms, connections)), expected, "{calls} {connections}");
        }
        for (throughput, expected) in [(400, None), (1999, None), (2000, Some(25)), (2500, Some(30)), (5000, Some(25))]
        {
            assert_eq!(latency(check_throughput(throughput)), expected, "{throughput}");
        }
    }
}
