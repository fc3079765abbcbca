//! The limits and connections that apply to an endpoint.

pub(crate) mod configured_limits;
pub(crate) mod connections;
pub(crate) mod default_cap;
pub(crate) mod effective_limits;
pub(crate) mod limit;
#[cfg(test)]
mod test_definitions;
pub(crate) mod window_kind;
