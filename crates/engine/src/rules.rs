//! What the service says about a definition, without asking it: every published validation code as a pure function.
//!
//! Input is JSON rather than a type, because a definition that lacks a field is exactly what the rules are for. All findings
//! come at once, each with the place in the definition. The emulator's `can_deploy` and everything offline use these
//! functions, so they never disagree.
//!
//! ```
//! use ajo_engine::{json, rules};
//!
//! let definition = br#"{
//!     "url": "https://api.example.org/*",
//!     "methods": [],
//!     "services": {"action": {"maxHttpConnections": 50, "rating": {"maxCallsCount": 0, "periodInMs": 1000}}}
//! }"#;
//! let findings = rules::capping(&json::parse(definition, json::MAX_DEPTH).expect("JSON"));
//! let codes: Vec<_> = findings.iter().map(|finding| finding.code).collect();
//! assert_eq!(codes, ["ERR_ENDPOINTCONFIG_103", "ERR_ENDPOINTCONFIG_107"]);
//! assert_eq!(findings[1].pointer, "/services/action/rating/maxCallsCount");
//! ```

mod capping;
mod finding;
mod methods;
mod throttling;
mod url_pattern;

pub use capping::{capping, capping_fields};
pub use finding::{Finding, Severity};
pub use methods::METHODS;
pub use throttling::{throttling, throttling_fields};

/// Every validation code that is published. 105, 109 and 110 of capping, and 102 and 103 of throttling, are not.
pub const PUBLISHED_CODES: [&str; 16] = [
    "ERR_ENDPOINTCONFIG_100",
    "ERR_ENDPOINTCONFIG_101",
    "ERR_ENDPOINTCONFIG_102",
    "ERR_ENDPOINTCONFIG_103",
    "ERR_ENDPOINTCONFIG_104",
    "ERR_ENDPOINTCONFIG_106",
    "ERR_ENDPOINTCONFIG_107",
    "ERR_ENDPOINTCONFIG_108",
    "ERR_ENDPOINTCONFIG_111",
    "ERR_ENDPOINTCONFIG_112",
    "ERR_AUTHORING_ENDPOINTCONFIG_1",
    "ERR_THROTTLING_CONFIG_100",
    "ERR_THROTTLING_CONFIG_101",
    "ERR_THROTTLING_CONFIG_104",
    "ERR_THROTTLING_CONFIG_105",
    "ERR_THROTTLING_CONFIG_106",
];
