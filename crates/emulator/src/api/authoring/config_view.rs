//! Configurations as the service shows them, written straight into an answer: a list has thousands of them.

use ajo_engine::json::write_string;
use indexmap::IndexMap;
use serde_json::value::RawValue;

use crate::api::json_text::{push_comma, push_field, push_name};
use crate::state::config::{Config, Metadata};
use crate::state::definition::Definition;
use crate::state::quirks::Switches;
use crate::state::store::Throttling;

/// What the service adds to every configuration of a sandbox, and how it spells them.
#[derive(Clone, Copy)]
pub(crate) struct Place<'w> {
    org_id: &'w str,
    sandbox_id: &'w str,
    sandbox_name: &'w str,
    /// Whether the one method that HTTP spells otherwise is spelled as there.
    as_http: bool,
}

/// A definition with what the service adds to it. Where both have a field, it is the service's, in the place of the other.
pub(crate) struct ConfigView<'w> {
    definition: &'w Definition,
    added: Vec<(&'static str, Added<'w>)>,
    as_http: bool,
    is_deployed: bool,
}

enum Added<'w> {
    Text(&'w str),
    /// Two texts with `_` between them.
    Pair(&'w str, &'w str),
    Flag(bool),
    Metadata(Metadata<'w>),
    Deployed(ConfigView<'w>),
}

impl<'w> Place<'w> {
    pub(crate) fn new(org_id: &'w str, sandbox_id: &'w str, sandbox_name: &'w str, switches: &Switches) -> Self {
        Self { org_id, sandbox_id, sandbox_name, as_http: switches.is("method_name", "options") }
    }

    /// A capping configuration in this place.
    pub(crate) fn capping(&self, config: &'w Config) -> ConfigView<'w> {
        let mut shown = self.show(&config.definition, self.of_capping(&config.uid));
        shown.added.extend(state(config));
        if let Some(deployed) = &config.deployed {
            let deployed = ConfigView { is_deployed: true, ..self.show(deployed, self.of_capping(&config.uid)) };
            shown.added.push(("deployedConfig", Added::Deployed(deployed)));
        }
        shown
    }

    /// The throttling configuration of this organization, in the place where it was defined.
    pub(crate) fn throttling(org_id: &'w str, throttling: &'w Throttling, switches: &Switches) -> ConfigView<'w> {
        let Throttling { config, sandbox_id, sandbox_name } = throttling;
        let place = Self::new(org_id, sandbox_id, sandbox_name, switches);
        let added = [
            ("orgId", Added::Text(org_id)),
            ("uid", Added::Text(&config.uid)),
            ("_id", Added::Pair(&config.uid, sandbox_id)),
            ("sandboxName", Added::Text(sandbox_name)),
            ("sandboxId", Added::Text(sandbox_id)),
        ];
        let mut shown = place.show(&config.definition, added);
        shown.added.extend(state(config));
        if config.was_deployed() {
            shown.added.push(("version", Added::Text("1.0")));
        }
        shown
    }

    fn of_capping(&self, uid: &'w str) -> [(&'static str, Added<'w>); 6] {
        [
            ("orgId", Added::Text(self.org_id)),
            // Observed: the tenant is named like the sandbox in the published samples.
            ("tenantId", Added::Text(self.sandbox_name)),
            ("uid", Added::Text(uid)),
            ("_id", Added::Text(uid)),
            ("sandboxName", Added::Text(self.sandbox_name)),
            ("sandboxId", Added::Text(self.sandbox_id)),
        ]
    }

    fn show<const N: usize>(
        &self,
        definition: &'w Definition,
        added: [(&'static str, Added<'w>); N],
    ) -> ConfigView<'w> {
        let mut all = Vec::with_capacity(11);
        all.extend(added);
        ConfigView { definition, added: all, as_http: self.as_http, is_deployed: false }
    }
}

fn state(config: &Config) -> [(&'static str, Added<'_>); 4] {
    [
        ("metadata", Added::Metadata(config.metadata())),
        ("state", Added::Text(config.state.as_str())),
        ("authoringFormatVersion", Added::Text("1.0")),
        ("hasBeenDeployed", Added::Flag(config.deployed.is_some())),
    ]
}

impl ConfigView<'_> {
    pub(crate) fn write(&self, json: &mut String) {
        json.push('{');
        let mut written = 0_u32;
        for (name, value) in self.definition.fields() {
            push_comma(json);
            write_string(json, name);
            json.push(':');
            let place = self.added.iter().position(|(added, _)| added == name);
            match (place, name.as_str()) {
                (Some(place), _) => {
                    written |= 1 << place;
                    self.added[place].1.write(json);
                }
                (None, "methods") if self.as_http => write_as_http(json, value),
                (None, "services") if self.is_deployed => write_in_force(json, value),
                (None, _) => json.push_str(value.get()),
            }
        }
        for (place, (name, added)) in self.added.iter().enumerate() {
            if written & (1 << place) == 0 {
                push_name(json, name);
                added.write(json);
            }
        }
        json.push('}');
    }
}

