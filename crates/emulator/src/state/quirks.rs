//! Quirks: points on which Adobe's documents contradict each other or say nothing, with a variant for each reading.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A contradiction or gap in Adobe's documents, with its possible variants.
///
/// ```
/// use ajo_emulator::{EmulatorSettings, Quirk, QuirkSettings, EmulatorState};
///
/// let idle: &Quirk = QuirkSettings::ALL.iter().find(|quirk| quirk.name == "undeploy_idle").expect("it exists");
/// assert!(idle.variants.contains(&"no_content"));
///
/// let mut state = EmulatorState::new(EmulatorSettings::default());
/// state.quirks_mut().set(idle.name, "no_content")?;
/// # Ok::<(), ajo_emulator::QuirkError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quirk {
    pub name: &'static str,
    /// The variants; the first is the default.
    pub variants: &'static [&'static str],
    /// The contradicting statements, or the gap.
    pub description: &'static str,
}

/// The selected variant of each quirk.
///
/// ```
/// use ajo_emulator::{QuirkError, QuirkSettings};
///
/// let mut quirks = QuirkSettings::default();
/// assert_eq!(quirks.variant("undeploy_idle"), Some("refused"));
/// quirks.set("undeploy_idle", "no_content")?;
/// assert_eq!(quirks.set("idle", "no_content"), Err(QuirkError::UnknownQuirk("idle".to_owned())));
/// # Ok::<(), QuirkError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, String>", into = "BTreeMap<String, String>")]
pub struct QuirkSettings {
    /// Variants other than the default.
    chosen: BTreeMap<&'static str, &'static str>,
}

/// An unknown quirk or variant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuirkError {
    #[error("unknown quirk `{_0}`; expected one of {known}", known = QuirkSettings::ALL.map(|quirk| quirk.name).join(", "))]
    UnknownQuirk(String),
    #[error("the quirk {} has no variant `{variant}`; expected one of {}", quirk.name, quirk.variants.join(", "))]
    UnknownVariant { quirk: Quirk, variant: String },
}

impl QuirkSettings {
    /// All quirks.
    pub const ALL: [Quirk; 24] = [
        Quirk {
            name: "can_deploy_method",
            variants: &["both", "get", "post"],
            description: "canDeploy is GET in the specification and in Postman, POST in a table of the product documentation",
        },
        Quirk {
            name: "can_deploy_path",
            variants: &["uid_first", "uid_last"],
            description: "/{base}/{uid}/canDeploy in `paths`, /{base}/canDeploy/{uid} in the introduction",
        },
        Quirk {
            name: "services_key",
            variants: &["split", "joined"],
            description: "`action` and `dataSource` in the samples, one property named `action|dataSource` in the schema",
        },
        Quirk {
            name: "throttling_body",
            variants: &["object", "text"],
            description: "a throttling definition is an object in the product documentation, a string in the specification",
        },
        Quirk {
            name: "error_code",
            variants: &["text", "number"],
            description: "canDeploy's errorCode is a string in the sample, an integer in the schema; the gateway's error_code is a \
                    string, and sometimes a number",
        },
        Quirk {
            name: "busy_body",
            variants: &["full", "empty"],
            description: "a 429 with Retry-After documents an error code, but its body may be empty",
        },
        Quirk {
            name: "max_http_connections",
            variants: &["open", "at_most_400"],
            description: "at most 400 in prose, up to 30000 in the samples; rejecting more as an invalid payload is inferred",
        },
        Quirk {
            name: "org_id",
            variants: &["optional", "required"],
            description: "orgId of a capping payload is absent in the product documentation, required in the specification",
        },
        Quirk {
            name: "method_name",
            variants: &["option", "options"],
            description: "OPTION in the specification, OPTIONS in HTTP: the spelling in responses",
        },
        Quirk {
            name: "update_methods",
            variants: &["text", "object"],
            description: "the items of `methods` are strings, but objects in the schema of PUT; which fields they have is unknown",
        },
        Quirk {
            name: "force_delete",
            variants: &["true_only", "any_value"],
            description: "forceDelete is a string parameter; only `true` is documented to force",
        },
        Quirk {
            name: "list_body",
            variants: &["optional", "none"],
            description: "the body of list is an optional object in the specification, Postman sends none",
        },
        Quirk {
            name: "undeploy_idle",
            variants: &["refused", "no_content"],
            description: "undeploy of a throttling configuration that is not deployed: code 14468 in the error list, 204 in the \
                    specification",
        },
        Quirk {
            name: "redeploy",
            variants: &["direct", "refused", "ignored"],
            description: "a capping configuration that was updated while deployed: it must be deployed again (vendor's specification); \
                    update, undeploy, canDeploy, deploy (product documentation), so that a second deploy may be refused or ignored",
        },
        Quirk {
            name: "max_calls_count",
            variants: &["at_least_1", "more_than_1"],
            description: "maxCallsCount has a minimum of 1 on one page and must be greater than 1 on another",
        },
        Quirk {
            name: "unknown_fields",
            variants: &["dropped", "returned"],
            description: "fields that no document names; `returned`: create adds `priority` and `rating.timeUnit`, and an update \
                    stores the fields that it sends (unknown)",
        },
        Quirk {
            name: "normalization",
            variants: &["none", "all", "host", "slash", "port", "trim", "clamp", "order"],
            description: "changes to a definition before it is stored: lower-case host, no trailing slash, no default port, \
                    trimmed name, at most 400 connections, 300,000 calls and 4,000 calls/s, sorted methods (unknown)",
        },
        Quirk {
            name: "list_results",
            variants: &["complete", "empty", "first_half", "duplicated", "stale"],
            description: "whether a list is complete; `stale`: without the last change (unknown)",
        },
        Quirk {
            name: "throttling_create",
            variants: &["full", "partial"],
            description: "the response to create has all fields, or methods in another order and neither `_id` nor \
                    `hasBeenDeployed`",
        },
        Quirk {
            name: "unknown_route",
            variants: &["html", "json"],
            description: "a 404 for an unknown path was observed as HTML; known paths respond with JSON",
        },
        Quirk {
            name: "default_cap_scope",
            variants: &["host", "endpoint", "domain"],
            description: "one page counts the default cap per host, per endpoint, and per domain (simulations only)",
        },
        Quirk {
            name: "default_cap_raise",
            variants: &["config", "support"],
            description: "a greater configured limit replaces the default cap, or Adobe's support raises it (simulations only)",
        },
        Quirk {
            name: "no_connection",
            variants: &["wait", "reject"],
            description: "a call without a free connection waits until its timeout, or is rejected (simulations only; unknown)",
        },
        Quirk {
            name: "capped_call",
            variants: &["final", "retried"],
            description: "a call that a cap rejects ends, or is retried like a failed call (simulations only; unknown)",
        },
    ];

