//! A figure, as a program passes it to `cargo xtask bench`.

use serde::Serialize;

/// One figure.
#[derive(Clone, Debug, Serialize)]
pub struct Figure<'f> {
    /// Budgets and tables refer to it.
    pub name: &'f str,
    /// In `unit`.
    pub value: f64,
    /// Empty for a plain number.
    pub unit: &'f str,
    /// The value divided by that of the other contestant.
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
