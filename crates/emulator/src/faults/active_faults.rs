//! The faults that are set in an organization.

use crate::faults::effect::Effect;
use crate::faults::fault::Fault;
use crate::faults::fault_error::FaultError;
use crate::faults::target::Target;

/// Most faults that can be set at a time. Chosen here: each is looked at for every call.
pub const MAX_FAULTS: usize = 100;

/// The faults that are set, and how often each could have struck.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults {
    set: Vec<(Fault, u64)>,
}

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) -> Result<(), FaultError> {
        if self.set.len() >= MAX_FAULTS {
            return Err(FaultError::too_many(MAX_FAULTS));
        }
        self.set.push((fault, 0));
        Ok(())
    }

    pub(crate) fn clear(&mut self) {
        self.set.clear();
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Fault> {
        self.set.iter().map(|(fault, _)| fault)
    }

    /// The fault that strikes this call: the first in the order they were set. All of them count the call.
    pub(crate) fn strike(&mut self, called: Target, random: &mut fastrand::Rng) -> Option<Effect> {
        let mut struck = None;
        for (fault, seen) in &mut self.set {
            if fault.target.covers(called) {
                *seen += 1;
                if fault.when.strikes(*seen, random) && struck.is_none() {
                    struck = Some(fault.effect.clone());
                }
            }
        }
        struck
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_that_is_set_strikes_and_all_count() {
        let mut random = fastrand::Rng::with_seed(1);
        let mut faults = Faults::default();
        for text in ["capping.*@first:1=drop_before", "*.list@first:2=drop_after", "*@every:3=reset"] {
            faults.add(text.parse().expect("a fault")).expect("room");
        }
        let list: Target = "capping.list".parse().expect("a target");
        let mut strike = || faults.strike(list, &mut random).map(|effect| effect.to_string());
        let struck: Vec<_> = (0..6).map(|_| strike()).collect();
        let expected = [Some("drop_before"), Some("drop_after"), Some("reset"), None, None, Some("reset")];
        assert_eq!(struck, expected.map(|effect| effect.map(str::to_owned)));
    }

    #[test]
    fn there_is_an_end_to_how_many_can_be_set() {
        let mut faults = Faults::default();
        let fault: Fault = "*=reset".parse().expect("a fault");
        for _ in 0..MAX_FAULTS {
            faults.add(fault.clone()).expect("room");
        }
        faults.add(fault.clone()).expect_err("too many");
        faults.clear();
        faults.add(fault).expect("room again");
    }
}
