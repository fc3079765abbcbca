//! A service and a token host that do what real networks do, and worse, against the client.
//!
//! Whatever the peer does, the call ends with a typed error in time, reads a bounded part of the answer, and no secret goes
//! anywhere but to the host it is meant for. `peer` is the server, `victim` what is attacked; the others are the attacks.

mod answers;
mod behaviors;
mod bounds;
mod compression;
#[cfg(target_os = "linux")]
mod memory;
mod peer;
#[cfg(target_os = "linux")]
mod process;
mod redirects;
mod slow;
#[cfg(target_os = "linux")]
mod tls;
mod token_host;
mod victim;
