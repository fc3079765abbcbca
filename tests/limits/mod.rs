//! Limits as code against the emulator: what a plan reads, what an apply calls, and what becomes of it when something fails.

mod applying;
mod failing;
mod reading;
mod support;
