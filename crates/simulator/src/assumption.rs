//! The assumptions behind a report.

use std::fmt;

use serde::Serialize;

use crate::limit::{Limit, LimitName};
use crate::scenario::Scenario;
use crate::window::WindowKind;

/// The source of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Provenance {
    /// Stated in Adobe's documents.
    Documented,
    /// Suggested by Adobe's documents, but not stated.
    Inferred,
    /// A choice of this simulation.
    Chosen,
}

impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Documented => "documented",
            Self::Inferred => "inferred",
            Self::Chosen => "chosen",
        })
    }
}

/// An assumption behind a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Assumption {
    pub provenance: Provenance,
    pub statement: &'static str,
}

/// The assumptions of one scenario.
pub(crate) fn assumptions(scenario: &Scenario, limits: &[Limit]) -> Vec<Assumption> {
    use Provenance::{Chosen, Documented, Inferred};
    let has = |name| limits.iter().any(|limit| limit.name == name);
    let (throttled, fails) = (has(LimitName::Throttling), scenario.endpoint.can_fail());
    let window = match scenario.window {
        WindowKind::Fixed => "calls are counted in fixed windows, the first from second 0",
        WindowKind::Sliding => "calls are counted in a sliding window that ends at the current moment",
        WindowKind::TokenBucket => {
            "calls are counted with a token bucket that holds one period's calls and refills evenly"
        }
    };
    let all = [
        (true, Inferred, window),
        (
            has(LimitName::DefaultCap),
            Documented,
            "without a configuration, 300,000 calls a minute for each host and sandbox",
        ),
        (has(LimitName::DefaultCap), Chosen, "no other endpoint of the host is called"),
        (has(LimitName::DataSource), Documented, "an external data source is called at most 15 times a second"),
        (
            has(LimitName::SlowEndpoint),
            Documented,
            "custom actions reach an endpoint slower than 0.75 s at most 150,000 times in a sliding window of 30 s",
        ),
        (throttled, Documented, "calls over a throttling limit wait up to 6 hours and are served in order of arrival"),
        (limits.len() > usize::from(throttled), Documented, "calls over a capping limit are rejected"),
        (throttled && has(LimitName::Capping), Inferred, "throttling applies before capping"),
        (fails, Documented, "a failed call is retried up to 3 times within the timeout, and each retry uses a slot"),
        (fails, Inferred, "a retry follows its failure at once, ahead of calls that arrived later"),
        (fails && !throttled, Inferred, "a retry without a free slot is rejected, and its call fails"),
        (fails && throttled, Inferred, "a throttled retry waits until the timeout of its call"),
        (true, Documented, "a call that exceeds the timeout is canceled and not retried"),
        (true, Chosen, "calls are spread evenly over each second, and maxHttpConnections has no effect"),
    ];
    all.into_iter()
        .filter(|(applies, ..)| *applies)
        .map(|(_, provenance, statement)| Assumption { provenance, statement })
        .collect()
}
