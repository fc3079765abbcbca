//! A configuration in responses, written directly as JSON text: a list has thousands of them.

use ajo_engine::json::write_string;
use indexmap::IndexMap;
use serde_json::value::RawValue;

use crate::api::json_writer::{push_comma, push_field, push_name};
use crate::state::config::{ConfigMetadata, StoredConfig};
use crate::state::definition::StoredDefinition;
use crate::state::quirks::QuirkSettings;
use crate::state::store::StoredThrottling;

/// Builds views of the configurations in one sandbox.
#[derive(Clone, Copy)]
pub(crate) struct ConfigViewBuilder<'w> {
    org_id: &'w str,
    sandbox_id: &'w str,
    sandbox_name: &'w str,
    /// Writes `OPTIONS`, as HTTP does, instead of the specification's `OPTION`.
    as_http: bool,
}

/// A definition and the fields that the service adds. An added field replaces a field of the same name, at its position.
pub(crate) struct ConfigView<'w> {
    definition: &'w StoredDefinition,
    added: Vec<(&'static str, AddedField<'w>)>,
    as_http: bool,
    is_deployed: bool,
}

enum AddedField<'w> {
    String(&'w str),
    /// Two strings joined by `_`.
    JoinedPair(&'w str, &'w str),
    Bool(bool),
    Metadata(ConfigMetadata<'w>),
    Deployed(ConfigView<'w>),
}

impl<'w> ConfigViewBuilder<'w> {
    pub(crate) fn new(org_id: &'w str, sandbox_id: &'w str, sandbox_name: &'w str, quirks: &QuirkSettings) -> Self {
        Self { org_id, sandbox_id, sandbox_name, as_http: quirks.is("method_name", "options") }
    }

    pub(crate) fn capping_view(&self, config: &'w StoredConfig) -> ConfigView<'w> {
        let mut view = self.build(&config.definition, self.capping_fields(&config.uid));
        view.added.extend(state_fields(config));
        if let Some(deployed) = &config.deployed {
            let deployed = ConfigView { is_deployed: true, ..self.build(deployed, self.capping_fields(&config.uid)) };
            view.added.push(("deployedConfig", AddedField::Deployed(deployed)));
        }
        view
    }

    /// The throttling configuration of an organization, with the sandbox in which it was defined.
    pub(crate) fn throttling_view(
        org_id: &'w str,
        throttling: &'w StoredThrottling,
        quirks: &QuirkSettings,
    ) -> ConfigView<'w> {
        let StoredThrottling { config, sandbox_id, sandbox_name } = throttling;
        let builder = Self::new(org_id, sandbox_id, sandbox_name, quirks);
        let added = [
            ("orgId", AddedField::String(org_id)),
            ("uid", AddedField::String(&config.uid)),
            ("_id", AddedField::JoinedPair(&config.uid, sandbox_id)),
            ("sandboxName", AddedField::String(sandbox_name)),
            ("sandboxId", AddedField::String(sandbox_id)),
        ];
        let mut view = builder.build(&config.definition, added);
        view.added.extend(state_fields(config));
        if config.was_deployed() {
            view.added.push(("version", AddedField::String("1.0")));
        }
        view
    }

    fn capping_fields(&self, uid: &'w str) -> [(&'static str, AddedField<'w>); 6] {
        [
            ("orgId", AddedField::String(self.org_id)),
            // Observed: in the published samples the tenant has the name of the sandbox.
            ("tenantId", AddedField::String(self.sandbox_name)),
            ("uid", AddedField::String(uid)),
            ("_id", AddedField::String(uid)),
            ("sandboxName", AddedField::String(self.sandbox_name)),
            ("sandboxId", AddedField::String(self.sandbox_id)),
        ]
    }

    fn build<const N: usize>(
        &self,
        definition: &'w StoredDefinition,
        added: [(&'static str, AddedField<'w>); N],
    ) -> ConfigView<'w> {
        let mut all = Vec::with_capacity(11);
        all.extend(added);
        ConfigView { definition, added: all, as_http: self.as_http, is_deployed: false }
    }
}

fn state_fields(config: &StoredConfig) -> [(&'static str, AddedField<'_>); 4] {
    [
        ("metadata", AddedField::Metadata(config.metadata())),
        ("state", AddedField::String(config.state.as_str())),
        ("authoringFormatVersion", AddedField::String("1.0")),
        ("hasBeenDeployed", AddedField::Bool(config.deployed.is_some())),
    ]
}

impl ConfigView<'_> {
    /// Omits fields that the service adds.
    pub(crate) fn omit(&mut self, names: &[&str]) {
        self.added.retain(|(name, _)| !names.contains(name));
    }

    pub(crate) fn write(&self, json: &mut String) {
        json.push('{');
        let mut written = 0_u32;
        for (name, value) in self.definition.fields() {
            push_comma(json);
            write_string(json, name);
            json.push(':');
            let index = self.added.iter().position(|(added, _)| added == name);
            match (index, name.as_str()) {
                (Some(index), _) => {
                    written |= 1 << index;
                    self.added[index].1.write(json);
                }
                (None, "methods") if self.as_http => write_http_methods(json, value),
                (None, "services") if self.is_deployed => write_deployed_services(json, value),
                (None, _) => json.push_str(value.get()),
            }
        }
        for (index, (name, added)) in self.added.iter().enumerate() {
            if written & (1 << index) == 0 {
                push_name(json, name);
                added.write(json);
            }
        }
        json.push('}');
    }
}

