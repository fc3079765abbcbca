//! Several `ajo` processes with one state in a bucket: at the same time, killed, and suspended. Needs moto and azurite:
//! `cargo xtask test shared-state`.

#[cfg(unix)]
mod kills;
mod large_apply;
mod random_runs;
#[path = "../cli/support.rs"]
#[expect(dead_code, reason = "the other target uses more of it")]
mod support;
#[cfg(unix)]
mod suspensions;
mod world;
