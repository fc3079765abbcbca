//! Tests for all output formats, including untrusted text.

mod properties;
mod samples;
mod snapshots;
mod untrusted_text;
