//! The input of a call, as JavaScript passes it.

use ajo_core::{CallOptions, Error};

use crate::failure;
use crate::json_reader::Fields;
use crate::options::call_options;

/// The input of a call.
pub(crate) struct Input {
    pub(crate) operation: String,
    pub(crate) uid: Option<String>,
    pub(crate) force: bool,
    pub(crate) options: Result<CallOptions, Error>,
}

impl Input {
    /// Reads it. An error is JSON.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let invalid = |problem: String| failure::invalid(&problem);
        let mut fields = Fields::read(text).map_err(invalid)?;
        let operation = fields.text("operation").unwrap_or_default();
        let (uid, force) = (fields.text("uid"), fields.flag("force"));
        let options = call_options(&mut fields);
        fields.end().map_err(invalid)?;
        Ok(Self { operation, uid, force, options })
    }
}
