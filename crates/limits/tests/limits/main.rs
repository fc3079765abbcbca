//! Properties of plans and of interrupted applies.

mod crashes;
mod normalization;
mod plan_digest;
mod properties;
mod support;
mod wrong_lists;
