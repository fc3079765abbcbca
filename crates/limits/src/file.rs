//! Limits files: text in, what is wanted and what is wrong out.
//!
//! A file is YAML, or JSON, which is YAML too:
//!
//! ```yaml
//! version: 1
//! sandbox: prod
//! capping:
//!   - url: https://api.example.org/data/2.5/*
//!     methods: [GET]
//!     services:
//!       dataSource: { maxHttpConnections: 50, rating: { maxCallsCount: 500, periodInMs: 1000 } }
//! ```
//!
//! A limit is `deployed: true` unless it says otherwise, because one that is not deployed limits nothing.
//!
//! **Overlays.** With `base: base.yaml`, a file says only what differs from another. An entry of it is about the base's entry
//! with the same URL and methods; without methods, about the only one with that URL. It is merged into that one: mappings are
//! merged, `null` removes a field, everything else replaces. `absent: true` removes the entry. One that is about none is added.
//! `sandbox`, `production` and `policy` replace those of the base. A file that was given beside an overlay of it, and that names
//! no other sandbox, is read as its base only.
//!
//! **What is found** has the service's own code where it has one. Ours are, beside those of [`ajo_core::rules`] and of
//! [`Why`](crate::Why):
//!
//! | code | what it is about |
//! |---|---|
//! | `AJO_LIMITS_YAML` | it is no YAML, is binary, or is too large or deep |
//! | `AJO_LIMITS_EMPTY` | there is no limit in the files |
//! | `AJO_LIMITS_VERSION` | the version is missing, or not the one that is read here |
//! | `AJO_LIMITS_SANDBOX`, `AJO_LIMITS_SANDBOXES` | the sandbox is missing or invalid; there are two where one must be |
//! | `AJO_LIMITS_UNKNOWN_KEY`, `AJO_LIMITS_DUPLICATE_KEY` | a name that is not known, or stands twice in one mapping |
//! | `AJO_LIMITS_TYPE` | text where a number must be, and the like |
//! | `AJO_LIMITS_ORG_ID` | an organization in the file |
//! | `AJO_LIMITS_TWICE` | two limits with one key |
//! | `AJO_LIMITS_OVERLAP` | a remark: a method of a URL is in two limits |
//! | `AJO_LIMITS_BASE`, `AJO_LIMITS_OVERLAY` | a base that cannot be read or leads back; an entry that fits none or several |
//! | `AJO_LIMITS_VARIABLE` | a variable that is not listed, not set, or no name |
//! | `AJO_LIMITS_POLICY` | a policy forbids it |
//! | `AJO_LIMITS_POLICY_FILE` | a policy that cannot be read, or says something impossible |
//!
//! A mistake with which the service keeps a draft is an error in a limit that shall be deployed, and a warning in one that shall
//! not; that something is missing is an error in both, since it could not be sent.
//!
//! **Variables.** `${NAME}` in a text is replaced, if the file lists the name: `variables: [NAME]`. `$${` is a literal `${`.

mod desired;
mod document;
mod entry;
mod export;
mod finding;
mod findings;
mod known_keys;
mod limits;
mod location;
mod node;
mod normalize;
mod overlay;
mod redact;
mod resolve;
mod sandbox_files;
pub(crate) mod schema_types;
mod source;
mod sources;
mod span;
mod variables;
mod yaml;

pub use desired::{Desired, Wanted};
pub(crate) use document::{check_version, open};
pub use export::dump;
pub use finding::Finding;
pub(crate) use findings::{Findings, quote};
pub(crate) use known_keys::check_keys;
pub use limits::{Limits, read, read_each};
pub use location::Place;
pub(crate) use node::{Is, Node};
pub use source::Source;
pub use sources::Sources;
pub(crate) use span::Mark;
