//! A figure, as it goes from a program that measures to `cargo xtask bench`.

use serde::Serialize;

/// One figure.
#[derive(Clone, Debug, Serialize)]
pub struct Figure<'f> {
    /// What was measured. `cargo xtask bench` knows its budget by this name.
    pub name: &'f str,
    /// How much it is.
    pub value: f64,
    /// Of what.
    pub unit: &'f str,
    /// How many times that of the other side, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<f64>,
}

/// Prints a figure.
///
/// # Panics
///
/// Never: a figure is a number and texts.
#[expect(clippy::print_stdout, reason = "figures are what these programs are for")]
pub fn say(name: &str, value: f64, unit: &str, ratio: Option<f64>) {
    println!("{}", serde_json::to_string(&Figure { name, value, unit, ratio }).expect("a number and texts"));
}
