//! Limits as code: commands that compare limits files in git with the service and apply them.

mod accept;
mod ambiguous_configs;
mod apply;
mod context;
mod demo;
mod drift;
mod export;
mod import;
mod input;
mod lock_holder;
mod pending_apply;
mod plan;
mod plan_file;
mod progress_bar;
mod resume;
mod sandbox_service;
mod schema;
mod secret_salts;
mod state_store;
mod traffic_effects;
mod validate;
mod verify;

pub(crate) use accept::{run as accept, unified_diff, write_files};
pub(crate) use apply::run as apply;
pub(crate) use demo::run as demo;
pub(crate) use drift::run as drift;
pub(crate) use export::run as export;
pub(crate) use import::run as import;
pub(crate) use input::{LimitsInput, environment_variable};
pub(crate) use lock_holder::lock_holder;
pub(crate) use plan::run as plan;
pub(crate) use sandbox_service::{SandboxService, check_sandbox};
pub(crate) use schema::run as schema;
pub(crate) use state_store::StateStore;
pub(crate) use validate::run as validate;
pub(crate) use verify::run as verify;
