//! The form of limits files.

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
/// The keys of a policy.
pub(crate) const POLICY: &[&str] = &["version", "ceilings", "forbiddenHosts", "mustBeDeployed", "freezeWindows"];
/// The keys of a ceiling: its URL, and its bounds.
pub(crate) const CEILING: &[&str] = &["url", "maxCallsPerSecond", "maxHttpConnections", "maxThroughput"];
/// The keys of a freeze window.
pub(crate) const FREEZE: &[&str] = &["from", "to", "reason"];
