//! Validates definitions offline with the service's published validation codes, and reports limits that can have no
//! effect by Adobe's documentation with codes of this project.
//!
//! The input is JSON and not a typed definition, because the rules must also report missing fields. All findings are
//! returned at once, each with its location in the definition. The emulator's `can_deploy` and all offline checks use
//! the same functions, so their results always agree.
//!
//! ```
//! use ajo_engine::{json, rules};
//!
//! let definition = br#"{
//!     "url": "https://api.example.org/*",
//!     "methods": [],
//!     "services": {"action": {"maxHttpConnections": 50, "rating": {"maxCallsCount": 0, "periodInMs": 1000}}}
//! }"#;
//! let findings = rules::validate_capping(&json::parse(definition, json::MAX_DEPTH).expect("JSON"));
//! let codes: Vec<_> = findings.iter().map(|finding| finding.code).collect();
//! assert_eq!(codes, ["ERR_ENDPOINTCONFIG_103", "ERR_ENDPOINTCONFIG_107"]);
//! assert_eq!(findings[1].pointer, "/services/action/rating/maxCallsCount");
//! ```
//!
//! The codes of this project, for limits that the service accepts:
//!
//! | code | reported for |
//! |---|---|
//! | `AJO_LIMITS_METHOD` | a warning: a method that the service does not document |
//! | `AJO_LIMITS_UNUSED_METHOD` | a warning: a method that custom actions or external data sources never send |
//! | `AJO_LIMITS_IP_ADDRESS` | a warning: an IP address, which journeys never call |
//! | `AJO_LIMITS_PORT` | a warning: a port that custom actions never call |
//! | `AJO_LIMITS_ADOBE_HOST` | a warning: an internal Adobe address, which journeys never call |
//! | `AJO_LIMITS_DATA_SOURCE_RATE` | a warning: a rate above 15 calls per second, which no external data source reaches unless Adobe has allow-listed the endpoint |
//! | `AJO_LIMITS_CONNECTIONS` | a note: so few connections that calls must end within 25 ms to reach the rate |
//! | `AJO_LIMITS_MAX_HTTP_CONNECTIONS` | a note: more than 400 connections, on which Adobe's documents differ |
//! | `AJO_LIMITS_HIDDEN_CHARACTER` | an invisible character |

mod callers;
mod capping;
mod diagnostic;
mod findings;
mod hidden_characters;
mod methods;
mod throttling;
mod url_pattern_syntax;

pub use capping::{validate_capping, validate_capping_fields};
pub use diagnostic::{Diagnostic, Severity};
pub use hidden_characters::{describe_character, is_invisible};
pub use methods::METHODS;
pub use throttling::{validate_throttling, validate_throttling_fields};

/// All published validation codes. Capping 105, 109, and 110 and throttling 102 and 103 are not published.
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
