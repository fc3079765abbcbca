//! An update whose body is JSON, for whoever writes a configuration of the service back.

use serde_json::{Map, Value};

use crate::parse::payload_schema::ORG_ID;
use crate::{Api, Call, Client, HttpTransport, Operation, Uid, Verb, schema};

impl<T: HttpTransport> Client<T> {
    /// Overwrites a configuration. The body is not checked: it may have fields that the configuration has at the service and that
    /// this version does not know, which a typed definition cannot have. The client fills in the organization if it is absent.
    ///
    /// # Panics
    ///
    /// Never: a test updates a configuration of each API.
    pub fn update_raw(&self, api: Api, uid: &Uid, mut definition: Map<String, Value>) -> Call<'_, T, ()> {
        let operation = Operation::find(api, Verb::Update).expect("each API has it");
        let schema = schema::request_body(api, operation.verb.as_str());
        if schema.is_some_and(|schema| schema.field(ORG_ID).is_some()) {
            let org_id = definition.entry(ORG_ID).or_insert(Value::Null);
            if org_id.is_null() {
                *org_id = self.org_id().as_str().into();
            }
        }
        Call::new(self, operation, Operation::check).path_parameter(uid.as_str()).body(&definition)
    }
}
