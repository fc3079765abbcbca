//! The documented numbers, the assumptions, and properties of any scenario.

mod assumptions;
mod calls;
mod connections;
mod expectations;
mod limits;
mod properties;
mod support;
