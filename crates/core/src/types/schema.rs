//! The schemas of the specifications as data, for code that handles JSON without its type: in WebAssembly, where a type costs
//! ten times as much code, and where a field that the specification adds must not be forgotten.

use crate::Api;
use crate::generated::json_schemas::JSON_SCHEMAS;
pub use crate::generated::schemas::*;

/// An object schema.
#[derive(Debug)]
pub struct Object {
    /// Its fields, sorted by name.
    pub fields: &'static [Field],
}

/// One field of an object.
#[derive(Debug)]
pub struct Field {
    /// Its name in JSON.
    pub name: &'static str,
    /// Whether an object without it is invalid.
    pub required: bool,
    /// Its position in the specification, the order in which people read the fields.
    pub position: usize,
    /// What it holds.
    pub kind: Kind,
}

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A string.
    String,
    /// A number without a fraction.
    Integer,
    /// Any number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A list.
    Array(&'static Self),
    /// An object with known fields.
    Object(&'static Object),
    /// Anything.
    Any,
}

impl Object {
    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// The schema of the body that an operation sends, by its operation id. `None` if it sends none.
///
/// ```
/// use ajo_core::{Api, schema};
///
/// let definition = schema::request_body(Api::Capping, "create").expect("a definition");
/// assert!(definition.field("url").is_some_and(|field| field.required));
/// assert!(schema::request_body(Api::Capping, "deploy").is_none());
/// ```
pub fn request_body(api: Api, operation_id: &str) -> Option<&'static Object> {
    REQUEST_BODIES.iter().find(|(of, id, _)| *of == api && *id == operation_id).map(|(_, _, body)| *body)
}

/// The JSON Schema (draft 7) of the body that an operation sends, by its operation id.
pub fn request_body_json_schema(api: Api, operation_id: &str) -> Option<&'static str> {
    JSON_SCHEMAS.iter().find(|(of, id, _)| *of == api && *id == operation_id).map(|(_, _, schema)| *schema)
}
