//! The input of a call, as JavaScript passes it.

use ajo_core::{CallOptions, Error, OPERATIONS, Operation};

use crate::failure;
use crate::json_reader::Fields;
use crate::operation_name::name;
use crate::options::call_options;

/// The input of a call.
pub(crate) struct Input {
    pub(crate) operation: &'static Operation,
    pub(crate) uid: Option<String>,
    pub(crate) flags: Vec<(&'static str, &'static str)>,
    pub(crate) options: Result<CallOptions, Error>,
}

impl Input {
    /// Reads it. An error is JSON.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let invalid = |problem: String| failure::invalid(&problem);
        let mut fields = Fields::read(text).map_err(invalid)?;
        let operation = fields.text("operation").unwrap_or_default();
        let named = OPERATIONS.iter().find(|candidate| name(candidate) == operation);
        let operation = named.ok_or_else(|| invalid(format!("there is no operation `{operation}`")))?;
        let uid = fields.text("uid");
        // An option that this operation does not take is ignored by the call.
        let flags = OPERATIONS.iter().flat_map(|operation| operation.query).map(|(option, _)| *option);
        let flags = flags.filter(|option| fields.flag(option)).map(|option| (option, "true")).collect();
        let options = call_options(&mut fields);
        fields.end().map_err(invalid)?;
        Ok(Self { operation, uid, flags, options })
    }
}
