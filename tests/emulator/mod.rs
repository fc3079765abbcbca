//! The client against the emulator, and the emulator's gateway.

mod faults;
mod gateway;
mod lifecycle;
