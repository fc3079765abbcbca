//! The groups of figures.

use std::fmt;

use clap::ValueEnum as _;

use super::bench_program;

#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
pub(crate) enum BenchGroup {
    /// Instructions, allocations, sizes, crates and token requests: exact figures, without a clock
    Counts,
    /// A call compared with hand-written reqwest: time and CPU time
    Native,
    /// A read of a cached token compared with a hand-written cache: CPU time with 1 and 64 threads
    CachedToken,
    /// A plan of 10 to 10,000 configurations: CPU time, and how it grows
    Plan,
    /// Simulations: requests per second of CPU time, and the time of a day
    Simulation,
    /// The time of `generate --check` in a CI job
    Codegen,
    /// The emulator compared with Prism and with bare axum: start, memory, calls per second, latencies, a million calls
    Emulator,
    /// The npm package compared with openapi-fetch and bare `fetch`: time per call and cold start, in Node.js, Deno, Bun and workerd
    Npm,
    /// `ajo apply` compared with a sequential script: time, calls, memory
    Apply,
    /// No measurement: draw the charts and write the tables of docs/performance.md
    Charts,
}

impl BenchGroup {
    /// Returns an error if a program is missing.
    pub(super) fn check_requirements(self) -> Result<(), String> {
        let programs: &[&str] = match self {
            Self::Emulator => &["python3", "node", "npm", "wrk"],
            Self::Apply => &["python3"],
            Self::Npm => &["node", "npm"],
            Self::Counts
            | Self::Native
            | Self::CachedToken
            | Self::Plan
            | Self::Simulation
            | Self::Codegen
            | Self::Charts => &[],
        };
        match programs.iter().find(|program| !bench_program::is_installed(program)) {
            None => Ok(()),
            Some(missing) => Err(format!("bench {self} needs {missing}; install it")),
        }
    }
}

impl fmt::Display for BenchGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_possible_value().map_or(Ok(()), |value| f.write_str(value.get_name()))
    }
}
