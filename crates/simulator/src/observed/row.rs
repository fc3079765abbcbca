//! The values of a line.

use std::borrow::Cow;

use ajo_engine::untrusted_text::excerpt;

use crate::endpoint::endpoint_error::MAX_LATENCY_MS;
use crate::observed::header::{Header, SPAN};
use crate::observed::minute::Minute;
use crate::observed::values::{MAX_OBSERVED_CALLS, ObservedCalls, ObservedLatency, ObservedQueue};

/// A column and its problem.
pub(super) type ColumnError = (&'static str, String);

/// A line, split into values.
pub(super) struct Row<'r> {
    pub(super) header: &'r Header,
    pub(super) values: &'r [Cow<'r, str>],
}

/// The values of one query.
pub(super) trait ReadValues: Sized {
    fn read(row: &Row<'_>) -> Result<Self, ColumnError>;
}

impl Row<'_> {
    pub(super) fn endpoint(&self) -> &str {
        &self.values[self.header.endpoint]
    }

    /// The minute, in an export with the column `SPAN`.
    pub(super) fn minute(&self) -> Result<Option<Minute>, ColumnError> {
        let Some(span) = self.header.span else { return Ok(None) };
        let text = &self.values[span];
        let minute = text.parse().map_err(|problem| (SPAN, format!("`{}`: {problem}", excerpt(text, 40))))?;
        Ok(Some(minute))
    }

    fn column(&self, index: usize) -> (&'static str, &str) {
        (self.header.query.columns()[index], &self.values[self.header.values[index]])
    }

    fn count(&self, index: usize) -> Result<u64, ColumnError> {
        let (name, text) = self.column(index);
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number: Option<u64> = is_number.then(|| text.parse().ok()).flatten();
        let number = number.ok_or_else(|| (name, format!("`{}` is not a non-negative integer", excerpt(text, 40))))?;
        if self.header.span.is_some() && number > MAX_OBSERVED_CALLS {
            return Err((name, format!("at most {MAX_OBSERVED_CALLS} calls per minute can be simulated")));
        }
        Ok(number)
    }

    /// The percentiles from the second column on, which are undefined if no call is counted.
    fn percentiles<const N: usize>(&self, calls: u64, max: f64) -> Result<Option<[f64; N]>, ColumnError> {
        if calls == 0 {
            return Ok(None);
        }
        let mut percentiles = [0.0; N];
        for index in 0..N {
            let (name, text) = self.column(index + 1);
            // A decimal comma needs another delimiter.
            let number = if self.header.delimiter == ';' { text.replacen(',', ".", 1).parse() } else { text.parse() };
            let number = number.ok().filter(|number| (0.0..=max).contains(number));
            percentiles[index] =
                number.ok_or_else(|| (name, format!("`{}` is not a number from 0 to {max}", excerpt(text, 40))))?;
            if index > 0 && percentiles[index] < percentiles[index - 1] {
                return Err((name, format!("`{}` is less than {}", excerpt(text, 40), self.column(index).0)));
            }
        }
        Ok(Some(percentiles))
    }
}

impl ReadValues for ObservedCalls {
    fn read(row: &Row<'_>) -> Result<Self, ColumnError> {
        let total = row.count(0)?;
        let part = |index| match row.count(index)? {
            count if count <= total => Ok(count),
            count => Err((row.column(index).0, format!("`{count}` is more than TOTAL_CALLS, {total}"))),
        };
        Ok(Self {
            total,
            successful: part(1)?,
            errors_4xx: part(2)?,
            errors_5xx: part(3)?,
            timeouts: part(4)?,
            capped: part(5)?,
        })
    }
}

impl ReadValues for ObservedLatency {
    fn read(row: &Row<'_>) -> Result<Self, ColumnError> {
        let successful = row.count(0)?;
        #[expect(clippy::cast_precision_loss, reason = "the maximum is small")]
        let max = MAX_LATENCY_MS as f64;
        Ok(Self { successful, percentiles: row.percentiles(successful, max)? })
    }
}

impl ReadValues for ObservedQueue {
    fn read(row: &Row<'_>) -> Result<Self, ColumnError> {
        /// A day: four times the longest wait.
        const MAX_WAIT_MS: f64 = 86_400_000.0;
        let throttled = row.count(0)?;
        Ok(Self { throttled, percentiles: row.percentiles(throttled, MAX_WAIT_MS)? })
    }
}
