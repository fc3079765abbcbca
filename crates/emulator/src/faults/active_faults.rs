//! The active faults of an organization.

use crate::faults::effect::FaultEffect;
use crate::faults::fault::Fault;
use crate::faults::fault_error::FaultError;
use crate::faults::target::FaultTarget;

/// Maximum number of active faults. Every call checks each of them.
pub const MAX_FAULTS: usize = 100;

/// Active faults, each with the number of calls that matched its target.
#[derive(Clone, Debug, Default)]
pub(crate) struct ActiveFaults {
    faults: Vec<(Fault, u64)>,
}

impl ActiveFaults {
    pub(crate) fn add(&mut self, fault: Fault) -> Result<(), FaultError> {
        if self.faults.len() >= MAX_FAULTS {
            return Err(FaultError::too_many(MAX_FAULTS));
        }
        self.faults.push((fault, 0));
        Ok(())
    }

    pub(crate) fn clear(&mut self) {
        self.faults.clear();
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Fault> {
        self.faults.iter().map(|(fault, _)| fault)
    }

    /// The effect on this call: that of the first fault, in the order they were added. Every fault counts the call.
    pub(crate) fn next_effect(&mut self, called: FaultTarget, random: &mut fastrand::Rng) -> Option<FaultEffect> {
        let mut injected = None;
        for (fault, matched) in &mut self.faults {
            if fault.target.matches(called) {
                *matched += 1;
                if fault.when.applies_to(*matched, random) && injected.is_none() {
                    injected = Some(fault.effect.clone());
                }
            }
        }
        injected
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_fault_applies_and_all_count() {
        let mut random = fastrand::Rng::with_seed(1);
        let mut faults = ActiveFaults::default();
        for text in ["capping.*@first:1=drop_before", "*.list@first:2=drop_after", "*@every:3=reset"] {
            faults.add(text.parse().expect("a fault")).expect("room");
        }
        let list: FaultTarget = "capping.list".parse().expect("a target");
        let mut next_effect = || faults.next_effect(list, &mut random).map(|effect| effect.to_string());
        let injected: Vec<_> = (0..6).map(|_| next_effect()).collect();
        let expected = [Some("drop_before"), Some("drop_after"), Some("reset"), None, None, Some("reset")];
        assert_eq!(injected, expected.map(|effect| effect.map(str::to_owned)));
    }

    #[test]
    fn fault_count_is_limited() {
        let mut faults = ActiveFaults::default();
        let fault: Fault = "*=reset".parse().expect("a fault");
        for _ in 0..MAX_FAULTS {
            faults.add(fault.clone()).expect("room");
        }
        faults.add(fault.clone()).expect_err("too many");
        faults.clear();
        faults.add(fault).expect("room again");
    }
}
