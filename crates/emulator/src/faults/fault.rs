//! One fault: target, frequency and effect.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::faults::effect::FaultEffect;
use crate::faults::fault_error::FaultError;
use crate::faults::frequency::FaultFrequency;
use crate::faults::target::FaultTarget;

/// A fault. The syntax is `TARGET=EFFECT` or `TARGET@WHEN=EFFECT`.
///
/// ```
/// use ajo_emulator::{Fault, FaultError};
///
/// let fault: Fault = "capping.create@first:2=drop_after".parse()?;
/// assert_eq!(fault.to_string(), "capping.create@first:2=drop_after");
/// let error: FaultError = "capping.creat=drop_after".parse::<Fault>().unwrap_err();
/// assert!(error.to_string().starts_with("`capping.creat` is not a valid target"));
/// # Ok::<(), FaultError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    #[serde(rename = "at")]
    pub target: FaultTarget,
    #[serde(default)]
    pub when: FaultFrequency,
    #[serde(rename = "fault")]
    pub effect: FaultEffect,
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let (target_and_frequency, effect) = text
            .split_once('=')
            .ok_or_else(|| FaultError::new(text, "fault", "TARGET=EFFECT or TARGET@WHEN=EFFECT"))?;
        let (target, when) = match target_and_frequency.split_once('@') {
            Some((target, when)) => (target, when.parse()?),
            None => (target_and_frequency, FaultFrequency::Always),
        };
        Ok(Self { target: target.parse()?, when, effect: effect.parse()? })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { target, when, effect } = self;
        match when {
            FaultFrequency::Always => write!(f, "{target}={effect}"),
            when => write!(f, "{target}@{when}={effect}"),
        }
    }
}

/// Serializes types as strings.
macro_rules! impl_serde_as_string {
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

impl_serde_as_string!(FaultTarget, FaultFrequency, FaultEffect);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn invalid_fault_error_lists_valid_names() {
        let cases = [
            ("", "`` is not a valid fault; expected TARGET=EFFECT or TARGET@WHEN=EFFECT"),
            ("capping.deploy", "`capping.deploy` is not a valid fault; expected TARGET=EFFECT or TARGET@WHEN=EFFECT"),
            ("deploy=drop_after", "`deploy` is not a valid target; expected"),
            ("capping.destroy=drop_after", "`capping.destroy` is not a valid target; expected"),
            (
                "*@sometimes=drop_after",
                "`sometimes` is not a valid frequency; expected always, first:N, every:N or probability:P",
            ),
            ("*@first:0=drop_after", "`first:0` is not a valid frequency; expected"),
            ("*@probability:2=drop_after", "`probability:2` is not a valid frequency; expected"),
            ("*=explode", "`explode` is not a valid fault; expected one of gateway:CODE, "),
            ("*=gateway:1451", "`gateway:1451` is not a valid fault; expected one of the gateway's codes: 400003, "),
            ("*=service:403025", "`service:403025` is not a valid fault; expected one of the service's codes: 1451, "),
            ("*=status:99", "`status:99` is not a valid fault; expected a status from 200 to 599"),
            ("*=delay:soon", "`delay:soon` is not a valid latency; expected"),
        ];
        for (text, expected) in cases {
            let error = text.parse::<Fault>().expect_err(text).to_string();
            assert!(error.starts_with(expected), "{text}: {error}");
        }
    }

    #[test]
    fn json_uses_the_string_format() {
        let fault: Fault = "throttling.update@every:3=busy:7".parse().expect("a fault");
        let json = serde_json::to_value(&fault).expect("JSON");
        assert_eq!(json, serde_json::json!({"at": "throttling.update", "when": "every:3", "fault": "busy:7"}));
        assert_eq!(serde_json::from_value::<Fault>(json).expect("a fault"), fault);
        for wrong in [r#"{"at": "*"}"#, r#"{"at": "*", "fault": "drop"}"#, r#"{"at": "*", "fault": "reset", "x": 1}"#] {
            serde_json::from_str::<Fault>(wrong).expect_err(wrong);
        }
    }

    #[test]
    fn seed_determines_random_faults() {
        let injected = |seed: u64| {
            let mut random = fastrand::Rng::with_seed(seed);
            let when = FaultFrequency::Probability(0.25);
            (1..=1000).map(|number| when.applies_to(number, &mut random)).collect::<Vec<_>>()
        };
        assert_eq!(injected(7), injected(7));
        assert_ne!(injected(7), injected(8));
        let count = injected(7).iter().filter(|injected| **injected).count();
        assert!((200..300).contains(&count), "{count}");
    }

    proptest! {
        #[test]
        fn display_round_trips(text in "[a-z_*.:@=0-9-]{0,40}") {
            if let Ok(fault) = text.parse::<Fault>() {
                prop_assert_eq!(fault.to_string().parse::<Fault>(), Ok(fault));
            }
        }
    }
}
