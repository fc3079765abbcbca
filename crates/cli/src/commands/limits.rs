//! Limits as code: files in git are the truth, and these commands the way from them to the service.

mod adopt;
mod ambiguous_configs;
mod apply;
mod confirm;
mod context;
mod demo;
mod drift;
mod dump;
mod input;
mod lock;
mod plan;
mod plan_file;
mod progress;
mod resume;
mod schema;
mod service;
mod state_paths;
mod validate;
mod verify;

pub(crate) use adopt::run as adopt;
pub(crate) use apply::run as apply;
pub(crate) use demo::run as demo;
pub(crate) use drift::run as drift;
pub(crate) use dump::run as dump;
pub(crate) use plan::run as plan;
pub(crate) use schema::run as schema;
pub(crate) use validate::run as validate;
pub(crate) use verify::run as verify;
