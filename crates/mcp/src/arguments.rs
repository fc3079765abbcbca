//! The arguments of the tools. Their descriptions are part of the JSON Schemas that clients show to models.

use schemars::JsonSchema;
use serde::Deserialize;

/// Arguments that may name files.
pub trait FileArguments {
    /// The paths in the arguments.
    fn files_mut(&mut self) -> Vec<&mut String>;
}

/// One of the two APIs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LimitKind {
    /// Calls over the limit are rejected
    Capping,
    /// Calls over the limit are queued
    Throttling,
}

/// The state of a configuration, as the option `--deploy-state` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DeployState {
    /// Live as saved
    Deployed,
    /// Not live
    Undeployed,
    /// Live, and changed since the deploy
    Updated,
}

/// Arguments of `list`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ListArguments {
    /// Only configurations of this API; both by default
    pub api: Option<LimitKind>,
    /// Only configurations that match this URL, or share URLs with this pattern
    pub url: Option<String>,
    /// Only configurations in this state
    pub deploy_state: Option<DeployState>,
    /// Number of configurations to skip
    pub offset: usize,
    /// Maximum number of configurations, from 1 to 200; 50 by default
    #[schemars(range(min = 1, max = 200))]
    pub limit: Option<usize>,
}

/// Arguments of `get`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct GetArguments {
    /// UID of the configuration; pass it or `url`
    pub uid: Option<String>,
    /// URL of the configuration, if only one has it
    pub url: Option<String>,
    /// API of the configuration; both are searched by default
    pub api: Option<LimitKind>,
}

/// Arguments of `explain`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExplainArguments {
    /// HTTP method of the call, such as POST
    pub method: String,
    /// URL of the call, such as `https://api.example.org/v1/send`
    pub url: String,
    /// Limits files or folders to explain as well; patterns are not replaced
    #[serde(default)]
    pub files: Vec<String>,
    /// Do not read the service
    #[serde(default)]
    pub offline: bool,
}

/// Arguments of `validate`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ValidateArguments {
    /// Limits files (YAML or JSON), or folders with limits files; patterns are not replaced
    #[schemars(length(min = 1))]
    pub files: Vec<String>,
    /// Policy file to enforce in addition to the one named in a limits file
    #[serde(default)]
    pub policy: Option<String>,
}

/// Arguments of `plan`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlanArguments {
    /// Limits files (YAML or JSON) of one sandbox, or folders with limits files; patterns are not replaced
    #[schemars(length(min = 1))]
    pub files: Vec<String>,
    /// Policy file to enforce in addition to the one named in a limits file
    #[serde(default)]
    pub policy: Option<String>,
    /// CSV exports of Adobe's SQL queries: show the effect of the changes on this traffic
    #[serde(default)]
    pub observed: Vec<String>,
    /// How many times faster than their average the calls of a minute may arrive, from 1 to 10
    #[serde(default)]
    pub burst: Option<u32>,
    /// Also plan to delete managed configurations that are no longer in the files
    #[serde(default)]
    pub prune: bool,
}

/// How to treat limits that are in no file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum UnmanagedLevel {
    /// All are errors
    Error,
    /// All are warnings
    Warn,
    /// Only those in the state are reported
    Ignore,
}

/// Arguments of `drift`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DriftArguments {
    /// Limits files (YAML or JSON) of one sandbox, or folders with limits files; patterns are not replaced
    #[schemars(length(min = 1))]
    pub files: Vec<String>,
    /// Policy file to enforce in addition to the one named in a limits file
    #[serde(default)]
    pub policy: Option<String>,
    /// How to treat limits that are in no file; by default, deployed ones are errors and others are warnings
    #[serde(default)]
    pub unmanaged: Option<UnmanagedLevel>,
}

