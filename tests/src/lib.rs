//! Suites that cross crates; see `suites/`.
