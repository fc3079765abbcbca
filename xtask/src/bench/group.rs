//! The groups of figures.

use std::fmt;

use clap::ValueEnum as _;

use super::program;

/// A group of figures.
#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
pub(crate) enum Group {
    /// Instructions, allocations, sizes, crates and token requests: exact figures, without a clock
    Counted,
    /// A call compared with hand-written reqwest: time and CPU time
    Native,
    /// Reading a cached token compared with a hand-written cache: CPU time with 1 and 64 threads
    CachedToken,
    /// A plan of 10 to 10,000 configurations: CPU time, and how it grows
    Plan,
    /// `generate --check`: the time that a CI job waits for it
    Codegen,
    /// The emulator compared with Prism and with bare axum: start, memory, calls per second, latencies, a million calls
    Emulator,
    /// The npm package compared with openapi-fetch and bare `fetch`: time per call and cold start, in Node.js, Deno, Bun and workerd
    Npm,
    /// `ajo apply` compared with a sequential script: time, calls, memory
    Apply,
    /// Measures nothing: draws the charts and writes the tables of docs/performance.md
    Charts,
}

impl Group {
    /// Why it cannot be measured here, and what to install.
    pub(super) fn is_possible(self) -> Result<(), String> {
        let programs: &[&str] = match self {
            Self::Emulator => &["python3", "node", "npm", "wrk"],
            Self::Apply => &["python3"],
            Self::Npm => &["node", "npm"],
            Self::Counted | Self::Native | Self::CachedToken | Self::Plan | Self::Codegen | Self::Charts => &[],
        };
        match programs.iter().find(|program| !program::is_installed(program)) {
            None => Ok(()),
            Some(missing) => Err(format!("bench {self} needs {missing}; install it to enable this group")),
        }
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_possible_value().map_or(Ok(()), |value| f.write_str(value.get_name()))
    }
}
