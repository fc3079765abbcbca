//! The arguments of a call, as JavaScript passes them.

use ajo_core::{CallError, CallOptions, OPERATIONS, Operation};

use crate::client_options::call_options;
use crate::error_json;
use crate::json_reader::JsonReader;
use crate::operation_name::js_name;

pub(crate) struct CallArguments {
    pub(crate) operation: &'static Operation,
    pub(crate) uid: Option<String>,
    pub(crate) flags: Vec<(&'static str, &'static str)>,
    pub(crate) options: Result<CallOptions, CallError>,
}

impl CallArguments {
    /// Parses the arguments. The error is JSON.
    pub(crate) fn from_json(text: &str) -> Result<Self, String> {
        let invalid = |message: String| error_json::invalid(&message);
        let mut reader = JsonReader::parse(text).map_err(invalid)?;
        let name = reader.string("operation").unwrap_or_default();
        let operation = OPERATIONS.iter().find(|operation| js_name(operation) == name);
        let operation = operation.ok_or_else(|| invalid(format!("unknown operation `{name}`")))?;
        let uid = reader.string("uid");
        // The call ignores options that its operation does not take.
        let flags = OPERATIONS.iter().flat_map(|operation| operation.query).map(|(option, _)| *option);
        let flags = flags.filter(|option| reader.flag(option)).map(|option| (option, "true")).collect();
        let options = call_options(&mut reader);
        reader.finish().map_err(invalid)?;
        Ok(Self { operation, uid, flags, options })
    }
}
