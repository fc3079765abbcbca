//! Renders the models: the types of arguments and results.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::doc_comment::doc_comment;
use super::typescript_type::{Lists, is_declared, open_enum_type, typescript_type};
use crate::generate::operation_model::{self, BodyModel};
use crate::spec::{Spec, referenced_schema_name};

const EXTRA_FIELD: &str =
    "  /** Fields that this version does not know, nested as in the definition. They are sent at that place. */
  readonly extra?: Record<string, unknown> | undefined;
";

/// Renders every schema that an operation uses, directly or through others. A shared schema is rendered once.
pub(super) fn render(specs: &[Spec], all: &[operation_model::OperationModel]) -> Result<String, String> {
    let mut models = BTreeMap::new();
    for spec in specs {
        let api = operation_model::api_name(spec)?;
        let (mut sent, mut reached, mut definitions) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for operation in all.iter().filter(|operation| operation.api == api) {
            if let BodyModel::Argument { schema, .. } = &operation.body {
                spec.collect_schema_names(schema, &mut sent);
                definitions.extend(referenced_schema_name(schema));
            }
            if let Some(schema) = &operation.response.schema {
                spec.collect_schema_names(schema, &mut reached);
            }
        }
        reached.extend(sent.iter().cloned());
        for name in reached {
            let schema = &spec.value["components"]["schemas"][&name];
            if is_declared(schema) {
                models.insert(
                    name.clone(),
                    render_model(spec, &name, sent.contains(&name), definitions.contains(&*name)),
                );
            }
        }
    }
    Ok(models.into_values().collect::<Vec<_>>().join("\n"))
}

fn render_model(spec: &Spec, name: &str, is_sent: bool, is_definition: bool) -> String {
    let schema = &spec.value["components"]["schemas"][name];
    let comment = description_comment(schema, "");
    if let Some(values) = schema["x-extensible-enum"].as_array() {
        return format!("{comment}export type {name} = {};\n", open_enum_type(values));
    }
    let fields: String = schema["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|it| render_field(spec, schema, it, is_sent))
        .collect();
    let extra = if is_definition { EXTRA_FIELD } else { "" };
    format!("{comment}export interface {name} {{\n{fields}{extra}}}\n")
}

/// A field of a request accepts more than one of a response has: lists that cannot change, and `undefined` for a missing field.
fn render_field(spec: &Spec, object: &Value, (name, property): (&String, &Value), is_sent: bool) -> String {
    let required = object["required"].as_array().is_some_and(|required| required.contains(&Value::from(name.as_str())));
    let optional = if required { "" } else { "?" };
    let undefined = if is_sent && !required { " | undefined" } else { "" };
    let lists = if is_sent { Lists::Readonly } else { Lists::Mutable };
    // A `$ref` has no description of its own, so the field gets the target's description.
    let is_identifier = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let key = if is_identifier { name.clone() } else { Value::from(name.as_str()).to_string() };
    let comment = description_comment(spec.resolve(property).unwrap_or(property), "  ");
    format!("{comment}  readonly {key}{optional}: {}{undefined};\n", typescript_type(spec, property, lists))
}

fn description_comment(schema: &Value, indent: &str) -> String {
    doc_comment(&[schema["description"].as_str().unwrap_or_default()], indent)
}
