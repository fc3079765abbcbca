//! The output gate: untrusted text, secrets, and outputs that are full or closed.

mod canary;
mod corpus;
mod untrusted_text;
mod unwritable_output;