/// Arguments of `simulate`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SimulateArguments {
    /// Limits files or folders with them, definitions, or JSON output of `get` or `list`; patterns are not replaced
    pub files: Vec<String>,
    /// UIDs of deployed configurations, whose live limits are read from the service
    pub uids: Vec<String>,
    /// Endpoint whose limits apply, if a source has several
    pub url: Option<String>,
    /// Method of the calls, if a source has several limits for the URL
    pub method: Option<String>,
    /// Caller of the endpoint: `action` or `data-source`
    pub service: Option<String>,
    /// Journeys: `100x60` (100 calls/s for 60 s), `ramp:100-5000x60`, a comma-separated list, or `NAME=PATTERN`
    pub traffic: Vec<String>,
    /// Number of profiles that a Read Audience journey sends through the action; needs `readingRate`
    pub audience: Option<u64>,
    /// Profiles per second, from 500 to 20000
    pub reading_rate: Option<u32>,
    /// Arrival of the calls of a second: `even` or `poisson`
    pub arrivals: Option<String>,
    /// CSV exports of Adobe's SQL queries, to replay observed traffic instead of `traffic`
    pub observed: Vec<String>,
    /// Endpoint in the export; all by default
    pub endpoint: Option<String>,
    /// Upper bound of a replay: the calls of a minute arrive this many times faster than on average, from 1 to 10
    pub burst: Option<u32>,
    /// First minute of a replay, such as `2026/11/29 08:15`
    pub from: Option<String>,
    /// Last minute of a replay
    pub to: Option<String>,
    /// Latency of the endpoint in ms: `300`, `exp:300`, `p50=80,p95=300,p99=900`, or a CSV file
    pub latency: Option<String>,
    /// Requests per second that the endpoint can process
    pub capacity: Option<u32>,
    /// Requests that the endpoint processes in parallel
    pub servers: Option<u32>,
    /// Failing requests: a share such as `0.2`, or `first:2`
    pub failures: Option<String>,
    /// HTTP status of failures, from 400 to 599
    pub failure_status: Option<u16>,
    /// Connections to the endpoint, instead of the configured or estimated number
    pub connections: Option<u32>,
    /// Timeout of the journeys in seconds, from 1 to 30
    pub timeout: Option<u64>,
    /// Window for counting calls against a limit: `fixed`, `sliding`, or `token-bucket`
    pub window: Option<String>,
    /// Seed of random arrivals, latencies, and failures
    pub seed: Option<u64>,
    /// Expectations such as `rejected = 0` or `p95_wait < 60s`; the result says which are met
    pub expect: Vec<String>,
}

/// Arguments of `size`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SizeArguments {
    /// Requests that the endpoint processes in parallel; pass it or `capacity`
    pub servers: Option<u32>,
    /// Requests per second that the endpoint can process
    pub capacity: Option<u32>,
    /// Latency of the endpoint in ms: `300`, `exp:300`, `p50=80,p95=300,p99=900`, or a CSV file
    pub latency: String,
    /// Failing requests: a share such as `0.2`, or `first:2`
    pub failures: Option<String>,
    /// Number of profiles that a Read Audience journey sends through the action; pass it or `traffic`
    pub audience: Option<u64>,
    /// Profiles per second, from 500 to 20000, if it cannot be chosen
    pub reading_rate: Option<u32>,
    /// Calls that cannot be shaped, such as events: `100x60` (100 calls/s for 60 s), `ramp:100-5000x60`, or a list
    pub traffic: Option<String>,
    /// Arrival of the calls of a second: `even` or `poisson`
    pub arrivals: Option<String>,
    /// Time in which all calls are done, such as `4h`, `90min`, or `30s`
    pub within: Option<String>,
    /// Maximum number of requests in parallel at the endpoint
    pub max_parallel: Option<u32>,
    /// Share of the measured tipping point to use, from `1%` to `100%`; `75%` by default
    pub margin: Option<String>,
}

impl FileArguments for ListArguments {
    fn files_mut(&mut self) -> Vec<&mut String> {
        Vec::new()
    }
}

impl FileArguments for GetArguments {
    fn files_mut(&mut self) -> Vec<&mut String> {
        Vec::new()
    }
}

impl FileArguments for ExplainArguments {
    fn files_mut(&mut self) -> Vec<&mut String> {
        self.files.iter_mut().collect()
    }
}

impl FileArguments for ValidateArguments {
    fn files_mut(&mut self) -> Vec<&mut String> {
        self.files.iter_mut().chain(&mut self.policy).collect()
    }
}

impl FileArguments for PlanArguments {
    fn files_mut(&mut self) -> Vec<&mut String> {
        self.files.iter_mut().chain(&mut self.policy).chain(&mut self.observed).collect()
    }
}

impl FileArguments for DriftArguments {
    fn files_mut(&mut self) -> Vec<&mut String> {
        self.files.iter_mut().chain(&mut self.policy).collect()
    }
}

impl FileArguments for SimulateArguments {
    fn files_mut(&mut self) -> Vec<&mut String> {
        let latency = self.latency.as_mut().filter(|latency| is_csv_file(latency));
        self.files.iter_mut().chain(&mut self.observed).chain(latency).collect()
    }
}

impl FileArguments for SizeArguments {
    fn files_mut(&mut self) -> Vec<&mut String> {
        if is_csv_file(&self.latency) { vec![&mut self.latency] } else { Vec::new() }
    }
}

/// Whether a latency is the path of a file.
fn is_csv_file(latency: &str) -> bool {
    latency.to_ascii_lowercase().ends_with(".csv")
}
