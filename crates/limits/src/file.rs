//! Limits files: parses them into desired limits and diagnostics.
//!
//! A file is YAML or JSON (a subset of YAML):
//!
//! ```yaml
//! version: 1
//! sandbox: prod
//! capping:
//!   - url: https://api.example.org/data/2.5/*
//!     methods: [GET]
//!     services:
//!       action: { maxHttpConnections: 50, rating: { maxCallsCount: 500, periodInMs: 1000 } }
//! ```
//!
//! A limit is deployed unless it sets `deployed: false`, because an undeployed limit has no effect.
//!
//! **Overlays.** A file with `base: base.yaml` contains only the differences from another file. An entry overrides the base
//! entry with the same URL and methods; without methods, the only base entry with that URL. Mappings are merged, `null`
//! removes a field, and any other value replaces the base's. `absent: true` removes the entry. An entry that matches no base
//! entry is added. `sandbox`, `production`, `policy`, and `state` override the base's. If a base is passed together with its
//! overlay and does not name another sandbox, it is used only as a base.
//!
//! **Diagnostics** use the service's error code where one exists. In addition to the codes of [`ajo_core::rules`] and
//! [`BlockReason`](crate::BlockReason), there are:
//!
//! | code | reported for |
//! |---|---|
//! | `AJO_LIMITS_YAML` | a file that is not YAML, or is too large or too deeply nested |
//! | `AJO_LIMITS_EMPTY` | files without any limit that do not say `capping: []` |
//! | `AJO_LIMITS_VERSION` | a missing or unsupported version |
//! | `AJO_LIMITS_SANDBOX` | a missing or invalid sandbox |
//! | `AJO_LIMITS_MULTIPLE_SANDBOXES` | more than one sandbox where one is required |
//! | `AJO_LIMITS_UNKNOWN_KEY` | an unknown key |
//! | `AJO_LIMITS_DUPLICATE_KEY` | a key that occurs twice in one mapping |
//! | `AJO_LIMITS_TYPE` | a value of the wrong type, such as a string instead of a number |
//! | `AJO_LIMITS_UNKNOWN_FIELD` | a note: a field in the output of `get` or `list` is unknown and is sent as it is |
//! | `AJO_LIMITS_ORG_ID` | an organization in the file |
//! | `AJO_LIMITS_DUPLICATE` | two limits with the same key |
//! | `AJO_LIMITS_MULTIPLE_THROTTLING` | different throttling limits in the files of a sandbox; a note if they are in files of two sandboxes, which may share an organization |
//! | `AJO_LIMITS_OVERLAP` | a note: one call can match two limits |
//! | `AJO_LIMITS_CAPPING_BELOW_THROTTLING` | a warning: capping that is not above the throttling of the same URL |
//! | `AJO_LIMITS_THROTTLING_SANDBOX` | throttling in a sandbox that is not a production sandbox |
//! | `AJO_LIMITS_HIDDEN_CHARACTER` | an invisible character, or a space that is not an ASCII space |
//! | `AJO_LIMITS_LOOKALIKE` | a note: letters that look like others |
//! | `AJO_LIMITS_ALLOW` | a malformed or unused comment `# ajo: allow CODE - reason`, which accepts a warning or note |
//! | `AJO_LIMITS_FILE` | a file that cannot be read as text: it is missing, a directory, binary, or not UTF-8 |
//! | `AJO_LIMITS_FILE_KIND` | a file of another kind, such as a limits file passed to `ajo capping create` |
//! | `AJO_LIMITS_BASE` | an unreadable or circular base |
//! | `AJO_LIMITS_OVERLAY` | an entry that matches several base entries, or `absent: true` without a base; a warning if `absent: true` matches none |
//! | `AJO_LIMITS_EXTRA` | a documented field under `extra` |
//! | `AJO_LIMITS_NORMALIZED` | a warning or a note: the service stores other values than it received |
//! | `AJO_LIMITS_SECRET` | a secret in a host, where it is not secret, or in a method |
//! | `AJO_LIMITS_VARIABLE` | a variable that is not listed, not set, or has an invalid name |
//! | `AJO_LIMITS_STATE` | a `state` that is neither a path nor the URL of a bucket; files of one sandbox with different ones |
//! | `AJO_LIMITS_FORMAT` | a file that `ajo fmt` cannot format without changing its content |
//! | `AJO_LIMITS_ACCEPT` | a change at the service that `ajo accept` cannot take into the file |
//! | `AJO_LIMITS_POLICY` | a limit that violates a policy |
//! | `AJO_LIMITS_POLICY_FILE` | an unreadable or invalid policy |
//!
//! If the service saves a draft despite a mistake, the mistake is an error in a deployed limit and a warning in a draft. A
//! missing required field is always an error, because the request could not be built.
//!
//! **Variables.** `${NAME}` in a string is replaced if the file declares it: `variables: [NAME]`. `$${` is a literal `${`.

mod allow_comments;
mod base_resolver;
mod comments;
mod config_entry;
mod definition_file;
mod desired_limits;
mod edit;
mod entry_conflicts;
mod export;
mod file_diagnostic;
mod file_diagnostics;
mod file_kind;
mod format;
mod invisible_text;
mod known_keys;
mod limits_document;
mod lookalikes;
mod merge_keys;
mod overlay;
mod parse_error_cause;
mod parsed_limits;
mod redaction;
mod sandbox_files;
pub(crate) mod schema_types;
mod source_file;
mod source_location;
mod source_set;
mod source_span;
mod state_setting;
mod variables;
mod yaml_node;
mod yaml_parser;

pub use definition_file::{ParsedDefinition, ParsedDefinitions, parse_definitions};
pub use desired_limits::{DesiredConfig, DesiredLimits};
pub use edit::{AcceptedChange, accept_changes};
pub use export::{ExportedLimits, export_limits};
pub use file_diagnostic::FileDiagnostic;
pub(crate) use file_diagnostics::{FileDiagnostics, quote_excerpt};
pub(crate) use file_kind::FileKind;
pub use file_kind::{is_limits_file, is_other_file};
pub use format::{format_file, format_json};
pub(crate) use known_keys::check_keys;
pub(crate) use limits_document::{check_version, parse_root};
pub use parsed_limits::{ParsedLimits, parse_limits, parse_limits_by_sandbox};
pub use source_file::SourceFile;
pub(crate) use source_file::resolve_path;
pub use source_location::SourceLocation;
pub use source_set::SourceSet;
pub(crate) use source_span::SourceSpan;
pub use state_setting::StateSetting;
pub(crate) use yaml_node::{YamlNode, YamlValue};
