//! The form of policy files, as the schema describes it and as the reader knows it.

use schemars::JsonSchema;

/// The keys of a policy.
pub(crate) const FILE: &[&str] = &["version", "ceilings", "forbiddenHosts", "mustBeDeployed", "freezeWindows"];
/// The keys of a ceiling: its URL, and its bounds.
pub(crate) const CEILING: &[&str] = &["url", "maxCallsPerSecond", "maxHttpConnections", "maxThroughput"];
/// The keys of a freeze window.
pub(crate) const FREEZE: &[&str] = &["from", "to", "reason"];

/// What no limits file may say, and when nothing may be changed.
#[derive(JsonSchema)]
#[schemars(
    rename = "Policy",
    title = "Policy for limits of Adobe Journey Optimizer",
    rename_all = "camelCase",
    deny_unknown_fields
)]
#[expect(dead_code, reason = "described, never made")]
pub(crate) struct PolicyForm {
    /// The version of this form: 1.
    #[schemars(extend("const" = 1, "default" = 1))]
    version: u32,
    /// The most that limits of a URL may allow.
    ceilings: Option<Vec<CeilingForm>>,
    /// Hosts that no limit may be for; `*` stands for any text.
    #[schemars(extend("examples" = [["*.internal.example"]]))]
    forbidden_hosts: Option<Vec<String>>,
    /// `true`: every limit must be deployed. Or those of these URLs; `*` stands for any text.
    must_be_deployed: Option<MustBeDeployed>,
    /// Windows in which nothing may be changed.
    freeze_windows: Option<Vec<FreezeForm>>,
}

/// The most that limits of a URL may allow: at least one of its three bounds.
#[derive(JsonSchema)]
#[schemars(rename = "Ceiling", rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "described, never made")]
pub(crate) struct CeilingForm {
    /// Which URLs; `*` stands for any text.
    #[schemars(length(min = 1), extend("examples" = ["https://api.example.org/*"]))]
    url: String,
    /// Calls per second that the rating of a capping limit may come to.
    #[schemars(range(min = 1), extend("examples" = [500]))]
    max_calls_per_second: Option<i64>,
    /// Connections at the same time that a capping limit may allow, a count. One that sets none allows any number.
    #[schemars(range(min = 1), extend("examples" = [100]))]
    max_http_connections: Option<i64>,
    /// Calls per second that a throttling limit may allow.
    #[schemars(range(min = 1), extend("examples" = [400]))]
    max_throughput: Option<i64>,
}

/// Which limits must be deployed.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "described, never made")]
pub(crate) enum MustBeDeployed {
    /// All, or none.
    All(bool),
    /// Those of these URLs.
    Of(Vec<String>),
}

/// A window in which nothing may be changed.
#[derive(JsonSchema)]
#[schemars(rename = "FreezeWindow", rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "described, never made")]
pub(crate) struct FreezeForm {
    /// When it begins, as RFC 3339 writes it.
    #[schemars(extend("format" = "date-time", "examples" = ["2026-11-26T00:00:00Z"]))]
    from: String,
    /// When it is over.
    #[schemars(extend("format" = "date-time", "examples" = ["2026-11-30T00:00:00Z"]))]
    to: String,
    /// Why.
    #[schemars(length(min = 1))]
    reason: String,
}
