//! Sizing against exact simulation and closed forms.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "rates and times are small"
)]

mod closed_forms;
mod goals;
mod random_endpoints;
mod support;
mod worked_cases;
