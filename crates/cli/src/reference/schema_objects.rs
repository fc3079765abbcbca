//! A section with a table for each named schema of a document.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::Value;

use super::markdown_text::{code_span, escape_text, to_sentence};
use super::page::MarkdownPage;
use super::schema_type::{alternatives, describe_type, referenced_name, show_value};

const HEADER: [&str; 4] = ["field", "required", "type", "description"];

/// The schemas of a JSON Schema or `OpenAPI` document.
pub(super) struct SchemaObjects<'d> {
    /// The named schemas.
    schemas: &'d Value,
    /// Fields that are required under a condition, by schema.
    conditional: BTreeMap<&'d str, (String, BTreeSet<&'d str>)>,
}

impl<'d> SchemaObjects<'d> {
    /// `schemas` is `definitions` or `components/schemas`.
    pub(super) fn new(schemas: &'d Value) -> Self {
        Self { schemas, conditional: BTreeMap::new() }
    }

    /// Adds the sections of a JSON Schema: its own fields, then each definition.
    pub(super) fn add_document(page: &mut MarkdownPage, document: &'d Value) {
        let mut objects = Self::new(&document["definitions"]);
        objects.read_condition(document);
        objects.add_body(page, "", document, Some("Fields"));
        for name in objects.reachable_names([document]) {
            objects.add_schema(page, 2, name);
        }
    }

