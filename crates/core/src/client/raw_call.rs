//! Calls with JSON instead of the types of their operation, for code that handles every operation alike.

use crate::client::request_builder::RequestBuilder;
use crate::{Call, CallError, CallTarget, Client, ErrorKind, HttpTransport, Operation, Uid};

impl<T: HttpTransport> Client<T> {
    /// Calls any operation with JSON. The `options` are named as in [`Operation::query`]. Arguments that the operation does not take are
    /// ignored.
    ///
    /// The response has a body but no value. The body passed [`Operation::check_response`].
    pub fn raw_call(
        &self,
        operation: &'static Operation,
        uid: Option<&Uid>,
        options: &[(&str, &str)],
        definition: &str,
    ) -> Result<Call<'_, T, ()>, CallError> {
        let parts = RequestBuilder::from_json(
            operation,
            uid,
            options,
            definition,
            (self.config.base_url(), self.config.org_id()),
        )
        .map_err(|problem| CallError::new(Some(operation.into()), ErrorKind::BuildRequest(problem)))?;
        Ok(Call::from_parts(self, operation.into(), parts, CallTarget::check_response))
    }
}
