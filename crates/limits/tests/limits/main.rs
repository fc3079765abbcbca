//! Properties of plans, drift, and interrupted applies.

mod crashes;
mod drift;
mod plan_digest;
mod properties;
mod support;