impl Added<'_> {
    fn write(&self, json: &mut String) {
        match self {
            Self::Text(text) => write_string(json, text),
            Self::Pair(first, second) => write_string(json, &[first, "_", second].concat()),
            Self::Flag(flag) => json.push_str(if *flag { "true" } else { "false" }),
            Self::Metadata(metadata) => {
                json.push('{');
                for (name, text) in metadata.entries() {
                    push_field(json, name, &text);
                }
                json.push('}');
            }
            Self::Deployed(shown) => shown.write(json),
        }
    }
}

/// Methods, all of them spelled as in HTTP.
fn write_as_http(json: &mut String, methods: &RawValue) {
    let Ok(methods) = serde_json::from_str::<Vec<&RawValue>>(methods.get()) else {
        return json.push_str(methods.get());
    };
    let methods = methods.into_iter().map(RawValue::get);
    let spelled: Vec<&str> = methods.map(|it| if it == r#""OPTION""# { r#""OPTIONS""# } else { it }).collect();
    json.push('[');
    json.push_str(&spelled.join(","));
    json.push(']');
}

/// The services of a deployed definition. Observed: a limit has -1 connections where the definition set none.
fn write_in_force(json: &mut String, services: &RawValue) {
    let Some(services) = fields(services) else { return json.push_str(services.get()) };
    json.push('{');
    for (name, limit) in services {
        push_comma(json);
        write_string(json, &name);
        json.push(':');
        if fields(limit).is_some_and(|limit| !limit.contains_key("maxHttpConnections")) {
            json.push_str(limit.get().strip_suffix('}').unwrap_or_default());
            push_comma(json);
            json.push_str("\"maxHttpConnections\":-1}");
        } else {
            json.push_str(limit.get());
        }
    }
    json.push('}');
}

/// The fields of an object. Their values stay text, so that every number stays as it is.
fn fields(value: &RawValue) -> Option<IndexMap<String, &RawValue>> {
    serde_json::from_str(value.get()).ok()
}

#[cfg(test)]
mod tests {
    use ajo_engine::Timestamp;
    use serde_json::{Value, json};

    use super::*;
    use crate::state::config::Mark;

    fn config(definition: Value) -> Config {
        let Value::Object(definition) = definition else { panic!("{definition} is no object") };
        Config::new(
            "u".to_owned(),
            Definition::new(definition),
            Mark { by: "me".to_owned(), at: Timestamp::from_millis(0) },
        )
    }

    #[test]
    fn what_the_service_adds_takes_the_place_of_what_a_definition_has() {
        let config = config(json!({"uid": "mine", "url": "https://a.example/", "state": [1]}));
        let shown = Place::new("o", "s", "prod", &Switches::default()).capping(&config);
        let mut text = String::new();
        shown.write(&mut text);
        let begins =
            r#"{"uid":"u","url":"https://a.example/","state":"created","orgId":"o","tenantId":"prod","_id":"u","#;
        assert!(text.starts_with(begins), "{text}");
        assert_eq!(text.matches("\"uid\":").count(), 1, "{text}");
    }

    #[test]
    fn a_switch_spells_a_method_as_http_does_and_what_is_in_force_has_its_connections() {
        let mut switches = Switches::default();
        switches.choose("method_name", "options").expect("a side");
        let mut config = config(json!({"methods": ["OPTION", 1], "services": {"action": {"rating": {}}, "x": null}}));
        config.deploy(Mark { by: "me".to_owned(), at: Timestamp::from_millis(0) });
        let mut text = String::new();
        Place::new("o", "s", "prod", &switches).capping(&config).write(&mut text);
        let shown: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(
            (&shown["methods"], &shown["deployedConfig"]["methods"]),
            (&json!(["OPTIONS", 1]), &json!(["OPTIONS", 1]))
        );
        assert_eq!(shown["services"], json!({"action": {"rating": {}}, "x": null}));
        let in_force = json!({"action": {"rating": {}, "maxHttpConnections": -1}, "x": null});
        assert_eq!(shown["deployedConfig"]["services"], in_force);
    }
}