    /// The schemas that these refer to, directly or through others, in the order in which a reader meets them.
    pub(super) fn reachable_names(&self, from: impl IntoIterator<Item = &'d Value>) -> Vec<&'d str> {
        let mut names = Vec::new();
        for schema in from {
            self.collect_names(schema, &mut names);
        }
        let mut next = 0;
        while let Some(name) = names.get(next).copied() {
            self.collect_names(&self.schemas[name], &mut names);
            next += 1;
        }
        names
    }

    fn collect_names(&self, node: &'d Value, names: &mut Vec<&'d str>) {
        match node {
            Value::Object(map) => {
                if let Some(name) = referenced_name(node)
                    && self.schemas.get(name).is_some()
                    && !names.contains(&name)
                {
                    names.push(name);
                }
                let nested = map.iter().filter(|(key, _)| *key != "definitions");
                nested.for_each(|(_, child)| self.collect_names(child, names));
            }
            Value::Array(items) => items.iter().for_each(|child| self.collect_names(child, names)),
            _ => {}
        }
    }

    /// Adds the section of a named schema, with a heading of this level.
    pub(super) fn add_schema(&self, page: &mut MarkdownPage, level: usize, name: &str) {
        page.heading(level, name);
        let schema = &self.schemas[name];
        page.paragraph(&to_sentence(schema["description"].as_str().unwrap_or_default()));
        self.add_body(page, name, schema, None);
    }

    /// Adds the fields, the values, or the type of a schema.
    fn add_body(&self, page: &mut MarkdownPage, name: &str, schema: &'d Value, heading: Option<&str>) {
        if let Some(heading) = heading {
            page.heading(2, heading);
        }
        let alternatives = alternatives(schema);
        if schema["properties"].is_object() {
            let mut rows = Vec::new();
            self.add_fields(name, schema, "", &mut rows);
            page.table(&HEADER, &rows);
        } else if !alternatives.is_empty()
            && alternatives.iter().all(|alternative| alternative["properties"].is_object())
        {
            page.paragraph("It has one of these forms:");
            for alternative in alternatives {
                page.markdown(&format!("**{}**", escape_text(alternative["description"].as_str().unwrap_or("Other"))));
                self.add_body(page, name, alternative, None);
            }
        } else if alternatives.iter().any(|alternative| alternative["description"].is_string()) {
            let rows: Vec<Vec<String>> = alternatives.iter().map(|alternative| variant_row(alternative)).collect();
            page.table(&["value", "meaning"], &rows);
        } else {
            page.markdown(&format!("Type: {}.", describe_type(schema)));
        }
    }

    /// Adds a row for each field. The fields of an unnamed object follow it, with their path.
    fn add_fields(&self, name: &str, schema: &'d Value, path: &str, rows: &mut Vec<Vec<String>>) {
        let is_listed =
            |field: &str| schema["required"].as_array().is_some_and(|list| list.iter().any(|it| it == field));
        let condition = self.conditional.get(name).filter(|_| path.is_empty());
        for (field, property) in schema["properties"].as_object().into_iter().flatten() {
            let required = match condition {
                _ if is_listed(field) => "**yes**".to_owned(),
                Some((condition, fields)) if fields.contains(field.as_str()) => format!("**yes**, {condition}"),
                _ => String::new(),
            };
            let full_path = format!("{path}{field}");
            rows.push(vec![code_span(&full_path), required, describe_type(property), self.describe_field(property)]);
            if property["properties"].is_object() {
                self.add_fields(name, property, &format!("{full_path}."), rows);
            } else if property["items"]["properties"].is_object() {
                self.add_fields(name, &property["items"], &format!("{full_path}[]."), rows);
            }
        }
    }

    /// The description with the default and an example. A reference has those of the named schema, in short.
    fn describe_field(&self, schema: &Value) -> String {
        let named = referenced_name(schema).and_then(|name| self.schemas[name]["description"].as_str());
        let named = named.and_then(|description| description.split_inclusive(". ").next());
        let description = schema["description"].as_str().or(named).unwrap_or_default();
        let mut text = escape_text(&to_sentence(description));
        let is_shown =
            |value: &&Value| !matches!(value, Value::Null) && **value != Value::Array(Vec::new()) && **value != "";
        if let Some(default) = schema.get("default").filter(is_shown) {
            let _ = write!(text, " Default: {}.", code_span(&show_value(default)));
        }
        let example = schema.get("example").or(schema["examples"].get(0)).filter(is_shown);
        if let Some(example) = example.filter(|example| !example.is_object()) {
            let _ = write!(text, " Example: {}.", code_span(&show_value(example)));
        }
        text.trim().to_owned()
    }

    /// Reads `if` and `then` of a document: fields that are required unless another field is present.
    fn read_condition(&mut self, document: &'d Value) {
        let Some(absent) = document["if"]["not"]["required"][0].as_str() else { return };
        for (field, then) in document["then"]["properties"].as_object().into_iter().flatten() {
            let property = &document["properties"][field];
            let name =
                alternatives(property).into_iter().chain([property, &property["items"]]).find_map(referenced_name);
            let required = then["required"].as_array().or(then["items"]["required"].as_array());
            if let (Some(name), Some(required)) = (name, required) {
                let fields = required.iter().filter_map(Value::as_str).collect();
                self.conditional.insert(name, (format!("without {}", code_span(absent)), fields));
            }
        }
    }
}

/// A value, or an object with one field.
fn variant_row(variant: &Value) -> Vec<String> {
    let value = match (variant.get("const"), variant["properties"].as_object()) {
        (Some(value), _) => code_span(&show_value(value)),
        (None, Some(fields)) => {
            let fields = fields.iter().map(|(name, field)| format!("{}: {}", code_span(name), describe_type(field)));
            format!("object with {}", fields.collect::<Vec<_>>().join(", "))
        }
        (None, None) => describe_type(variant),
    };
    vec![value, escape_text(&to_sentence(variant["description"].as_str().unwrap_or_default()))]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn document_has_tables() {
        let document = json!({
            "properties": {
                "base": {"type": "string", "description": "The base", "examples": ["a.yaml"]},
                "limits": {"type": "array", "items": {"$ref": "#/definitions/Limit"}, "description": "Limits."},
            },
            "required": ["limits"],
            "if": {"not": {"required": ["base"]}},
            "then": {"properties": {"limits": {"items": {"required": ["url"]}}}},
            "definitions": {
                "Unused": {"type": "string"},
                "Kind": {"description": "The kind. More.", "oneOf": [{"const": "a", "description": "First"}, {"const": "b", "description": "Second."}]},
                "Limit": {"description": "A limit", "properties": {
                    "url": {"type": "string", "description": "The URL"},
                    "rate": {"type": "object", "description": "The rate", "properties": {
                        "calls": {"type": "integer", "default": 1, "description": "Calls"},
                    }, "required": ["calls"]},
                    "kind": {"$ref": "#/definitions/Kind"},
                }},
            },
        });
        let mut page = MarkdownPage::new("T", "g", "s", "I.");
        SchemaObjects::add_document(&mut page, &document);
        let text = page.finish();
        for expected in [
            "\n## Fields\n",
            "| `base` | | string | The base. Example: `a.yaml`. |",
            "| `limits` | **yes** | list of [Limit](#limit) | Limits. |",
            "\n## Limit\n\nA limit.\n",
            "| `url` | **yes**, without `base` | string | The URL. |",
            "| `rate.calls` | **yes** | integer | Calls. Default: `1`. |",
            "| `kind` | | [Kind](#kind) | The kind. |",
            "\n## Kind\n\nThe kind. More.\n\n| value | meaning |\n|---|---|\n| `a` | First. |\n| `b` | Second. |\n",
        ] {
            assert!(text.contains(expected), "{expected}\n{text}");
        }
        assert!(!text.contains("Unused"), "{text}");
    }
}
