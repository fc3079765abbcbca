//! The form of limits files, as the schema describes it and as the reader knows it.
//!
//! The reader does not use the types: it has to find everything that is wrong at once, with its place, which no type can. A test
//! in `schema.rs` holds the two together.

use ajo_core::HttpMethod;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

/// The keys of a limits file.
pub(crate) const FILE: &[&str] =
    &["version", "sandbox", "production", "base", "variables", "policy", "capping", "throttling"];
/// The keys of a capping limit.
pub(crate) const CAPPING: &[&str] = &["url", "methods", "services", "deployed", "absent"];
/// The kinds of callers.
pub(crate) const SERVICES: &[&str] = &["action", "dataSource"];
/// The keys of the limit for a kind of caller.
pub(crate) const SERVICE: &[&str] = &["maxHttpConnections", "rating"];
/// The keys of a rating.
pub(crate) const RATING: &[&str] = &["maxCallsCount", "periodInMs"];
/// The keys of the throttling limit.
pub(crate) const THROTTLING: &[&str] =
    &["name", "description", "urlPattern", "methods", "maxThroughput", "deployed", "absent"];

/// The limits that one sandbox shall have. With `base`, what differs from another file.
#[derive(JsonSchema)]
#[schemars(
    rename = "Limits",
    title = "Limits of Adobe Journey Optimizer",
    rename_all = "camelCase",
    deny_unknown_fields
)]
#[expect(dead_code, reason = "described, never made")]
pub(crate) struct LimitsForm {
    /// The version of this form: 1.
    #[schemars(extend("const" = 1, "default" = 1))]
    version: u32,
    /// The sandbox that the file is about, in small letters. It may come from the base.
    #[schemars(extend("examples" = ["prod"]))]
    sandbox: Option<String>,
    /// Whether the sandbox is one of production, for which an apply asks for its name. Unless it says `false`, it is one.
    production: Option<bool>,
    /// Another limits file, relative to this one, from which this one differs. An entry here is merged into the base's entry with
    /// the same URL and methods (or with the same URL, if no methods are named and only one has it); `null` removes a field.
    #[schemars(extend("examples" = ["base.yaml"]))]
    base: Option<String>,
    /// The environment variables that may be used as `${NAME}` in the texts of this file. `$${` is a literal `${`.
    #[schemars(extend("examples" = [["PARTNER_HOST"]]))]
    variables: Option<Vec<VariableName>>,
    /// The policy that holds for these limits, relative to this file.
    #[schemars(extend("examples" = ["policy.yaml"]))]
    policy: Option<String>,
    /// Limits over which calls are rejected, for this sandbox.
    capping: Option<Vec<CappingForm>>,
    /// The limit over which calls wait in a queue. An organization has one, for all its sandboxes.
    throttling: Option<ThrottlingForm>,
}

/// A limit over which calls of an endpoint are rejected. It is known by its URL and methods.
#[derive(JsonSchema)]
#[schemars(rename = "Capping", rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "described, never made")]
pub(crate) struct CappingForm {
    /// The endpoint, an absolute http or https URL. `*` stands for any text in its path, and not in its host or port.
    #[schemars(extend("examples" = ["https://api.example.org/data/2.5/*"]))]
    url: String,
    /// The HTTP methods that are limited.
    #[schemars(extend("examples" = [["GET"], ["POST", "PUT"]]))]
    methods: Option<Vec<Method>>,
    /// The limit for each kind of caller.
    services: Option<ServicesForm>,
    /// Whether it shall limit. One that is not deployed limits nothing.
    #[schemars(extend("default" = true))]
    deployed: Option<bool>,
    /// In a file with a base: the base's limit with this URL and these methods is not wanted.
    absent: Option<bool>,
}

/// The limit for each kind of caller.
#[derive(JsonSchema)]
#[schemars(rename = "Services", rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "described, never made")]
pub(crate) struct ServicesForm {
    /// Custom actions.
    action: Option<ServiceForm>,
    /// Data sources.
    data_source: Option<ServiceForm>,
}

/// The limit for one kind of caller.
#[derive(JsonSchema)]
#[schemars(rename = "Service", rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "described, never made")]
pub(crate) struct ServiceForm {
    /// Connections that may be open at the same time, a count; without it there is no limit of them. Adobe documents at most 400.
    #[schemars(extend("examples" = [50]))]
    max_http_connections: Option<i64>,
    /// Calls in a period.
    rating: Option<RatingForm>,
}

/// Calls in a period.
#[derive(JsonSchema)]
#[schemars(rename = "Rating", rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "described, never made")]
pub(crate) struct RatingForm {
    /// Calls that are allowed in one period, a count.
    #[schemars(range(min = 1), extend("examples" = [500]))]
    max_calls_count: Option<i64>,
    /// Length of the period in milliseconds.
    #[schemars(range(min = 1), extend("examples" = [1000]))]
    period_in_ms: Option<i64>,
}

/// The limit over which calls of an endpoint wait in a queue. It needs a sandbox of production.
#[derive(JsonSchema)]
#[schemars(rename = "Throttling", rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "described, never made")]
pub(crate) struct ThrottlingForm {
    /// A name for people.
    #[schemars(extend("examples" = ["partner-api"]))]
    name: Option<String>,
    /// What it is for.
    description: Option<String>,
    /// The endpoint, an absolute http or https URL. `*` stands for any text in its path, and not in its host or port.
    #[schemars(extend("examples" = ["https://partner.example.com/*"]))]
    url_pattern: Option<String>,
    /// The HTTP methods that are limited.
    #[schemars(extend("examples" = [["POST", "PUT"]]))]
    methods: Option<Vec<Method>>,
    /// Calls allowed per second.
    #[schemars(range(min = 200, max = 5000), extend("examples" = [400]))]
    max_throughput: Option<i64>,
    /// Whether it shall limit. One that is not deployed limits nothing.
    #[schemars(extend("default" = true))]
    deployed: Option<bool>,
    /// In a file with a base: the base's throttling is not wanted.
    absent: Option<bool>,
}

/// A name of a variable.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "described, never made")]
pub(crate) struct VariableName(#[schemars(regex(pattern = "^[A-Za-z_][A-Za-z0-9_]*$"))] String);

/// A method: one that the service names, or any other, which it may know one day.
pub(crate) struct Method;

impl JsonSchema for Method {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Method".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "An HTTP method. The service spells OPTIONS as OPTION.",
            "anyOf": [{ "enum": HttpMethod::KNOWN }, { "type": "string" }],
        })
    }
}
