//! Percentiles of durations.

use hdrhistogram::Histogram;
use serde::Serialize;

use crate::time::Micros;

/// Percentiles of durations in milliseconds; each is within 0.1 % of the exact value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Percentiles {
    /// The number of durations.
    pub count: u64,
    pub mean: f64,
    pub p50: f64,
    pub p95: f64,
    pub p99: f64,
    pub p999: f64,
    pub max: f64,
}

/// Collects durations.
#[derive(Clone, Debug)]
pub(crate) struct DurationHistogram {
    histogram: Histogram<u64>,
    sum: u128,
    max: Micros,
}

impl DurationHistogram {
    pub(crate) fn new() -> Self {
        // Six hours in microseconds.
        let histogram = Histogram::new_with_bounds(1, 21_600_000_000, 3).expect("the bounds are valid");
        Self { histogram, sum: 0, max: 0 }
    }

    pub(crate) fn record(&mut self, duration: Micros, count: u64) {
        self.histogram.saturating_record_n(duration, count);
        self.sum += u128::from(duration) * u128::from(count);
        self.max = self.max.max(duration);
    }

    #[expect(clippy::cast_precision_loss, reason = "durations are below 2^52 microseconds")]
    pub(crate) fn percentiles(&self) -> Percentiles {
        let count = self.histogram.len();
        if count == 0 {
            return Percentiles::default();
        }
        let millis = |micros: f64| micros.round() / 1000.0;
        let quantile = |share: f64| millis(self.histogram.value_at_quantile(share).min(self.max) as f64);
        Percentiles {
            count,
            mean: millis(self.sum as f64 / count as f64),
            p50: quantile(0.5),
            p95: quantile(0.95),
            p99: quantile(0.99),
            p999: quantile(0.999),
            max: millis(self.max as f64),
        }
    }
}
