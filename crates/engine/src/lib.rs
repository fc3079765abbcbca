//! Decisions and parsers for Adobe APIs, without I/O, clock, randomness, or async.

#![cfg_attr(not(test), no_std)]
extern crate alloc;
pub mod json;
