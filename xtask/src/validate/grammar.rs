//! Checks a spec against the supported part of the `OpenAPI` 3.0 grammar: the fields of each object and their types.
//!
//! progenitor silently ignores a misspelled field, so `requierd` would make a parameter optional. It rejects a value of the wrong type
//! without its location. This check reports both with their JSON pointer.

use serde_json::{Map, Value};

use super::spec_diagnostic::SpecDiagnostic;
use crate::spec::{Spec, json_pointer};

/// The expected content of a node.
#[derive(Clone, Copy)]
enum NodeKind {
    Str,
    Boolean,
    Number,
    Count,
    /// Checked elsewhere, or ignored by the generator.
    Any,
    /// One of these words.
    Keyword(&'static [&'static str]),
    List(&'static NodeKind),
    /// Entries with any names.
    NamedEntries(&'static NodeKind),
    /// Entries whose names must be valid in references.
    Components(&'static NodeKind),
    /// These fields, and extensions.
    Object(&'static ObjectFields),
    /// The same, or a reference.
    OrReference(&'static ObjectFields),
    BooleanOrSchema,
}

struct ObjectFields {
    /// Fields that no other check reports as missing.
    required: &'static [&'static str],
    known: &'static [(&'static str, NodeKind)],
}

use NodeKind::{
    Any, Boolean, BooleanOrSchema, Components, Count, Keyword, List, NamedEntries, Number, Object, OrReference, Str,
};

static DOCUMENT: ObjectFields = ObjectFields {
    required: &["info", "paths"],
    known: &[
        ("openapi", Str),
        ("info", Object(&INFO)),
        ("servers", Any),
        ("security", List(&NamedEntries(&List(&Str)))),
        ("tags", List(&Object(&TAG))),
        ("paths", NamedEntries(&Object(&PATH_ITEM))),
        ("components", Object(&COMPONENTS)),
        ("externalDocs", Any),
    ],
};

static INFO: ObjectFields = ObjectFields {
    required: &["title", "version"],
    known: &[
        ("title", Str),
        ("description", Str),
        ("termsOfService", Str),
        ("contact", Any),
        ("license", Any),
        ("version", Str),
    ],
};

static TAG: ObjectFields =
    ObjectFields { required: &["name"], known: &[("name", Str), ("description", Str), ("externalDocs", Any)] };

static COMPONENTS: ObjectFields = ObjectFields {
    required: &[],
    known: &[
        ("schemas", Components(&OrReference(&SCHEMA))),
        ("responses", Components(&OrReference(&RESPONSE))),
        ("parameters", Components(&OrReference(&PARAMETER))),
        ("requestBodies", Components(&OrReference(&REQUEST_BODY))),
        ("securitySchemes", Components(&Object(&SECURITY_SCHEME))),
        ("examples", Any),
        ("headers", Any),
        ("links", Any),
        ("callbacks", Any),
    ],
};

static SECURITY_SCHEME: ObjectFields = ObjectFields {
    required: &["type"],
    known: &[
        ("type", Keyword(&["apiKey", "http"])),
        ("description", Str),
        ("name", Str),
        ("in", Keyword(&["header"])),
        ("scheme", Keyword(&["bearer"])),
        ("bearerFormat", Str),
    ],
};

static PATH_ITEM: ObjectFields = ObjectFields {
    required: &[],
    known: &[
        // Rejected by the check of the document's structure.
        ("$ref", Any),
        ("summary", Str),
        ("description", Str),
        ("servers", Any),
        ("parameters", List(&OrReference(&PARAMETER))),
        ("get", Object(&OPERATION)),
        ("put", Object(&OPERATION)),
        ("post", Object(&OPERATION)),
        ("delete", Object(&OPERATION)),
        ("options", Object(&OPERATION)),
        ("head", Object(&OPERATION)),
        ("patch", Object(&OPERATION)),
        ("trace", Object(&OPERATION)),
    ],
};

static OPERATION: ObjectFields = ObjectFields {
    required: &["responses"],
    known: &[
        ("tags", List(&Str)),
        ("summary", Str),
        ("description", Str),
        ("externalDocs", Any),
        ("operationId", Str),
        ("parameters", List(&OrReference(&PARAMETER))),
        ("requestBody", OrReference(&REQUEST_BODY)),
        ("responses", NamedEntries(&OrReference(&RESPONSE))),
        ("callbacks", Any),
        ("deprecated", Boolean),
        ("security", List(&NamedEntries(&List(&Str)))),
        ("servers", Any),
    ],
};

static PARAMETER: ObjectFields = ObjectFields {
    required: &["in"],
    known: &[
        ("name", Str),
        ("in", Str),
        ("description", Str),
        ("required", Boolean),
        ("deprecated", Boolean),
        ("allowEmptyValue", Boolean),
        // progenitor supports only the default style of each location.
        ("style", Keyword(&["simple", "form"])),
        ("explode", Boolean),
        ("allowReserved", Boolean),
        ("schema", OrReference(&SCHEMA)),
        ("example", Any),
        ("examples", Any),
    ],
};

static REQUEST_BODY: ObjectFields = ObjectFields {
    required: &[],
    known: &[("description", Str), ("content", NamedEntries(&Object(&MEDIA_TYPE))), ("required", Boolean)],
};

static RESPONSE: ObjectFields = ObjectFields {
    required: &["description"],
    known: &[("description", Str), ("headers", Any), ("content", NamedEntries(&Object(&MEDIA_TYPE))), ("links", Any)],
};

// Without `encoding`, because progenitor panics on it.
static MEDIA_TYPE: ObjectFields = ObjectFields {
    required: &["schema"],
    known: &[("schema", OrReference(&SCHEMA)), ("example", Any), ("examples", Any)],
};

// Without `not`, `allOf`, and `anyOf`: typify panics on many of them, and never returns for a recursive composition.
static SCHEMA: ObjectFields = ObjectFields {
    required: &[],
    known: &[
        ("type", Keyword(&["string", "number", "integer", "boolean", "array", "object"])),
        ("format", Str),
        ("title", Str),
        ("description", Str),
        ("default", Any),
        ("example", Any),
        ("externalDocs", Any),
        ("deprecated", Boolean),
        ("nullable", Boolean),
        ("readOnly", Boolean),
        ("writeOnly", Boolean),
        ("enum", Any),
        ("pattern", Str),
        ("minLength", Count),
        ("maxLength", Count),
        ("multipleOf", Number),
        ("minimum", Number),
        ("maximum", Number),
        ("exclusiveMinimum", Boolean),
        ("exclusiveMaximum", Boolean),
        ("items", OrReference(&SCHEMA)),
        ("minItems", Count),
        ("maxItems", Count),
        ("uniqueItems", Boolean),
        ("properties", NamedEntries(&OrReference(&SCHEMA))),
        ("required", List(&Str)),
        ("additionalProperties", BooleanOrSchema),
        ("minProperties", Count),
        ("maxProperties", Count),
        ("oneOf", List(&OrReference(&SCHEMA))),
    ],
};

pub(super) fn check(spec: &Spec) -> Vec<SpecDiagnostic> {
    let mut grammar = GrammarChecker { spec, diagnostics: Vec::new() };
    grammar.visit("", &spec.value, Object(&DOCUMENT));
    grammar.diagnostics
}

struct GrammarChecker<'s> {
    spec: &'s Spec,
    diagnostics: Vec<SpecDiagnostic>,
}

