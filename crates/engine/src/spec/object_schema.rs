//! The schemas of the specifications as data, for code that handles JSON without Rust types.
//!
//! WebAssembly uses them because types need ten times as much code. Other code uses them to cover every field of the specifications.

use super::api::Api;
use super::generated::json_schemas::JSON_SCHEMAS;
pub use super::generated::schemas::*;

/// The field that contains the organization.
pub const ORG_ID: &str = "orgId";
/// The field of a definition that contains the fields that this version does not know.
pub const EXTRA: &str = "extra";

/// An object schema.
#[derive(Debug)]
pub struct ObjectSchema {
    /// The fields, sorted by name.
    pub fields: &'static [FieldSchema],
}

/// One field of an object.
#[derive(Debug)]
pub struct FieldSchema {
    /// The name in JSON.
    pub name: &'static str,
    pub required: bool,
    /// The position in the specification, which is the order for display.
    pub position: usize,
    pub field_type: FieldType,
}

/// The JSON type of a field.
#[derive(Clone, Copy, Debug)]
pub enum FieldType {
    String,
    /// A number without a fraction.
    Integer,
    Number,
    Boolean,
    Array(&'static Self),
    /// An object with a schema.
    Object(&'static ObjectSchema),
    /// A field without a schema.
    Any,
}

impl ObjectSchema {
    /// Finds a field by name.
    pub fn field(&self, name: &str) -> Option<&'static FieldSchema> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// The schema of the request body of an operation. `None` if the operation takes no definition.
///
/// ```
/// use ajo_engine::spec::{Api, object_schema};
///
/// let definition = object_schema::request_body(Api::Capping, "create").expect("a definition");
/// assert!(definition.field("url").is_some_and(|field| field.required));
/// assert!(object_schema::request_body(Api::Capping, "deploy").is_none());
/// ```
pub fn request_body(api: Api, operation_id: &str) -> Option<&'static ObjectSchema> {
    REQUEST_BODIES.iter().find(|(body_api, id, _)| *body_api == api && *id == operation_id).map(|(_, _, body)| *body)
}

/// The schema of a configuration in responses.
pub fn config(api: Api) -> &'static ObjectSchema {
    match api {
        Api::Capping => &CAPPING_CONFIG,
        Api::Throttling => &THROTTLING_CONFIG,
    }
}

/// The JSON Schema (draft 7) of the request body of an operation.
pub fn request_body_json_schema(api: Api, operation_id: &str) -> Option<&'static str> {
    JSON_SCHEMAS.iter().find(|(body_api, id, _)| *body_api == api && *id == operation_id).map(|(_, _, schema)| *schema)
}
