//! Sizing against exact simulation and closed forms.

mod closed_forms;
mod goals;
mod random_endpoints;
mod support;
mod worked_cases;
