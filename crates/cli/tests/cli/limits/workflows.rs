//! Runs the example CI workflows against the emulator, with fake `gh` and `curl`, and checks their rules. Each job has a fresh
//! clone, and only the variables that its step or environment has.

mod expressions;
mod github;
mod gitlab;
mod repository;
mod rules;
mod shared_state;

use std::fs;

use serde_json::Value;

/// An example workflow.
fn example(name: &str) -> String {
    let path = format!("{}/../../examples/{name}", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn parse(text: &str) -> Value {
    serde_saphyr::from_str(text).expect("YAML")
}
