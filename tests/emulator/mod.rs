//! The client with the emulator, and the emulator's gateway.

mod faults;
mod gateway;
mod lifecycle;
mod redeploy;