impl AddedField<'_> {
    fn write(&self, json: &mut String) {
        match self {
            Self::String(text) => write_string(json, text),
            Self::JoinedPair(first, second) => write_string(json, &[first, "_", second].concat()),
            Self::Bool(flag) => json.push_str(if *flag { "true" } else { "false" }),
            Self::Metadata(metadata) => {
                json.push('{');
                for (name, text) in metadata.entries() {
                    push_field(json, name, &text);
                }
                json.push('}');
            }
            Self::Deployed(view) => view.write(json),
        }
    }
}

/// Writes the methods with HTTP's spelling.
fn write_http_methods(json: &mut String, methods: &RawValue) {
    let Ok(methods) = serde_json::from_str::<Vec<&RawValue>>(methods.get()) else {
        return json.push_str(methods.get());
    };
    let methods = methods.into_iter().map(RawValue::get);
    let names: Vec<&str> = methods.map(|it| if it == r#""OPTION""# { r#""OPTIONS""# } else { it }).collect();
    json.push('[');
    json.push_str(&names.join(","));
    json.push(']');
}

/// Writes the services of a deployed definition. Observed: `maxHttpConnections` is -1 where the definition sets none.
fn write_deployed_services(json: &mut String, services: &RawValue) {
    let Some(services) = parse_fields(services) else { return json.push_str(services.get()) };
    json.push('{');
    for (name, limit) in services {
        push_comma(json);
        write_string(json, &name);
        json.push(':');
        if parse_fields(limit).is_some_and(|limit| !limit.contains_key("maxHttpConnections")) {
            json.push_str(limit.get().strip_suffix('}').unwrap_or_default());
            push_comma(json);
            json.push_str("\"maxHttpConnections\":-1}");
        } else {
            json.push_str(limit.get());
        }
    }
    json.push('}');
}

/// The fields of an object. Values stay JSON text, so numbers are not reformatted.
fn parse_fields(value: &RawValue) -> Option<IndexMap<String, &RawValue>> {
    serde_json::from_str(value.get()).ok()
}

#[cfg(test)]
mod tests {
    use ajo_engine::Timestamp;
    use serde_json::{Value, json};

    use super::*;
    use crate::state::config::AuditStamp;

    fn config(definition: Value) -> StoredConfig {
        let Value::Object(definition) = definition else { panic!("{definition} is no object") };
        StoredConfig::new(
            "u".to_owned(),
            StoredDefinition::new(definition),
            AuditStamp { by: "me".to_owned(), at: Timestamp::from_millis(0) },
        )
    }

    #[test]
    fn added_fields_replace_definition_fields() {
        let config = config(json!({"uid": "mine", "url": "https://a.example/", "state": [1]}));
        let view = ConfigViewBuilder::new("o", "s", "prod", &QuirkSettings::default()).capping_view(&config);
        let mut text = String::new();
        view.write(&mut text);
        let begins =
            r#"{"uid":"u","url":"https://a.example/","state":"created","orgId":"o","tenantId":"prod","_id":"u","#;
        assert!(text.starts_with(begins), "{text}");
        assert_eq!(text.matches("\"uid\":").count(), 1, "{text}");
    }

    #[test]
    fn quirk_and_deployment_change_view() {
        let mut quirks = QuirkSettings::default();
        quirks.set("method_name", "options").expect("a variant");
        let mut config = config(json!({"methods": ["OPTION", 1], "services": {"action": {"rating": {}}, "x": null}}));
        config.deploy(AuditStamp { by: "me".to_owned(), at: Timestamp::from_millis(0) });
        let mut text = String::new();
        ConfigViewBuilder::new("o", "s", "prod", &quirks).capping_view(&config).write(&mut text);
        let view: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(
            (&view["methods"], &view["deployedConfig"]["methods"]),
            (&json!(["OPTIONS", 1]), &json!(["OPTIONS", 1]))
        );
        assert_eq!(view["services"], json!({"action": {"rating": {}}, "x": null}));
        let live = json!({"action": {"rating": {}, "maxHttpConnections": -1}, "x": null});
        assert_eq!(view["deployedConfig"]["services"], live);
    }
}
