//! The effect of a plan on observed traffic.
//!
//! [`affected_traffic()`] says which observed endpoints a change concerns, and which limits apply to them before and after the plan.
//! The caller simulates both and attaches a [`TrafficEffect`] to each change. [`Policy::check_effects`](crate::Policy::check_effects)
//! compares it with the policy.

mod affected_traffic;
mod caller_limit_change;
mod caller_limits;
mod effect_metric;
mod live_definitions;
mod traffic_effect;
mod value_range;

pub use affected_traffic::{AffectedEndpoints, AffectedTraffic, affected_traffic};
pub(crate) use caller_limit_change::changes_action_limit;
pub use caller_limits::{CallCap, CallerLimits};
pub use effect_metric::EffectMetric;
pub use traffic_effect::{EffectCaveat, EndpointEffect, LimitEffect, ObservedTraffic, TrafficEffect};
pub use value_range::ValueRange;

#[cfg(test)]
mod tests;
