//! The JSON Schemas of the file formats and outputs.

use ajo_core::Api;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use crate::definition_schema::required_fields;
use crate::file::schema_types::LimitsFileSchema;
use crate::policy::schema_types::PolicyFileSchema;
use crate::{CommandReport, LimitsState};

/// A format that has a JSON Schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SchemaName {
    /// Limits files.
    Limits,
    /// Policy files.
    Policy,
    /// The `--output json` of commands.
    Report,
    /// The state file, `ajo.state.json`.
    State,
}

impl SchemaName {
    /// All formats.
    pub const ALL: [Self; 4] = [Self::Limits, Self::Policy, Self::Report, Self::State];

    /// The name on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Limits => "limits",
            Self::Policy => "policy",
            Self::Report => "report",
            Self::State => "state",
        }
    }
}

/// The JSON Schema of a format. Draft 7 has the best editor support.
///
/// A schema supports completion and basic validation. [`parse_limits`](crate::file::parse_limits) also checks rules that
/// involve several fields, other files, or the service.
///
/// ```
/// use ajo_limits::{SchemaName, json_schema};
///
/// assert_eq!(SchemaName::ALL.map(SchemaName::as_str), ["limits", "policy", "report", "state"]);
/// let limits = json_schema(SchemaName::Limits);
/// assert_eq!(limits["$schema"], "http://json-schema.org/draft-07/schema#");
/// assert_eq!(limits["additionalProperties"], false);
/// ```
pub fn json_schema(name: SchemaName) -> Value {
    let mut schema = match name {
        SchemaName::Limits => limits_schema(),
        SchemaName::Policy => deserialize_schema::<PolicyFileSchema>(),
        SchemaName::Report => SchemaSettings::draft07()
            .for_serialize()
            .into_generator()
            .into_root_schema_for::<CommandReport>()
            .to_value(),
        SchemaName::State => deserialize_schema::<LimitsState>(),
    };
    shorten_descriptions(&mut schema);
    schema
}

/// Replaces each link to a Rust item by its text.
fn remove_rust_links(text: &str) -> String {
    let mut parts = text.split("](crate::");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        if let Some(start) = plain.rfind('[') {
            plain.remove(start);
        }
        plain.push_str(part.split_once(')').map_or(part, |(_, after)| after));
    }
    plain
}

/// Removes the Rust examples and links of doc comments, and their line breaks.
fn shorten_descriptions(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            for (key, value) in fields {
                match value {
                    Value::String(text) if key == "description" => {
                        let prose = text.split("```").next().unwrap_or_default();
                        let prose = remove_rust_links(prose);
                        let paragraphs = prose.trim().split("\n\n").map(|paragraph| paragraph.replace('\n', " "));
                        *text = paragraphs.collect::<Vec<_>>().join("\n\n");
                    }
                    value => shorten_descriptions(value),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(shorten_descriptions),
        _ => {}
    }
}

/// The schema of an input.
fn deserialize_schema<T: JsonSchema>() -> Value {
    SchemaSettings::draft07().for_deserialize().into_generator().into_root_schema_for::<T>().to_value()
}

/// Required fields are optional in a file with a base.
fn limits_schema() -> Value {
    let mut schema = deserialize_schema::<LimitsFileSchema>();
    schema["if"] = json!({ "not": { "required": ["base"] } });
    schema["then"] = json!({ "properties": {
        "capping": { "items": { "required": required_fields(Api::Capping) } },
        "throttling": { "required": required_fields(Api::Throttling) },
    } });
    schema
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::schema_types as file;
    use crate::policy::schema_types as policy;

    fn names(schema: &Value) -> Vec<&str> {
        let names = schema["properties"].as_object().expect("properties").keys();
        let mut names: Vec<_> = names.map(String::as_str).collect();
        names.sort_unstable();
        names
    }

    fn sorted<'n>(names: &[&'n str]) -> Vec<&'n str> {
        let mut names = names.to_vec();
        names.sort_unstable();
        names
    }

    #[test]
    fn schema_keys_match_parser() {
        let (limits, policies) = (json_schema(SchemaName::Limits), json_schema(SchemaName::Policy));
        let definition = |name: &str| &limits["definitions"][name];
        let services = &definition("Capping")["properties"]["services"];
        for (schema, known) in [
            (&limits, file::LIMITS_FILE_KEYS),
            (definition("Capping"), &file::entry_keys(Api::Capping)),
            (services, &["action", "dataSource"]),
            (&services["properties"]["action"], &["maxHttpConnections", "rating"]),
            (&services["properties"]["action"]["properties"]["rating"], &["maxCallsCount", "periodInMs"]),
            (definition("Throttling"), &file::entry_keys(Api::Throttling)),
            (&policies, policy::POLICY_FILE_KEYS),
            (&policies["definitions"]["MaximumRule"], policy::MAXIMUM_RULE_KEYS),
            (&policies["definitions"]["FreezeWindow"], policy::FREEZE_WINDOW_KEYS),
        ] {
            assert_eq!(names(schema), sorted(known));
            assert_eq!(schema["additionalProperties"], false);
            assert!(schema["description"].is_string());
        }
    }

    #[test]
    fn every_field_has_a_description() {
        fn check_descriptions(schema: &Value) {
            for (name, field) in schema["properties"].as_object().into_iter().flatten() {
                assert!(field["description"].is_string(), "{name}");
                check_descriptions(field);
            }
        }
        for name in [SchemaName::Limits, SchemaName::Policy] {
            let schema = json_schema(name);
            let definitions = schema["definitions"].as_object().expect("definitions").values();
            definitions.chain([&schema]).for_each(check_descriptions);
        }
    }

    #[test]
    fn schema_references_resolve() {
        fn references(value: &Value, all: &mut Vec<String>) {
            match value {
                Value::Object(fields) => {
                    all.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
                    fields.values().for_each(|value| references(value, all));
                }
                Value::Array(values) => values.iter().for_each(|value| references(value, all)),
                _ => {}
            }
        }
        for name in SchemaName::ALL {
            let schema = json_schema(name);
            assert!(schema["title"].is_string(), "{}", name.as_str());
            let mut all = Vec::new();
            references(&schema, &mut all);
            for reference in all {
                assert!(schema.pointer(&reference[1..]).is_some(), "{reference}");
            }
            let text = schema.to_string();
            assert!(!text.contains("```") && !text.contains("](crate::"), "{}", name.as_str());
        }
    }
}
