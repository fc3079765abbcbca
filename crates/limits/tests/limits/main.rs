//! Properties of plans and of interrupted applies.

mod crashes;
mod properties;
mod support;
