//! Tests of the driver over `fetch`; see `cargo xtask test fetch`.
