//! The caps that an attempt must pass.

use crate::exact::arrival_times::EvenTimes;
use crate::exact::slots::Slots;
use crate::limits::default_cap::DefaultCapScope;
use crate::limits::limit::{Limit, LimitName, OverLimit};
use crate::report::recorder::Recorder;
use crate::scenario::Scenario;
use crate::time::Micros;
use crate::traffic::pattern::TrafficPattern;

/// All caps of a call.
pub(crate) struct Caps<'s> {
    caps: Vec<Cap>,
    /// The calls to other endpoints, which share the default cap with this index.
    other_calls: Option<(usize, OtherCalls<'s>)>,
}

struct Cap {
    /// The index of the limit.
    limit: usize,
    slots: Slots,
}

struct OtherCalls<'s> {
    next: Option<Micros>,
    times: EvenTimes<'s>,
}

impl<'s> Caps<'s> {
    pub(crate) fn new(scenario: &'s Scenario, limits: &[Limit]) -> Self {
        let caps = limits.iter().enumerate().filter(|(_, limit)| limit.over_limit == OverLimit::Rejected);
        let default_cap = caps.clone().position(|(_, limit)| limit.name == LimitName::DefaultCap);
        let other_calls = default_cap.zip(other_calls(scenario)).map(|(index, calls)| {
            let mut times = EvenTimes::new(calls);
            (index, OtherCalls { next: times.next(), times })
        });
        let caps = caps.map(|(index, limit)| Cap { limit: index, slots: Slots::new(limit) });
        Self { caps: caps.collect(), other_calls }
    }

    /// Takes a slot of every cap, or none if one has no free slot.
    pub(crate) fn take_slots(&mut self, now: Micros, recorder: &mut Recorder) -> bool {
        self.take_other_calls(now, recorder);
        if let Some(full) = self.caps.iter_mut().find_map(|cap| (cap.slots.next_free(now) > now).then_some(cap.limit)) {
            recorder.exceeded(full, 1);
            return false;
        }
        for cap in &mut self.caps {
            cap.slots.take(now);
            recorder.slots_taken(cap.limit, 1);
        }
        true
    }

    /// Takes slots for the calls to other endpoints until `now`. A call that finds none takes none.
    pub(crate) fn take_other_calls(&mut self, now: Micros, recorder: &mut Recorder) {
        let Some((index, calls)) = &mut self.other_calls else { return };
        let cap = &mut self.caps[*index];
        while let Some(at) = calls.next.filter(|at| *at <= now) {
            if cap.slots.next_free(at) <= at {
                cap.slots.take(at);
                recorder.slots_taken(cap.limit, 1);
            }
            calls.next = calls.times.next();
        }
    }
}

/// The calls to other endpoints in each second that a default cap counts.
pub(crate) fn other_calls(scenario: &Scenario) -> Option<&[u32]> {
    let is_shared = scenario.default_cap.scope != DefaultCapScope::Endpoint;
    scenario.other_calls.as_ref().filter(|_| is_shared).map(TrafficPattern::calls)
}
