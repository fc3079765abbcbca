//! Calls without the types of their operation, for tests over all operations.

use crate::client::request_parts::RequestParts;
use crate::{Call, Client, Error, HttpTransport, Operation, Uid};

impl<T: HttpTransport> Client<T> {
    /// A call of any operation, without its types; see [`RequestParts::untyped`]. The response has no value but its body, which
    /// has everything that a client relies on ([`Operation::check`]).
    pub fn raw(
        &self,
        operation: &'static Operation,
        uid: Option<&Uid>,
        options: &[(&str, &str)],
        definition: &str,
    ) -> Result<Call<'_, T, ()>, Error> {
        let parts = RequestParts::untyped(operation, uid, options, definition, self.org_id())?;
        Ok(Call::from_parts(self, operation, parts, Operation::check))
    }
}
