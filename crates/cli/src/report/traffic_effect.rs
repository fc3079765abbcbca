//! The effect of a change on observed traffic.

use ajo_limits::{ConfigChange, EffectMetric, EndpointEffect, LimitEffect};

use crate::safe_text::{SafeText, safe};

/// The title of the lines.
pub(super) const TITLE: &str = "effect on observed traffic";

/// The maximum number of endpoints to name.
const MAX_NAMED: usize = 3;

/// One line per group of endpoints, and one per caveat. `url` formats an endpoint.
pub(super) fn effect_lines(change: &ConfigChange, url: impl Fn(&str) -> SafeText) -> Vec<SafeText> {
    let Some(effect) = &change.traffic_effect else { return Vec::new() };
    let endpoints = effect.endpoints.iter().map(|endpoint| {
        let omitted = endpoint.urls.len().saturating_sub(MAX_NAMED);
        let more = (omitted > 0).then(|| safe!("and {} more", omitted));
        let names = endpoint.urls.iter().take(MAX_NAMED).map(|name| url(name)).chain(more);
        safe!("{} ({})", metrics(endpoint), SafeText::join(names, ", "))
    });
    endpoints.chain(effect.caveats.iter().map(|caveat| caveat.as_str().into())).collect()
}

/// The rejected calls, and the other numbers if they are not always 0.
fn metrics(EndpointEffect { before, after, .. }: &EndpointEffect) -> SafeText {
    let is_zero = |effect: &Option<LimitEffect>, metric: EffectMetric| {
        effect.as_ref().is_none_or(|effect| metric.value(effect).upper == 0)
    };
    let is_shown = |metric: &EffectMetric| {
        *metric == EffectMetric::RejectedPerMinute || !is_zero(before, *metric) || !is_zero(after, *metric)
    };
    let metrics = EffectMetric::ALL.into_iter().filter(is_shown).map(|metric| {
        let value = |effect: &Option<LimitEffect>| {
            effect.as_ref().map_or_else(|| "unknown".to_owned(), |effect| metric.format(metric.value(effect)))
        };
        safe!("{}: {} → {}", metric.as_str(), value(before), value(after))
    });
    SafeText::join(metrics, "; ")
}
