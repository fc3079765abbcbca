//! Properties of plans, drift, and interrupted applies.

mod crashes;
mod drift;
mod late_creates;
mod normalization;
mod plan_digest;
mod properties;
mod state;
mod support;
mod wrong_lists;
