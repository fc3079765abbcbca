//! The figures that programs print for `cargo xtask bench`.

use serde::Serialize;

/// One line of output.
#[derive(Clone, Debug, Serialize)]
pub struct Figure<'f> {
    pub name: &'f str,
    pub value: f64,
    /// Empty for a plain number.
    pub unit: &'f str,
    /// The value divided by the other client's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<f64>,
}

/// Prints a figure.
///
/// # Panics
///
/// Never: a figure is a number and strings.
#[expect(clippy::print_stdout, reason = "figures are the data of these programs")]
pub fn print_figure(name: &str, value: f64, unit: &str, ratio: Option<f64>) {
    println!("{}", serde_json::to_string(&Figure { name, value, unit, ratio }).expect("a number and strings"));
}
