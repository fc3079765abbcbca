//! Limits as code against the emulator: the calls of plans and applies, and failed calls.

mod apply_calls;
mod failed_calls;
mod fixture;
mod leases;
mod machines;
mod read_only_planning;
mod redeploy;
mod takeovers;
