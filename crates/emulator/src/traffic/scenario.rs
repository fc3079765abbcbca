//! What is played.

use std::ops::RangeInclusive;

use super::endpoint::Endpoint;
use super::limits::Limits;
use super::pattern::Pattern;
use super::window::Window;

/// How long a journey waits for an endpoint, in seconds. Documented: from 1 to 30.
pub const TIMEOUT_SECONDS: RangeInclusive<u64> = 1..=30;

/// How long it waits where nothing else is set. Documented.
pub const DEFAULT_TIMEOUT_SECONDS: u64 = 30;

/// What is played: traffic, limits, an endpoint, and what is assumed of how the service counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// The calls that journeys make.
    pub pattern: Pattern,
    /// What is configured for their endpoint.
    pub limits: Limits,
    /// How calls are counted.
    pub window: Window,
    /// How the endpoint answers.
    pub endpoint: Endpoint,
    /// The journeys' timeout, within [`TIMEOUT_SECONDS`]; any other is taken as the nearest of them.
    pub timeout_seconds: u64,
    /// From which chance comes, where the endpoint fails by chance.
    pub seed: u64,
}

impl Scenario {
    /// Traffic through limits to an endpoint that never fails, with everything as it is by default.
    pub fn new(pattern: Pattern, limits: Limits) -> Self {
        Self {
            pattern,
            limits,
            window: Window::default(),
            endpoint: Endpoint::default(),
            timeout_seconds: DEFAULT_TIMEOUT_SECONDS,
            seed: 0,
        }
    }

    /// The timeout that is played, in seconds.
    pub(super) fn timeout(&self) -> u64 {
        self.timeout_seconds.clamp(*TIMEOUT_SECONDS.start(), *TIMEOUT_SECONDS.end())
    }
}
