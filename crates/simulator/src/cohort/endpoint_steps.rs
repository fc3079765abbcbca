//! The endpoint's work on groups of requests.

use crate::cohort::units::Units;
use crate::cohort::window::mul_div;
use crate::endpoint::simulated_endpoint::EndpointCapacity;
use crate::time::{Micros, SECOND};

/// The maximum number of groups into which requests are divided.
pub(crate) const MAX_GROUPS: u64 = 4;

/// The endpoint's work on requests, first in first out.
pub(crate) enum EndpointSteps {
    Unlimited,
    /// Requests per second, and the end of the work on all requests so far.
    Rate {
        rate: u64,
        /// In units of 1/rate microseconds.
        end: u128,
    },
    /// Workers, and their mean work in microseconds.
    Servers {
        units: Units,
        work: Micros,
    },
}

impl EndpointSteps {
    pub(crate) fn new(capacity: EndpointCapacity, work: Micros, step: Micros) -> Self {
        match capacity {
            EndpointCapacity::Unlimited => Self::Unlimited,
            EndpointCapacity::RequestsPerSecond(rate) => Self::Rate { rate: u64::from(rate), end: 0 },
            EndpointCapacity::Servers(servers) => {
                Self::Servers { units: Units::new(servers, step, 2 * work + 4 * step), work }
            }
        }
    }

    /// The time that a request occupies the endpoint.
    pub(crate) const fn busy(&self) -> Micros {
        match self {
            Self::Unlimited => 0,
            Self::Rate { rate, .. } => SECOND / *rate,
            Self::Servers { work, .. } => *work,
        }
    }

    /// Accepts requests that are sent evenly over `span` from `start` on. Returns their mean wait.
    pub(crate) fn accept(&mut self, start: Micros, span: Micros, requests: u64) -> Micros {
        match self {
            Self::Unlimited => 0,
            Self::Rate { rate, end } => {
                let rate = u128::from(*rate);
                let (first, last) = (u128::from(start) * rate, u128::from(start + span) * rate);
                let service = u128::from(SECOND);
                let before = end.saturating_sub(first);
                *end = ((*end).max(first) + u128::from(requests) * service).max(last + service);
                let after = *end - last - service;
                u64::try_from((u128::midpoint(before, after) + service) / rate).unwrap_or(Micros::MAX / 4)
            }
            Self::Servers { units, work } => {
                let (mut waits, mut done) = (0, 0);
                while done < requests {
                    let at = start + mul_div(span, done, requests);
                    let group = (requests - done).div_ceil(MAX_GROUPS).max(requests / MAX_GROUPS);
                    let (free, taken) = units.reserve(at, group.min(requests - done), requests - done);
                    let group = taken.max(group.min(requests - done)).min(requests - done);
                    let last = start + mul_div(span, done + group, requests);
                    let rounds = Rounds::new(at, last, free, group, taken, *work);
                    waits += u128::from(rounds.wait) * u128::from(group);
                    units.occupy(rounds.end, taken);
                    done += group;
                }
                u64::try_from(waits / u128::from(requests.max(1))).unwrap_or(Micros::MAX / 4)
            }
        }
    }
}

/// The work of units on requests, possibly several in sequence.
pub(crate) struct Rounds {
    /// The mean wait.
    pub(crate) wait: Micros,
    /// The time at which the units are free again.
    pub(crate) end: Micros,
}

impl Rounds {
    /// Requests that arrive evenly from `at` to `last`, and units that are free at `free`.
    pub(crate) fn new(at: Micros, last: Micros, free: Micros, requests: u64, units: u64, work: Micros) -> Self {
        if requests <= units {
            let middle = Micros::midpoint(at, last);
            return Self { wait: free.saturating_sub(middle), end: free.max(middle) + work };
        }
        let last_round = last - mul_div(last - at, units, requests) / 2;
        let end = (free.max(at) + mul_div(work, requests, units)).max(last_round + work);
        let wait = Micros::midpoint(free.saturating_sub(at), (end - work).saturating_sub(last));
        Self { wait, end }
    }
}
