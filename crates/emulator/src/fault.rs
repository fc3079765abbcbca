//! Faults: what the emulator does wrong when it is told to.
//!
//! A fault says where it strikes ([`Target`]), how often ([`When`]) and what happens ([`Effect`]). Each part has one written
//! form, the same in Rust, on the command line, in the control API and in the header [`FAULT_HEADER`]; a name that is not
//! known is refused when it is set.

mod effect;
mod latency;
mod names;
mod target;
mod when;

use std::fmt;
use std::str::FromStr;

pub use effect::Effect;
pub use latency::Latency;
pub(crate) use names::names;
use serde::{Deserialize, Serialize};
pub use target::Target;
pub use when::When;

/// The request header that makes one call fail: its value is an [`Effect`]. The service has no such header.
pub const FAULT_HEADER: &str = "x-emulator-fault";

/// Most faults that can be set at a time. Chosen here: each is looked at for every call.
pub const MAX_FAULTS: usize = 100;

/// A fault. Written `TARGET=EFFECT` or `TARGET@WHEN=EFFECT`.
///
/// ```
/// use ajo_emulator::{Fault, FaultError};
///
/// let fault: Fault = "capping.create@first:2=drop_after".parse()?;
/// assert_eq!(fault.to_string(), "capping.create@first:2=drop_after");
/// let error: FaultError = "capping.creat=drop_after".parse::<Fault>().unwrap_err();
/// assert!(error.to_string().starts_with("`capping.creat` is no target"));
/// # Ok::<(), FaultError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Where it strikes.
    #[serde(rename = "at")]
    pub target: Target,
    /// How often.
    #[serde(default)]
    pub when: When,
    /// What happens.
    #[serde(rename = "fault")]
    pub effect: Effect,
}

/// A text that is no fault, and what would be one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FaultError(String);

impl FaultError {
    fn new(text: &str, what: &str, expected: &str) -> Self {
        let shown: String = text.chars().take(60).flat_map(char::escape_default).collect();
        Self(format!("`{shown}` is no {what}; expected {expected}"))
    }
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let (place, effect) = text
            .split_once('=')
            .ok_or_else(|| FaultError::new(text, "fault", "TARGET=EFFECT or TARGET@WHEN=EFFECT"))?;
        let (target, when) = match place.split_once('@') {
            Some((target, when)) => (target, when.parse()?),
            None => (place, When::Always),
        };
        Ok(Self { target: target.parse()?, when, effect: effect.parse()? })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { target, when, effect } = self;
        match when {
            When::Always => write!(f, "{target}={effect}"),
            when => write!(f, "{target}@{when}={effect}"),
        }
    }
}

/// Gives a type that is written as text its JSON form, which is that text.
macro_rules! written_as_text {
    ($($name:ty),*) => {$(
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?
                    .parse()
                    .map_err(serde::de::Error::custom)
            }
        }
    )*};
}

written_as_text!(Target, When, Effect);

/// The faults that are set, and how often each could have struck.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults {
    set: Vec<(Fault, u64)>,
}

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) -> Result<(), FaultError> {
        if self.set.len() >= MAX_FAULTS {
            return Err(FaultError(format!("no more than {MAX_FAULTS} faults can be set; take some away")));
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
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_not_known_is_refused_with_what_is() {
        let cases = [
            ("", "`` is no fault; expected TARGET=EFFECT or TARGET@WHEN=EFFECT"),
            ("capping.deploy", "`capping.deploy` is no fault; expected TARGET=EFFECT or TARGET@WHEN=EFFECT"),
            ("deploy=drop_after", "`deploy` is no target; expected"),
            ("capping.destroy=drop_after", "`capping.destroy` is no target; expected"),
            (
                "*@sometimes=drop_after",
                "`sometimes` is no frequency; expected always, first:N, every:N or probability:P",
            ),
            ("*@first:0=drop_after", "`first:0` is no frequency; expected"),
            ("*@probability:2=drop_after", "`probability:2` is no frequency; expected"),
            ("*=explode", "`explode` is no fault; expected one of gateway:CODE, "),
            ("*=gateway:1451", "`gateway:1451` is no fault; expected one of the gateway's codes: 400003, "),
            ("*=service:403025", "`service:403025` is no fault; expected one of the service's codes: 1451, "),
            ("*=status:99", "`status:99` is no fault; expected a status from 200 to 599"),
            ("*=delay:soon", "`delay:soon` is no latency; expected"),
        ];
        for (text, said) in cases {
            let error = text.parse::<Fault>().expect_err(text).to_string();
            assert!(error.starts_with(said), "{text}: {error}");
        }
    }

    #[test]
    fn its_json_form_is_made_of_the_same_texts() {
        let fault: Fault = "throttling.update@every:3=busy:7".parse().expect("a fault");
        let json = serde_json::to_value(&fault).expect("JSON");
        assert_eq!(json, serde_json::json!({"at": "throttling.update", "when": "every:3", "fault": "busy:7"}));
        assert_eq!(serde_json::from_value::<Fault>(json).expect("a fault"), fault);
        for wrong in [r#"{"at": "*"}"#, r#"{"at": "*", "fault": "drop"}"#, r#"{"at": "*", "fault": "reset", "x": 1}"#] {
            serde_json::from_str::<Fault>(wrong).expect_err(wrong);
        }
    }

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

    #[test]
    fn a_seed_decides_what_chance_brings() {
        let struck = |seed: u64| {
            let mut random = fastrand::Rng::with_seed(seed);
            let when = When::Probability(0.25);
            (1..=1000).map(|number| when.strikes(number, &mut random)).collect::<Vec<_>>()
        };
        assert_eq!(struck(7), struck(7));
        assert_ne!(struck(7), struck(8));
        let count = struck(7).iter().filter(|struck| **struck).count();
        assert!((200..300).contains(&count), "{count}");
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_the_same(text in "[a-z_*.:@=0-9-]{0,40}") {
            if let Ok(fault) = text.parse::<Fault>() {
                prop_assert_eq!(fault.to_string().parse::<Fault>(), Ok(fault));
            }
        }
    }
}