    /// Selects a variant.
    pub fn set(&mut self, name: &str, variant: &str) -> Result<(), QuirkError> {
        let quirk = *Self::find(name).ok_or_else(|| QuirkError::UnknownQuirk(name.to_owned()))?;
        let Some(variant) = quirk.variants.iter().find(|known| **known == variant) else {
            return Err(QuirkError::UnknownVariant { quirk, variant: variant.to_owned() });
        };
        if *variant == quirk.variants[0] {
            self.chosen.remove(quirk.name);
        } else {
            self.chosen.insert(quirk.name, variant);
        }
        Ok(())
    }

    /// The selected variant; `None` for an unknown quirk.
    pub fn variant(&self, name: &str) -> Option<&'static str> {
        let quirk = Self::find(name)?;
        Some(self.chosen.get(name).copied().unwrap_or(quirk.variants[0]))
    }

    /// Whether a variant is selected.
    pub(crate) fn is(&self, name: &str, variant: &str) -> bool {
        debug_assert!(Self::find(name).is_some_and(|quirk| quirk.variants.contains(&variant)), "{name}={variant}");
        self.variant(name) == Some(variant)
    }

    fn find(name: &str) -> Option<&'static Quirk> {
        const { &Self::ALL }.iter().find(|quirk| quirk.name == name)
    }
}

impl TryFrom<BTreeMap<String, String>> for QuirkSettings {
    type Error = QuirkError;

    fn try_from(variants: BTreeMap<String, String>) -> Result<Self, QuirkError> {
        let mut quirks = Self::default();
        for (name, variant) in variants {
            quirks.set(&name, &variant)?;
        }
        Ok(quirks)
    }
}

impl From<QuirkSettings> for BTreeMap<String, String> {
    fn from(quirks: QuirkSettings) -> Self {
        let variant = |name| quirks.variant(name).unwrap_or_default().to_owned();
        QuirkSettings::ALL.iter().map(|quirk| (quirk.name.to_owned(), variant(quirk.name))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_quirk_has_two_variants() {
        for quirk in QuirkSettings::ALL {
            assert!(quirk.variants.len() > 1, "{}", quirk.name);
            for variant in quirk.variants {
                let mut quirks = QuirkSettings::default();
                quirks.set(quirk.name, variant).expect("a variant");
                assert!(quirks.is(quirk.name, variant));
            }
        }
        assert_eq!(
            QuirkSettings::default().set("org_id", "perhaps").expect_err("no such variant").to_string(),
            "the quirk org_id has no variant `perhaps`; expected one of optional, required"
        );
        let error = QuirkSettings::default().set("x", "y").expect_err("no such quirk").to_string();
        assert!(error.starts_with("unknown quirk `x`; expected one of can_deploy_method, "), "{error}");
    }

    #[test]
    fn json_lists_every_quirk() {
        let mut quirks = QuirkSettings::default();
        quirks.set("org_id", "required").expect("a variant");
        let json = serde_json::to_value(&quirks).expect("JSON");
        assert_eq!(
            (json.as_object().map(serde_json::Map::len), &json["org_id"]),
            (Some(QuirkSettings::ALL.len()), &"required".into())
        );
        assert_eq!(serde_json::from_value::<QuirkSettings>(json).expect("quirks"), quirks);
        serde_json::from_str::<QuirkSettings>(r#"{"org_id": "perhaps"}"#).expect_err("no such variant");
    }
}
