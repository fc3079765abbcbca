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
//! **Variables.** `${NAME}` in a text is replaced, if the file lists the name: `variables: [NAME]`. `$${` is a literal `${`.

mod document;
mod entry;
mod findings;
pub(crate) mod form;
mod group;
mod keys;
mod limits;
mod mark;
mod node;
mod overlay;
mod resolve;
mod sources;
mod tidy;
mod variables;
mod yaml;

pub(crate) use document::{check_version, open};
pub(crate) use findings::Findings;
pub(crate) use keys::check_keys;
pub use limits::{Limits, read, read_each};
pub(crate) use mark::Mark;
pub(crate) use node::{Is, Node};
pub use sources::{Source, Sources};
pub(crate) use tidy::{brief, escaped};
