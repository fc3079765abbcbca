//! A Model Context Protocol server over standard input and output. It reads limits and changes nothing.
//!
//! This crate depends on no crate that can write to the service: the command passes it an implementation of its read-only trait.
