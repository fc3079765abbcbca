//! The grammar of `OpenAPI` 3.0, as far as it is used here: which fields each object has, and what may stand in them.
//!
//! progenitor passes over a misspelt field without a word, so that `requierd` would make a parameter optional; and a value of
//! the wrong kind it refuses without a place. Here both are named with their pointer.

use serde_json::{Map, Value};

use super::finding::Finding;
use crate::spec::{Spec, pointer};

/// What may stand at a place.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Flag,
    Number,
    Count,
    /// Checked elsewhere, or passed over by the generator.
    Anything,
    /// One of these words.
    Word(&'static [&'static str]),
    List(&'static Kind),
    /// Named by the author of the spec.
    Named(&'static Kind),
    /// Named by the author and referred to by that name.
    Components(&'static Kind),
    /// These fields, and extensions.
    Object(&'static Fields),
    /// The same, or a reference in its place.
    OrReference(&'static Fields),
    FlagOrSchema,
}

struct Fields {
    /// Must be there. What other checks ask for in better words is left out.
    required: &'static [&'static str],
    known: &'static [(&'static str, Kind)],
}

use Kind::{Anything, Components, Count, Flag, FlagOrSchema, List, Named, Number, Object, OrReference, Text, Word};

static DOCUMENT: Fields = Fields {
    required: &["info", "paths"],
    known: &[
        ("openapi", Text),
        ("info", Object(&INFO)),
        ("servers", Anything),
        ("security", List(&Named(&List(&Text)))),
        ("tags", List(&Object(&TAG))),
        ("paths", Named(&Object(&PATH_ITEM))),
        ("components", Object(&COMPONENTS)),
        ("externalDocs", Anything),
    ],
};

static INFO: Fields = Fields {
    required: &["title", "version"],
    known: &[
        ("title", Text),
        ("description", Text),
        ("termsOfService", Text),
        ("contact", Anything),
        ("license", Anything),
        ("version", Text),
    ],
};

static TAG: Fields =
    Fields { required: &["name"], known: &[("name", Text), ("description", Text), ("externalDocs", Anything)] };

static COMPONENTS: Fields = Fields {
    required: &[],
    known: &[
        ("schemas", Components(&OrReference(&SCHEMA))),
        ("responses", Components(&OrReference(&RESPONSE))),
        ("parameters", Components(&OrReference(&PARAMETER))),
        ("requestBodies", Components(&OrReference(&REQUEST_BODY))),
        ("securitySchemes", Components(&Object(&SECURITY_SCHEME))),
        ("examples", Anything),
        ("headers", Anything),
        ("links", Anything),
        ("callbacks", Anything),
    ],
};

static SECURITY_SCHEME: Fields = Fields {
    required: &["type"],
    known: &[
        ("type", Word(&["apiKey", "http"])),
        ("description", Text),
        ("name", Text),
        ("in", Word(&["header"])),
        ("scheme", Word(&["bearer"])),
        ("bearerFormat", Text),
    ],
};

static PATH_ITEM: Fields = Fields {
    required: &[],
    known: &[
        // The check of the outline says that it may not be there.
        ("$ref", Anything),
        ("summary", Text),
        ("description", Text),
        ("servers", Anything),
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

static OPERATION: Fields = Fields {
    required: &["responses"],
    known: &[
        ("tags", List(&Text)),
        ("summary", Text),
        ("description", Text),
        ("externalDocs", Anything),
        ("operationId", Text),
        ("parameters", List(&OrReference(&PARAMETER))),
        ("requestBody", OrReference(&REQUEST_BODY)),
        ("responses", Named(&OrReference(&RESPONSE))),
        ("callbacks", Anything),
        ("deprecated", Flag),
        ("security", List(&Named(&List(&Text)))),
        ("servers", Anything),
    ],
};

static PARAMETER: Fields = Fields {
    required: &["in"],
    known: &[
        ("name", Text),
        ("in", Text),
        ("description", Text),
        ("required", Flag),
        ("deprecated", Flag),
        ("allowEmptyValue", Flag),
        // progenitor takes the usual style of each place and no other.
        ("style", Word(&["simple", "form"])),
        ("explode", Flag),
        ("allowReserved", Flag),
        ("schema", OrReference(&SCHEMA)),
        ("example", Anything),
        ("examples", Anything),
    ],
};

static REQUEST_BODY: Fields = Fields {
    required: &[],
    known: &[("description", Text), ("content", Named(&Object(&MEDIA_TYPE))), ("required", Flag)],
};

static RESPONSE: Fields = Fields {
    required: &["description"],
    known: &[
        ("description", Text),
        ("headers", Anything),
        ("content", Named(&Object(&MEDIA_TYPE))),
        ("links", Anything),
    ],
};

// `encoding` is left out: progenitor panics on it.
static MEDIA_TYPE: Fields = Fields {
    required: &["schema"],
    known: &[("schema", OrReference(&SCHEMA)), ("example", Anything), ("examples", Anything)],
};

// `not`, `allOf` and `anyOf` are left out: typify panics on many of them, and on a schema composed of itself it does not end.
static SCHEMA: Fields = Fields {
    required: &[],
    known: &[
        ("type", Word(&["string", "number", "integer", "boolean", "array", "object"])),
        ("format", Text),
        ("title", Text),
        ("description", Text),
        ("default", Anything),
        ("example", Anything),
        ("externalDocs", Anything),
        ("deprecated", Flag),
        ("nullable", Flag),
        ("readOnly", Flag),
        ("writeOnly", Flag),
        ("enum", Anything),
        ("pattern", Text),
        ("minLength", Count),
        ("maxLength", Count),
        ("multipleOf", Number),
        ("minimum", Number),
        ("maximum", Number),
        ("exclusiveMinimum", Flag),
        ("exclusiveMaximum", Flag),
        ("items", OrReference(&SCHEMA)),
        ("minItems", Count),
        ("maxItems", Count),
        ("uniqueItems", Flag),
        ("properties", Named(&OrReference(&SCHEMA))),
        ("required", List(&Text)),
        ("additionalProperties", FlagOrSchema),
        ("minProperties", Count),
        ("maxProperties", Count),
        ("oneOf", List(&OrReference(&SCHEMA))),
    ],
};

pub(super) fn check(spec: &Spec) -> Vec<Finding> {
    let mut grammar = Grammar { spec, findings: Vec::new() };
    grammar.visit("", &spec.value, Object(&DOCUMENT));
    grammar.findings
}

struct Grammar<'s> {
    spec: &'s Spec,
    findings: Vec<Finding>,
}

impl Grammar<'_> {
    fn visit(&mut self, at: &str, node: &Value, kind: Kind) {
        match (kind, node) {
            (Anything, _)
            | (Text, Value::String(_))
            | (Flag | FlagOrSchema, Value::Bool(_))
            | (Number, Value::Number(_)) => {}
            (Count, Value::Number(number)) if number.is_u64() => {}
            (Word(words), Value::String(word)) if words.contains(&word.as_str()) => {}
            (Word(words), Value::String(word)) => {
                self.add(at, format!("`{word}` is not supported here"), format!("write {}", words.join(" or ")));
            }
            (List(kind), Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.visit(&format!("{at}/{index}"), item, *kind);
                }
            }
            (Components(kind), Value::Object(map)) => {
                let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
                for name in map.keys().filter(|name| name.is_empty() || !name.bytes().all(plain)) {
                    let place = format!("{at}{}", pointer(&[name]));
                    let fix = "use letters, digits, `.`, `_` and `-`";
                    self.add(&place, format!("`{name}` is no name that can be referred to"), fix);
                }
                self.visit(at, node, Named(kind));
            }
            (Named(kind), Value::Object(map)) => {
                for (name, child) in map {
                    self.visit(&format!("{at}{}", pointer(&[name])), child, *kind);
                }
            }
            (OrReference(_), Value::Object(map)) if map.contains_key("$ref") => {
                for name in map.keys().filter(|name| *name != "$ref") {
                    let problem = "what stands beside `$ref` is passed over".to_owned();
                    self.add(&format!("{at}{}", pointer(&[name])), problem, "move it to what is referred to");
                }
            }
            (Object(fields) | OrReference(fields), Value::Object(map)) => self.fields(at, map, fields),
            (FlagOrSchema, Value::Object(_)) => self.visit(at, node, OrReference(&SCHEMA)),
            _ => {
                let problem = format!("{} stands where {} belongs", found(node), wanted(kind));
                self.add(at, problem, "write what belongs there, or leave the field out");
            }
        }
    }

    fn fields(&mut self, at: &str, map: &Map<String, Value>, fields: &Fields) {
        for (name, child) in map {
            let place = format!("{at}{}", pointer(&[name]));
            match fields.known.iter().find(|(known, _)| known == name) {
                Some((_, kind)) => self.visit(&place, child, *kind),
                None if name.starts_with("x-") => {}
                None => {
                    let known: Vec<&str> = fields.known.iter().map(|(known, _)| *known).collect();
                    let fix = format!("correct its name or take it out; known here: {}", known.join(", "));
                    self.add(&place, format!("`{name}` is not supported here"), fix);
                }
            }
        }
        for name in fields.required.iter().filter(|name| !map.contains_key(**name)) {
            self.add(at, format!("`{name}` is missing"), format!("add `{name}`"));
        }
    }

    fn add(&mut self, at: &str, problem: String, fix: impl Into<String>) {
        self.findings.push(Finding::at(self.spec, at, problem, fix));
    }
}

fn found(node: &Value) -> &'static str {
    match node {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn wanted(kind: Kind) -> &'static str {
    match kind {
        Text | Word(_) => "text",
        Flag => "true or false",
        Number => "a number",
        Count => "a count",
        List(_) => "a list",
        Named(_) | Components(_) | Object(_) | OrReference(_) => "an object",
        FlagOrSchema => "true, false or a schema",
        Anything => "anything",
    }
}
