//! Properties of plans and of interrupted applies.

mod crashes;
mod plan_digest;
mod properties;
mod support;
