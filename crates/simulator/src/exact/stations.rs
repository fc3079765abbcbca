//! Connections and the endpoint: work in order of arrival.

use crate::endpoint::simulated_endpoint::EndpointCapacity;
use crate::exact::time_queue::TimeQueue;
use crate::time::{Micros, SECOND};

/// Units that each do one thing at a time: connections, or workers of the endpoint.
pub(crate) struct Units {
    /// The time at which each becomes free. Units that were never needed are not listed.
    free_at: TimeQueue<Micros>,
    count: usize,
}

impl Units {
    pub(crate) const fn new(count: u32) -> Self {
        Self { free_at: TimeQueue::new(), count: count as usize }
    }

    /// The earliest time from `now` on at which a unit is free.
    pub(crate) fn next_free(&self, now: Micros) -> Micros {
        match self.free_at.peek() {
            Some(at) if self.free_at.len() >= self.count => now.max(*at),
            _ => now,
        }
    }

    /// Occupies a unit from `start`, when [`Self::next_free`] found one free, until `end`.
    pub(crate) fn occupy(&mut self, start: Micros, end: Micros) {
        if self.free_at.peek().is_some_and(|at| *at <= start) {
            self.free_at.pop();
        }
        self.free_at.push(end);
    }
}

/// The endpoint's work on requests.
pub(crate) enum EndpointStation {
    Unlimited,
    /// The end of the last request's time slot, in units of 1/rate microseconds.
    Rate {
        rate: u64,
        next: u128,
    },
    Servers(Units),
}

impl EndpointStation {
    pub(crate) fn new(capacity: EndpointCapacity) -> Self {
        match capacity {
            EndpointCapacity::Unlimited => Self::Unlimited,
            EndpointCapacity::RequestsPerSecond(rate) => Self::Rate { rate: u64::from(rate), next: 0 },
            EndpointCapacity::Servers(servers) => Self::Servers(Units::new(servers)),
        }
    }

    /// Accepts a request sent at `now`, not before earlier ones. Returns the time of the response and the time that it occupies
    /// the endpoint.
    pub(crate) fn accept(&mut self, now: Micros, latency: Micros) -> (Micros, Micros) {
        match self {
            Self::Unlimited => (now + latency, 0),
            Self::Rate { rate, next } => {
                *next = (*next).max(u128::from(now) * u128::from(*rate)) + u128::from(SECOND);
                let start = u64::try_from(next.div_ceil(u128::from(*rate))).expect("a simulation ends");
                (start + latency, SECOND / *rate)
            }
            Self::Servers(units) => {
                let start = units.next_free(now);
                units.occupy(start, start + latency);
                (start + latency, latency)
            }
        }
    }
}