impl GrammarChecker<'_> {
    fn visit(&mut self, at: &str, node: &Value, kind: NodeKind) {
        match (kind, node) {
            (Any, _)
            | (Str, Value::String(_))
            | (Boolean | BooleanOrSchema, Value::Bool(_))
            | (Number, Value::Number(_)) => {}
            (Count, Value::Number(number)) if number.is_u64() => {}
            (Keyword(words), Value::String(word)) if words.contains(&word.as_str()) => {}
            (Keyword(words), Value::String(word)) => {
                self.add(at, format!("`{word}` is not supported here"), format!("use {}", words.join(" or ")));
            }
            (List(kind), Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.visit(&format!("{at}/{index}"), item, *kind);
                }
            }
            (Components(kind), Value::Object(map)) => {
                let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
                for name in map.keys().filter(|name| name.is_empty() || !name.bytes().all(is_allowed)) {
                    let location = format!("{at}{}", json_pointer(&[name]));
                    let fix = "use only letters, digits, `.`, `_` and `-`";
                    self.add(&location, format!("`{name}` is not a valid component name"), fix);
                }
                self.visit(at, node, NamedEntries(kind));
            }
            (NamedEntries(kind), Value::Object(map)) => {
                for (name, child) in map {
                    self.visit(&format!("{at}{}", json_pointer(&[name])), child, *kind);
                }
            }
            (OrReference(_), Value::Object(map)) if map.contains_key("$ref") => {
                for name in map.keys().filter(|name| *name != "$ref") {
                    let problem = "a field next to `$ref` is ignored".to_owned();
                    self.add(
                        &format!("{at}{}", json_pointer(&[name])),
                        problem,
                        "move it to the target of the reference",
                    );
                }
            }
            (Object(fields) | OrReference(fields), Value::Object(map)) => self.check_fields(at, map, fields),
            (BooleanOrSchema, Value::Object(_)) => self.visit(at, node, OrReference(&SCHEMA)),
            _ => {
                let problem = format!("expected {}, found {}", describe_kind(kind), describe_value(node));
                self.add(at, problem, "correct or remove the value");
            }
        }
    }

    fn check_fields(&mut self, at: &str, map: &Map<String, Value>, fields: &ObjectFields) {
        for (name, child) in map {
            let location = format!("{at}{}", json_pointer(&[name]));
            match fields.known.iter().find(|(known, _)| known == name) {
                Some((_, kind)) => self.visit(&location, child, *kind),
                None if name.starts_with("x-") => {}
                None => {
                    let known: Vec<&str> = fields.known.iter().map(|(known, _)| *known).collect();
                    let fix = format!("correct or remove it; supported: {}", known.join(", "));
                    self.add(&location, format!("`{name}` is not supported here"), fix);
                }
            }
        }
        for name in fields.required.iter().filter(|name| !map.contains_key(**name)) {
            self.add(at, format!("`{name}` is missing"), format!("add `{name}`"));
        }
    }

    fn add(&mut self, at: &str, problem: String, fix: impl Into<String>) {
        self.diagnostics.push(SpecDiagnostic::at_pointer(self.spec, at, problem, fix));
    }
}

fn describe_value(node: &Value) -> &'static str {
    match node {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn describe_kind(kind: NodeKind) -> &'static str {
    match kind {
        Str | Keyword(_) => "a string",
        Boolean => "a boolean",
        Number => "a number",
        Count => "an integer >= 0",
        List(_) => "a list",
        NamedEntries(_) | Components(_) | Object(_) | OrReference(_) => "an object",
        BooleanOrSchema => "a boolean or a schema",
        Any => "anything",
    }
}
