//! Tests of the client over `fetch`. Run them with `cargo xtask test fetch`.
