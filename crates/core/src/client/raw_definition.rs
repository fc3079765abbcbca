//! Calls with a JSON body, for definitions with fields that are not in the specification.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::object_schema::ORG_ID;
use crate::parse::response_body::parse_object;
use crate::{Api, Call, CallTarget, Client, HttpTransport, Operation, Uid, Verb, object_schema};

impl<T: HttpTransport> Client<T> {
    /// Creates a configuration from unvalidated JSON and returns its UID.
    ///
    /// Unlike a typed definition, the JSON can contain fields that this version does not know. The client fills in the organization if
    /// it is absent.
    ///
    /// # Panics
    ///
    /// Never: both APIs have a `create` operation.
    pub fn create_raw(&self, api: Api, definition: Map<String, Value>) -> Call<'_, T, Uid> {
        #[derive(Deserialize)]
        struct CreateResponse {
            uid: Uid,
        }
        let operation = Operation::find(api, Verb::Create).expect("both APIs have a create operation");
        let body = self.with_org_id(operation, definition);
        Call::new(self, operation, |_, body| parse_object::<CreateResponse>(body).map(|created| created.uid))
            .body(&body)
    }

    /// Overwrites a configuration with unvalidated JSON, as in [`create_raw`](Self::create_raw).
    ///
    /// # Panics
    ///
    /// Never: both APIs have an `update` operation.
    pub fn update_raw(&self, api: Api, uid: &Uid, definition: Map<String, Value>) -> Call<'_, T, ()> {
        let operation = Operation::find(api, Verb::Update).expect("both APIs have an update operation");
        let body = self.with_org_id(operation, definition);
        Call::new(self, operation, CallTarget::check_response).path_parameter(uid.as_str()).body(&body)
    }

    fn with_org_id(&self, operation: &Operation, mut definition: Map<String, Value>) -> Map<String, Value> {
        let schema = object_schema::request_body(operation.api, operation.verb.as_str());
        if schema.is_some_and(|schema| schema.field(ORG_ID).is_some()) {
            let org_id = definition.entry(ORG_ID).or_insert(Value::Null);
            if org_id.is_null() {
                *org_id = self.org_id().as_str().into();
            }
        }
        definition
    }
}
