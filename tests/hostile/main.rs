//! The client against a service and a token endpoint that behave like broken or malicious networks.
//!
//! Each call ends in time with a typed error and reads a bounded part of the response. Secrets go only to their intended host.
//! `scripted_peer` is the server, `attack_target` configures the client, and the other modules are attacks.

mod attack_target;
#[cfg(target_os = "linux")]
mod child_process;
mod compression;
#[cfg(target_os = "linux")]
mod memory;
mod peer_behaviors;
mod redirects;
mod responses;
mod scripted_peer;
mod size_limits;
mod slow_peers;
#[cfg(target_os = "linux")]
mod tls;
mod token_endpoint;
