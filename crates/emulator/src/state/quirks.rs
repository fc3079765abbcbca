//! Where Adobe's documents contradict each other, both sides.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A contradiction, and which of its sides the emulator takes.
///
/// ```
/// use ajo_emulator::{Settings, Switch, Switches, World};
///
/// let idle: &Switch = Switches::ALL.iter().find(|switch| switch.name == "undeploy_idle").expect("it is there");
/// assert!(idle.sides.contains(&"no_content"));
///
/// let mut world = World::new(Settings::default());
/// world.switches_mut().choose(idle.name, "no_content")?;
/// # Ok::<(), ajo_emulator::SwitchError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Switch {
    /// What it is called.
    pub name: &'static str,
    /// The sides; the first is taken unless another is chosen.
    pub sides: &'static [&'static str],
    /// What the sides are.
    pub about: &'static str,
}

/// The switches of an emulator: for each contradiction, the side it takes.
///
/// ```
/// use ajo_emulator::{SwitchError, Switches};
///
/// let mut switches = Switches::default();
/// assert_eq!(switches.side("undeploy_idle"), Some("refused"));
/// switches.choose("undeploy_idle", "no_content")?;
/// assert_eq!(switches.choose("idle", "no_content"), Err(SwitchError::Name("idle".to_owned())));
/// # Ok::<(), SwitchError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, String>", into = "BTreeMap<String, String>")]
pub struct Switches {
    /// Those that are not on their first side.
    chosen: BTreeMap<&'static str, &'static str>,
}

/// No such switch or side.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SwitchError {
    /// There is no switch of this name.
    #[error("there is no switch `{_0}`; there are: {there}", there = Switches::ALL.map(|switch| switch.name).join(", "))]
    Name(String),
    /// The switch has no such side.
    #[error("the switch {} has no side `{side}`; it has: {}", switch.name, switch.sides.join(", "))]
    Side {
        /// The switch.
        switch: Switch,
        /// What is asked for.
        side: String,
    },
}

impl Switches {
    /// All of them. Source of each: the table of contradictions among the gathered facts.
    pub const ALL: [Switch; 14] = [
        Switch {
            name: "can_deploy_method",
            sides: &["both", "get", "post"],
            about: "canDeploy is GET in the specification and in Postman, POST in a table of the product documentation",
        },
        Switch {
            name: "can_deploy_path",
            sides: &["uid_first", "uid_last"],
            about: "/{base}/{uid}/canDeploy in `paths`, /{base}/canDeploy/{uid} in the introduction",
        },
        Switch {
            name: "services_key",
            sides: &["split", "joined"],
            about: "`action` and `dataSource` in the samples, one property named `action|dataSource` in the schema",
        },
        Switch {
            name: "throttling_body",
            sides: &["object", "text"],
            about: "a throttling definition is an object in the product documentation, a string in the specification",
        },
        Switch {
            name: "error_code",
            sides: &["text", "number"],
            about: "canDeploy's errorCode is a string in the sample, an integer in the schema; the gateway's error_code is a \
                    string, and sometimes a number",
        },
        Switch {
            name: "busy_body",
            sides: &["full", "empty"],
            about: "a 429 with Retry-After names its code, and its body may be empty",
        },
        Switch {
            name: "max_http_connections",
            sides: &["open", "at_most_400"],
            about: "at most 400 in prose, up to 30000 in the samples; that more is an invalid payload is inferred",
        },
        Switch {
            name: "org_id",
            sides: &["optional", "required"],
            about: "orgId of a capping payload is absent in the product documentation, required in the specification",
        },
        Switch {
            name: "method_name",
            sides: &["option", "options"],
            about: "OPTION in the specification, OPTIONS in HTTP: how it is spelled in answers",
        },
        Switch {
            name: "update_methods",
            sides: &["text", "object"],
            about: "the items of `methods` are strings, but objects in the schema of PUT; which fields they have is unknown",
        },
        Switch {
            name: "force_delete",
            sides: &["true_only", "any_value"],
            about: "forceDelete is a string parameter; only `true` is documented to force",
        },
        Switch {
            name: "list_body",
            sides: &["optional", "none"],
            about: "the body of list is an optional object in the specification, Postman sends none",
        },
        Switch {
            name: "undeploy_idle",
            sides: &["refused", "no_content"],
            about: "undeploy of a throttling configuration that is not deployed: code 14468 in the error list, 204 in the \
                    specification",
        },
        Switch {
            name: "max_calls_count",
            sides: &["at_least_1", "more_than_1"],
            about: "maxCallsCount has a minimum of 1 on one page and must be greater than 1 on another",
        },
    ];

    /// Takes this side of this contradiction.
    pub fn choose(&mut self, name: &str, side: &str) -> Result<(), SwitchError> {
        let switch = *Self::find(name).ok_or_else(|| SwitchError::Name(name.to_owned()))?;
        let Some(side) = switch.sides.iter().find(|there| **there == side) else {
            return Err(SwitchError::Side { switch, side: side.to_owned() });
        };
        if *side == switch.sides[0] {
            self.chosen.remove(switch.name);
        } else {
            self.chosen.insert(switch.name, side);
        }
        Ok(())
    }

    /// The side that is taken; nothing where there is no such switch.
    pub fn side(&self, name: &str) -> Option<&'static str> {
        let switch = Self::find(name)?;
        Some(self.chosen.get(name).copied().unwrap_or(switch.sides[0]))
    }

    /// Whether this side is taken.
    pub(crate) fn is(&self, name: &str, side: &str) -> bool {
        debug_assert!(Self::find(name).is_some_and(|switch| switch.sides.contains(&side)), "{name}={side}");
        self.side(name) == Some(side)
    }

    fn find(name: &str) -> Option<&'static Switch> {
        const { &Self::ALL }.iter().find(|switch| switch.name == name)
    }
}

impl TryFrom<BTreeMap<String, String>> for Switches {
    type Error = SwitchError;

    fn try_from(sides: BTreeMap<String, String>) -> Result<Self, SwitchError> {
        let mut switches = Self::default();
        for (name, side) in sides {
            switches.choose(&name, &side)?;
        }
        Ok(switches)
    }
}

impl From<Switches> for BTreeMap<String, String> {
    fn from(switches: Switches) -> Self {
        let side = |name| switches.side(name).unwrap_or_default().to_owned();
        Switches::ALL.iter().map(|switch| (switch.name.to_owned(), side(switch.name))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_switch_has_a_side_and_another() {
        for switch in Switches::ALL {
            assert!(switch.sides.len() > 1, "{}", switch.name);
            for side in switch.sides {
                let mut switches = Switches::default();
                switches.choose(switch.name, side).expect("a side");
                assert!(switches.is(switch.name, side));
            }
        }
        assert_eq!(
            Switches::default().choose("org_id", "perhaps").expect_err("no side").to_string(),
            "the switch org_id has no side `perhaps`; it has: optional, required"
        );
        let error = Switches::default().choose("x", "y").expect_err("no switch").to_string();
        assert!(error.starts_with("there is no switch `x`; there are: can_deploy_method, "), "{error}");
    }

    #[test]
    fn its_json_form_names_all_of_them() {
        let mut switches = Switches::default();
        switches.choose("org_id", "required").expect("a side");
        let json = serde_json::to_value(&switches).expect("JSON");
        assert_eq!((json.as_object().map(serde_json::Map::len), &json["org_id"]), (Some(14), &"required".into()));
        assert_eq!(serde_json::from_value::<Switches>(json).expect("switches"), switches);
        serde_json::from_str::<Switches>(r#"{"org_id": "perhaps"}"#).expect_err("no such side");
    }
}
