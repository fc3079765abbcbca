//! Calls with JSON instead of the types of their operation, for code that handles every operation alike.

use crate::client::request_builder::RequestBuilder;
use crate::{Call, CallError, Client, HttpTransport, Operation, Uid};

impl<T: HttpTransport> Client<T> {
    /// Calls any operation with JSON; see [`RequestBuilder::new_raw`].
    ///
    /// The response has a body but no value. The body passed [`Operation::check_response`].
    pub fn raw_call(
        &self,
        operation: &'static Operation,
        uid: Option<&Uid>,
        options: &[(&str, &str)],
        definition: &str,
    ) -> Result<Call<'_, T, ()>, CallError> {
        let parts = RequestBuilder::new_raw(operation, uid, options, definition, self.org_id())?;
        Ok(Call::from_parts(self, operation, parts, Operation::check_response))
    }
}
