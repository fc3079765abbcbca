//! Digests, for comparing without keeping.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// The SHA-256 of something's JSON, with sorted keys and without white space. Written `sha256:` and 64 hexadecimal digits.
///
/// ```
/// use ajo_plan::Digest;
/// use serde_json::json;
///
/// assert_eq!(Digest::of(&json!({"a": 1, "b": 2})), Digest::of(&json!({"b": 2, "a": 1})));
/// assert_ne!(Digest::of(&json!({"a": 1})), Digest::of(&json!({"a": 2})));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Digest(#[schemars(regex(pattern = r"^sha256:[0-9a-f]{64}$"))] String);

impl Digest {
    /// The digest of this.
    ///
    /// # Panics
    ///
    /// Never, for what is made of texts, numbers and lists, as everything in this crate is.
    pub fn of(what: &impl Serialize) -> Self {
        let value = serde_json::to_value(what).expect("texts, numbers and lists");
        let mut canonical = String::new();
        write(&value, &mut canonical);
        let digits: String = Sha256::digest(canonical).iter().map(|byte| format!("{byte:02x}")).collect();
        Self(format!("sha256:{digits}"))
    }

    /// The digest as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Keys are sorted here, because whether `serde_json` sorts them depends on who else is in the program.
fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| *name);
            list(out, ['{', '}'], fields, |(name, value), out| {
                out.push_str(&Value::from(name.as_str()).to_string());
                out.push(':');
                write(value, out);
            });
        }
        Value::Array(values) => list(out, ['[', ']'], values.iter().collect(), write),
        plain => out.push_str(&plain.to_string()),
    }
}

fn list<T>(out: &mut String, [open, close]: [char; 2], parts: Vec<T>, mut part: impl FnMut(T, &mut String)) {
    out.push(open);
    for (index, value) in parts.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        part(value, out);
    }
    out.push(close);
}
