//! Closed forms from queueing theory, and a table that compares them with the simulator.

#![expect(clippy::missing_panics_doc, reason = "a test helper panics to fail the test")]

pub mod adobe_examples;
pub mod comparison;
pub mod m_d_1;
pub mod m_m_c;
pub mod overload;
pub mod throttling;
