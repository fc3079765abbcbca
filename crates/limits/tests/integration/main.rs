//! Properties of plans and journals, against a model of the service.

mod crashes;
mod properties;
mod support;
