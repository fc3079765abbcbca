//! Limits as code: files in git are the truth, and these commands the way from them to the service.

mod adopt;
mod apply;
mod beside;
mod confirm;
mod drift;
mod dump;
mod input;
mod lock;
mod look;
mod plan;
mod progress;
mod resume;
mod saved;
mod schema;
mod service;
mod show;
mod story;
mod unclear;
mod validate;
mod verify;

pub(crate) use adopt::run as adopt;
pub(crate) use apply::run as apply;
pub(crate) use drift::run as drift;
pub(crate) use dump::run as dump;
pub(crate) use plan::run as plan;
pub(crate) use schema::run as schema;
pub(crate) use story::tell as story;
pub(crate) use validate::run as validate;
pub(crate) use verify::run as verify;
