//! The assumptions behind a report.

use std::fmt;

use serde::Serialize;

use crate::limit::{Limit, LimitName};
use crate::scenario::Scenario;
use crate::window::Window;

/// Where something comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Adobe's documents say it.
    Documented,
    /// They do not, and it is what their words suggest.
    Inferred,
    /// It is a choice of this simulation.
    Chosen,
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Documented => "documented",
            Self::Inferred => "inferred",
            Self::Chosen => "chosen",
        })
    }
}

/// One assumption of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Assumption {
    /// Where it comes from.
    pub basis: Basis,
    /// What it is.
    pub what: &'static str,
}

/// The assumptions of one scenario.
pub(crate) fn assumptions(scenario: &Scenario, limits: &[Limit]) -> Vec<Assumption> {
    use Basis::{Chosen, Documented, Inferred};
    let has = |name| limits.iter().any(|limit| limit.name == name);
    let (throttled, fails) = (has(LimitName::Throttling), scenario.endpoint.fails());
    let window = match scenario.window {
        Window::Fixed => "calls are counted in fixed windows, the first from second 0",
        Window::Sliding => "calls are counted in a sliding window, the period before each moment",
        Window::TokenBucket => "calls are counted by a token bucket that holds one period's calls and fills evenly",
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
        (throttled, Documented, "calls over a throttling limit wait up to 6 hours and leave in the order they came"),
        (limits.len() > usize::from(throttled), Documented, "calls over a capping limit are rejected"),
        (throttled && has(LimitName::Capping), Inferred, "throttling comes before capping"),
        (fails, Documented, "a failed call is made again up to 3 times within the timeout, and each retry uses a slot"),
        (fails, Inferred, "a retry follows its failure at once, and comes before calls that came later"),
        (fails && !throttled, Inferred, "a retry that finds no slot is rejected, and its call has failed"),
        (fails && throttled, Inferred, "a retry that throttling holds up waits until the timeout of its call"),
        (true, Documented, "a call that outlasts the timeout is cancelled and not made again"),
        (true, Chosen, "the calls of a second are spread evenly over it, and maxHttpConnections limits nothing"),
    ];
    all.into_iter().filter(|(applies, ..)| *applies).map(|(_, basis, what)| Assumption { basis, what }).collect()
}
