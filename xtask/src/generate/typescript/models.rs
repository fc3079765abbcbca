//! The models: what operations take and give, and what is in it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::comment::comment;
use super::types::{is_declared, open_enum, type_of};
use crate::generate::model::{self, Body};
use crate::spec::Spec;

/// Renders every schema that can be reached from an operation. One that both specs have is written once.
pub(super) fn render(specs: &[Spec], all: &[model::Operation]) -> Result<String, String> {
    let mut models = BTreeMap::new();
    for spec in specs {
        let api = model::api_name(spec)?;
        let mut reached = BTreeSet::new();
        for operation in all.iter().filter(|operation| operation.api == api) {
            if let Body::Argument { schema, .. } = &operation.body {
                spec.reach(schema, &mut reached);
            }
            if let Some(schema) = &operation.response.schema {
                spec.reach(schema, &mut reached);
            }
        }
        for name in reached {
            let schema = &spec.value["components"]["schemas"][&name];
            if is_declared(schema) {
                models.insert(name.clone(), model(spec, &name, schema));
            }
        }
    }
    Ok(models.into_values().collect::<Vec<_>>().join("\n"))
}

fn model(spec: &Spec, name: &str, schema: &Value) -> String {
    let comment = described(schema, "");
    if let Some(values) = schema["x-extensible-enum"].as_array() {
        return format!("{comment}export type {name} = {};\n", open_enum(values));
    }
    let fields: String =
        schema["properties"].as_object().into_iter().flatten().map(|it| field(spec, schema, it)).collect();
    format!("{comment}export interface {name} {{\n{fields}}}\n")
}

fn field(spec: &Spec, object: &Value, (name, property): (&String, &Value)) -> String {
    let required = object["required"].as_array().is_some_and(|required| required.contains(&Value::from(name.as_str())));
    let optional = if required { "" } else { "?" };
    // A `$ref` has no description beside it; the description of the schema that it names is the field's.
    let is_identifier = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let shown = if is_identifier { name.clone() } else { Value::from(name.as_str()).to_string() };
    let comment = described(spec.resolve(property).unwrap_or(property), "  ");
    format!("{comment}  readonly {shown}{optional}: {};\n", type_of(spec, property))
}

fn described(schema: &Value, indent: &str) -> String {
    comment(&[schema["description"].as_str().unwrap_or_default()], indent)
}
