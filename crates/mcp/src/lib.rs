//! A Model Context Protocol server over standard input and output. It reads limits and changes nothing.
//!
//! This crate depends on no crate that can write to the service; `cargo xtask test crate-deps` checks it. The command passes it a
//! [`LimitsReader`], which has one method per tool, and none that changes something. No type that can write is known here:
//!
//! ```compile_fail,E0432
//! use ajo_core::Client;
//! ```
//!
//! ```compile_fail,E0432
//! use ajo_apply::PlanExecutor;
//! ```
//!
//! ```compile_fail,E0432
//! use ajo_state::StateLock;
//! ```
//!
//! A reader cannot be asked to change something:
//!
//! ```compile_fail,E0599
//! async fn change(reader: impl ajo_mcp::LimitsReader) {
//!     let _ = reader.apply().await;
//! }
//! ```

pub mod arguments;
mod bounds;
mod client_roots;
mod file_uri;
mod limits_reader;
mod response;
mod roots;
mod server;
mod stop_signal;
mod tools;

pub use limits_reader::LimitsReader;
pub use response::{Source, SourceKind, ToolError, ToolReport, ToolResult};
pub use roots::{Roots, RootsError};
pub use server::{ServerError, serve};
pub use stop_signal::StopSignal;

/// Compiles the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
