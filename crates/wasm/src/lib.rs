//! The core of the npm package `ajo-limits`, without any I/O: JavaScript performs the actions of a call, and this module decides the
//! next one.
//!
//! [`begin`] returns the number of a call, and [`step`] its first action. JavaScript performs the action and reports the result to
//! [`step`], or to [`respond`] and the other functions with text, which return the next action. Numbers are enough for a call that
//! succeeds. The codes of actions and inputs are in `action.rs` and `input.rs`.
//!
//! Nothing here blocks, and JavaScript can catch a panic as an exception of a synchronous call. Times are in milliseconds: `now` since
//! the Unix epoch, `elapsed` on a clock that should not go back. `random` is from 0 to 1, exclusive.
//!
//! If JavaScript does not go on with a call long after the time limit of its action, a later [`begin`] drops that call.
//!
//! The module needs no `std`, because the panic handler of `std` would link the text of every panic.

#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

mod action;
mod call;
mod client;
mod client_options;
mod core_state;
mod definition;
mod error_json;
mod exports;
mod input;
mod json_writer;
mod numbered_map;
mod operation;
mod redeploy;
mod time;

#[cfg(target_arch = "wasm32")]
mod panic_handler;
#[cfg(test)]
#[expect(clippy::float_cmp, reason = "the numbers are whole")]
mod tests;

pub use exports::*;
