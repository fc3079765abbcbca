//! Calls without the types of their operation, for the npm package and for tests over all operations.

use crate::parse::payload_schema::completed;
use crate::{Call, Client, Error, ErrorKind, HttpTransport, Operation, RequestBody, Uid};

impl<T: HttpTransport> Client<T> {
    /// A call of any operation, without its types: the definition is JSON, `options` are those of [`Operation::query`], and the
    /// response has no value but its body, which has everything that is relied on ([`Operation::check`]). Arguments that the
    /// operation does not take are ignored.
    pub fn raw(
        &self,
        operation: &'static Operation,
        uid: Option<&Uid>,
        options: &[(&str, &str)],
        definition: &str,
    ) -> Result<Call<'_, T, ()>, Error> {
        let not_made = |problem: String| Error::new(Some(operation), ErrorKind::Request(problem));
        let mut call = Call::new(self, operation, Operation::check);
        if operation.path.contains('{') {
            let uid = uid.ok_or_else(|| not_made("it needs the uid of a configuration".to_owned()))?;
            call = call.path_parameter(uid.as_str());
        }
        for (option, parameter) in operation.query {
            let value = options.iter().find(|(name, _)| name == option);
            call = call.query(parameter, value.map(|(_, value)| *value));
        }
        Ok(match operation.body {
            RequestBody::None => call,
            RequestBody::Default(json) => call.static_body(json),
            RequestBody::Definition => {
                let json = completed(operation, definition, self.org_id().as_str()).map_err(not_made)?;
                call.json(json)
            }
        })
    }
}
