//! The policy file format, as JSON Schema types and as key lists for the parser.

use schemars::JsonSchema;

pub(crate) const POLICY_FILE_KEYS: &[&str] =
    &["version", "maximums", "deniedHosts", "requireDeployed", "freezeWindows", "observed"];
/// The keys of a maximum: its URL and its bounds.
pub(crate) const MAXIMUM_RULE_KEYS: &[&str] = &[
    "url",
    "maxCallsPerSecond",
    "maxHttpConnections",
    "maxThroughput",
    "maxRejectedPerMinute",
    "maxP95WaitSeconds",
    "maxDropped",
    "maxTimedOut",
];
pub(crate) const FREEZE_WINDOW_KEYS: &[&str] = &["from", "to", "reason"];

/// Restrictions for limits files, and freeze windows.
#[derive(JsonSchema)]
#[schemars(
    rename = "Policy",
    title = "Policy for limits of Adobe Journey Optimizer",
    rename_all = "camelCase",
    deny_unknown_fields
)]
#[expect(dead_code, reason = "only used to generate the schema")]
pub(crate) struct PolicyFileSchema {
    /// The version of this file format: 1.
    #[schemars(extend("const" = 1, "default" = 1))]
    version: u32,
    /// Maximums for the limits of a URL.
    maximums: Option<Vec<MaximumRuleSchema>>,
    /// Hosts that must not have limits; `*` matches any string.
    #[schemars(extend("examples" = [["*.internal.example"]]))]
    denied_hosts: Option<Vec<String>>,
    /// `true` if every limit must be deployed, or the URLs whose limits must be deployed; `*` matches any string.
    require_deployed: Option<RequireDeployedSchema>,
    /// Windows in which changes are forbidden.
    freeze_windows: Option<Vec<FreezeWindowSchema>>,
    /// The export of observed traffic from which `ajo plan` and `ajo apply` compute the effect of changes, or several. Paths are
    /// relative to this file.
    #[schemars(extend("examples" = ["traffic.csv"]))]
    observed: Option<ObservedSchema>,
}

/// A maximum for the limits of a URL, and for the effect of their changes on observed traffic. At least one bound is required.
#[derive(JsonSchema)]
#[schemars(rename = "MaximumRule", rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "only used to generate the schema")]
pub(crate) struct MaximumRuleSchema {
    /// The URLs; `*` matches any string.
    #[schemars(length(min = 1), extend("examples" = ["https://api.example.org/*"]))]
    url: String,
    /// The maximum calls per second of a capping limit's rating.
    #[schemars(range(min = 1), extend("examples" = [500]))]
    max_calls_per_second: Option<i64>,
    /// The maximum concurrent connections of a capping limit. A limit without `maxHttpConnections` violates it.
    #[schemars(range(min = 1), extend("examples" = [100]))]
    max_http_connections: Option<i64>,
    /// The maximum calls per second of a throttling limit.
    #[schemars(range(min = 1), extend("examples" = [400]))]
    max_throughput: Option<i64>,
    /// The maximum number of calls that a changed limit rejects in the minute with the most.
    #[schemars(range(min = 0), extend("examples" = [0]))]
    max_rejected_per_minute: Option<i64>,
    /// The maximum for the 95th percentile of the time in the throttling queue, in seconds.
    #[schemars(range(min = 0), extend("examples" = [60]))]
    max_p95_wait_seconds: Option<i64>,
    /// The maximum number of calls dropped after 6 hours in the throttling queue.
    #[schemars(range(min = 0), extend("examples" = [0]))]
    max_dropped: Option<i64>,
    /// The maximum number of calls that take longer than the timeout.
    #[schemars(range(min = 0), extend("examples" = [0]))]
    max_timed_out: Option<i64>,
}

/// Exports of observed traffic.
#[derive(JsonSchema)]
#[schemars(rename = "ObservedFiles", untagged)]
#[expect(dead_code, reason = "only used to generate the schema")]
pub(crate) enum ObservedSchema {
    /// One export.
    One(String),
    /// Several exports, such as one of calls and one of latencies.
    Several(Vec<String>),
}

/// The limits that must be deployed.
#[derive(JsonSchema)]
#[schemars(rename = "RequireDeployed", untagged)]
#[expect(dead_code, reason = "only used to generate the schema")]
pub(crate) enum RequireDeployedSchema {
    /// All limits, or none.
    All(bool),
    /// The limits of these URLs.
    Urls(Vec<String>),
}

/// A window in which changes are forbidden.
#[derive(JsonSchema)]
#[schemars(rename = "FreezeWindow", rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "only used to generate the schema")]
pub(crate) struct FreezeWindowSchema {
    /// The start, as an RFC 3339 timestamp.
    #[schemars(extend("format" = "date-time", "examples" = ["2026-11-26T00:00:00Z"]))]
    from: String,
    /// The end, exclusive.
    #[schemars(extend("format" = "date-time", "examples" = ["2026-11-30T00:00:00Z"]))]
    to: String,
    /// The reason, shown to users.
    #[schemars(length(min = 1))]
    reason: String,
}
