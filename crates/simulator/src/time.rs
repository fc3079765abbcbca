//! Times as integers.

/// Time from the start of the simulation, or a duration, in microseconds. An integer gives the same result on every machine.
pub type Micros = u64;

pub(crate) const MILLISECOND: Micros = 1000;
pub(crate) const SECOND: Micros = 1_000_000;
