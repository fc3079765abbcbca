//! The forms of this project's files and outputs, as JSON Schemas.

use ajo_core::Api;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use crate::definition_schema::required_fields;
use crate::file::schema_types::LimitsForm;
use crate::policy::schema_types::PolicyForm;
use crate::{Ledger, Report};

/// A form that has a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Schema {
    /// Limits files.
    Limits,
    /// Policy files.
    Policy,
    /// What commands say with `--output json`.
    Report,
    /// The ledger, `ajo.lock`.
    Ledger,
}

impl Schema {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Limits, Self::Policy, Self::Report, Self::Ledger];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Limits => "limits",
            Self::Policy => "policy",
            Self::Report => "report",
            Self::Ledger => "ledger",
        }
    }
}

/// The JSON Schema of a form, of draft 7, which editors know best.
///
/// A schema is for completing and for a first look: what depends on several fields, on other files or on the service's rules
/// is found by [`read`](crate::file::read).
///
/// ```
/// use ajo_limits::{Schema, schema};
///
/// assert_eq!(Schema::ALL.map(Schema::as_str), ["limits", "policy", "report", "ledger"]);
/// let limits = schema(Schema::Limits);
/// assert_eq!(limits["$schema"], "http://json-schema.org/draft-07/schema#");
/// assert_eq!(limits["additionalProperties"], false);
/// ```
pub fn schema(of: Schema) -> Value {
    match of {
        Schema::Limits => limits(),
        Schema::Policy => read::<PolicyForm>(),
        Schema::Report => {
            SchemaSettings::draft07().for_serialize().into_generator().into_root_schema_for::<Report>().to_value()
        }
        Schema::Ledger => read::<Ledger>(),
    }
}

/// The schema of something that is read.
fn read<T: JsonSchema>() -> Value {
    SchemaSettings::draft07().for_deserialize().into_generator().into_root_schema_for::<T>().to_value()
}

/// Only what has a base may leave fields to it.
fn limits() -> Value {
    let mut schema = read::<LimitsForm>();
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
    fn the_schemas_name_what_the_readers_know_and_allow_nothing_else() {
        let (limits, policies) = (schema(Schema::Limits), schema(Schema::Policy));
        let of = |name: &str| &limits["definitions"][name];
        let services = &of("Capping")["properties"]["services"];
        for (schema, known) in [
            (&limits, file::FILE),
            (of("Capping"), &file::entry_keys(Api::Capping)),
            (services, &["action", "dataSource"]),
            (&services["properties"]["action"], &["maxHttpConnections", "rating"]),
            (&services["properties"]["action"]["properties"]["rating"], &["maxCallsCount", "periodInMs"]),
            (of("Throttling"), &file::entry_keys(Api::Throttling)),
            (&policies, policy::FILE),
            (&policies["definitions"]["Ceiling"], policy::CEILING),
            (&policies["definitions"]["FreezeWindow"], policy::FREEZE),
        ] {
            assert_eq!(names(schema), sorted(known));
            assert_eq!(schema["additionalProperties"], false);
            assert!(schema["description"].is_string());
        }
    }

    #[test]
    fn every_field_of_the_files_is_described() {
        fn described(schema: &Value) {
            for (name, field) in schema["properties"].as_object().into_iter().flatten() {
                assert!(field["description"].is_string(), "{name}");
                described(field);
            }
        }
        for of in [Schema::Limits, Schema::Policy] {
            let schema = schema(of);
            schema["definitions"].as_object().expect("definitions").values().chain([&schema]).for_each(described);
        }
    }

    #[test]
    fn every_form_has_a_schema_with_a_name_and_all_its_references_lead_somewhere() {
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
        for of in Schema::ALL {
            let schema = schema(of);
            assert!(schema["title"].is_string(), "{}", of.as_str());
            let mut all = Vec::new();
            references(&schema, &mut all);
            for reference in all {
                assert!(schema.pointer(&reference[1..]).is_some(), "{reference}");
            }
        }
    }
}
