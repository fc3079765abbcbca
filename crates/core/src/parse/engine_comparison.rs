//! The engine checks JSON by the schemas. It accepts the same JSON as the models.

mod requests;
mod responses;
