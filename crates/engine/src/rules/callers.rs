//! What journeys can call. A limit on anything else matches no call.
//!
//! The facts are *documented*. Each message names its page of Adobe's product documentation, relative to `help/using/`
//! in the repository `AdobeDocs/journey-optimizer.en`.

use super::findings::Findings;
use super::url_pattern_syntax::UrlPattern;
use crate::text::{self, decimal};

const GUARDRAILS_PAGE: &str = "start/guardrails.md";
const EXTERNAL_SYSTEMS_PAGE: &str = "configuration/external-systems.md";

/// Calls per second of an external data source, whatever is configured (documented).
const DATA_SOURCE_CALLS_PER_SECOND: u64 = 15;
/// If each call must end within this time, a note says that the connections limit the rate. *Inferred*, by Little's law, for
/// connections that carry one call at a time.
const NOTED_LATENCY_IN_MS: u64 = 25;
/// The connections that Adobe estimates for a throughput with the IP proxy (documented), as upper bound and connections.
const ESTIMATED_CONNECTIONS: [(u64, u64); 4] = [(2000, 50), (3000, 75), (4000, 100), (5000, 125)];
/// The end of a message with a latency.
const ONE_CALL_AT_A_TIME: &str = " ms (inferred: a connection carries one call at a time)";

/// What makes calls to an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caller {
    CustomAction,
    DataSource,
}

impl Caller {
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
pub(super) fn check_address(url: &UrlPattern<'_>, pointer: &str, callers: &[Caller], findings: &mut Findings) {
    let Some(caller) = callers.first() else { return };
    let mut warn = |code, message, page| findings.warning(code, pointer, &[message, " (", page, ")"]);
    if url.is_ip_address() {
        let message = "journeys do not call IP addresses, so the limit matches no call";
        warn("AJO_LIMITS_IP_ADDRESS", message, caller.page());
    }
    if text::contains(&url.host.to_ascii_lowercase(), ".adobe.") {
        let message = "journeys do not call internal Adobe addresses (`.adobe.*`), so the limit matches no call";
        warn("AJO_LIMITS_ADOBE_HOST", message, GUARDRAILS_PAGE);
    }
    if callers.contains(&Caller::CustomAction) && !url.has_default_port() {
        let message = "custom actions use only the ports 80 for http and 443 for https, so the limit matches none of \
                       their calls";
        warn("AJO_LIMITS_PORT", message, Caller::CustomAction.page());
    }
}

/// Reports a rate of a data source that Adobe's own limit does not allow.
pub(super) fn check_data_source_rate(calls: u64, period_in_ms: u64, findings: &mut Findings) {
    let allowed =
        period_in_ms / 1000 * DATA_SOURCE_CALLS_PER_SECOND + period_in_ms % 1000 * DATA_SOURCE_CALLS_PER_SECOND / 1000;
    if calls > allowed {
        let message = [
            "external data sources make at most ",
            &decimal(DATA_SOURCE_CALLS_PER_SECOND),
            " calls per second, so this rating has no effect unless Adobe has put the endpoint on an allow-list (",
            EXTERNAL_SYSTEMS_PAGE,
            ")",
        ];
        findings.warning("AJO_LIMITS_DATA_SOURCE_RATE", "/rating/maxCallsCount", &message);
    }
}

/// Notes that so few connections reach a rate only with very short calls.
pub(super) fn check_connections(calls: u64, period_in_ms: u64, connections: u64, findings: &mut Findings) {
    // No rate is limited by a time above 64 bits.
    let Some(busy_time) = connections.checked_mul(period_in_ms) else { return };
    if busy_time.div_ceil(calls) <= NOTED_LATENCY_IN_MS {
        let latency = busy_time / calls;
        let message = [
            "with ",
            &decimal(connections),
            " connections, calls reach this rate only if each ends within ",
            &decimal(latency),
            ONE_CALL_AT_A_TIME,
        ];
        findings.note("AJO_LIMITS_CONNECTIONS", "/maxHttpConnections", &message);
    }
}

/// Notes that the connections that Adobe estimates reach a throughput only with very short calls.
pub(super) fn check_throughput(throughput: u64, findings: &mut Findings) {
    let estimate = ESTIMATED_CONNECTIONS.iter().find(|(bound, _)| throughput <= *bound);
    if let Some((_, connections)) = estimate
        && throughput >= ESTIMATED_CONNECTIONS[0].0
    {
        let message = [
            "Adobe estimates ",
            &decimal(*connections),
            " connections for this throughput with the IP proxy; calls reach it only if each ends within ",
            &decimal(connections * 1000 / throughput),
            ONE_CALL_AT_A_TIME,
        ];
        findings.note("AJO_LIMITS_CONNECTIONS", "/maxThroughput", &message);
    }
}

#[cfg(test)]
mod tests {
    use super::super::url_pattern_syntax::parse_url_pattern;
    use super::*;

    fn address_codes(url: &str, callers: &[Caller]) -> Vec<&'static str> {
        let mut findings = Findings::default();
        check_address(&parse_url_pattern(url).expect(url), "/url", callers, &mut findings);
        let findings = findings.into_vec();
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
        for (calls, period_in_ms, reported) in [
            (15, 1000, false),
            (16, 1000, true),
            (900, 60_000, false),
            (901, 60_000, true),
            (1, 67, false),
            (1, 66, true),
            (i64::MAX as u64, 1, true),
            (i64::MAX as u64, i64::MAX as u64, true),
        ] {
            let mut findings = Findings::default();
            check_data_source_rate(calls, period_in_ms, &mut findings);
            assert_eq!(!findings.into_vec().is_empty(), reported, "{calls}/{period_in_ms}");
        }
    }

    #[test]
    fn few_connections_are_noted() {
        const MAX: u64 = i64::MAX as u64;
        let latency = |findings: Findings| {
            let message = findings.into_vec().pop()?.message;
            let rest = message.split("within ").nth(1).expect("a latency");
            Some(rest.split(' ').next().expect("a number").parse::<u32>().expect("a number"))
        };
        for (calls, period_in_ms, connections, expected) in [
            (500, 1000, 50, None),
            (1999, 1000, 50, None),
            (2000, 1000, 50, Some(25)),
            (60_000, 60_000, 10, Some(10)),
            (MAX, 1, MAX, Some(1)),
            (1, MAX, MAX, None),
        ] {
            let mut findings = Findings::default();
            check_connections(calls, period_in_ms, connections, &mut findings);
            assert_eq!(latency(findings), expected, "{calls} {connections}");
        }
        for (throughput, expected) in [(400, None), (1999, None), (2000, Some(25)), (2500, Some(30)), (5000, Some(25))]
        {
            let mut findings = Findings::default();
            check_throughput(throughput, &mut findings);
            assert_eq!(latency(findings), expected, "{throughput}");
        }
    }
}
