//! One fault: where it strikes, how often, and what happens.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::faults::effect::Effect;
use crate::faults::fault_error::FaultError;
use crate::faults::target::Target;
use crate::faults::when::When;

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
