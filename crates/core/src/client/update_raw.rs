//! Updates with a JSON body, for code that writes back a configuration it read.

use serde_json::{Map, Value};

use crate::parse::config_definition::ORG_ID;
use crate::{Api, Call, Client, HttpTransport, Operation, Uid, Verb, object_schema};

impl<T: HttpTransport> Client<T> {
    /// Overwrites a configuration with unvalidated JSON.
    ///
    /// Unlike a typed definition, the JSON can contain fields that this version does not know. The client fills in the organization if
    /// it is absent.
    ///
    /// # Panics
    ///
    /// Never: both APIs have an `update` operation.
    pub fn update_raw(&self, api: Api, uid: &Uid, mut definition: Map<String, Value>) -> Call<'_, T, ()> {
        let operation = Operation::find(api, Verb::Update).expect("both APIs have an update operation");
        let schema = object_schema::request_body(api, operation.verb.as_str());
        if schema.is_some_and(|schema| schema.field(ORG_ID).is_some()) {
            let org_id = definition.entry(ORG_ID).or_insert(Value::Null);
            if org_id.is_null() {
                *org_id = self.org_id().as_str().into();
            }
        }
        Call::new(self, operation, Operation::check_response).path_parameter(uid.as_str()).body(&definition)
    }
}
