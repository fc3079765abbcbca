//! The throttling API.

use crate::client::native_client::Client;
use crate::client::progenitor_hooks::Exchange;
use crate::generated::throttling::client::Client as Generated;
use crate::generated::throttling::types::ListRequest;
use crate::{
    Answer, Api, Call, CanDeploy, DeleteOptions, Operation, ThrottlingConfig, ThrottlingCreated, ThrottlingDefinition,
    ThrottlingUpdated, Uid, Verb,
};

/// The throttling API: calls over a limit wait in a queue. One configuration per organization, defined on a production
/// sandbox, in force for all sandboxes from its deployment on. Got from [`Client::throttling`].
#[derive(Clone, Copy, Debug)]
pub struct Throttling<'c> {
    client: &'c Client,
}

impl Client {
    /// The throttling API.
    pub fn throttling(&self) -> Throttling<'_> {
        Throttling { client: self }
    }
}

impl<'c> Throttling<'c> {
    /// The throttling configuration of the organization, if there is one.
    pub fn list(&self) -> Call<'c, Vec<ThrottlingConfig>> {
        let (api, exchange) = self.call(Verb::List);
        Call::new(async move {
            let answered = api.list(&ListRequest(serde_json::Map::new())).await;
            exchange.finish(answered).map(|answer| answer.map(|list| list.results))
        })
    }

    /// Stores a new configuration, which limits nothing yet. Refused when the organization has one
    /// already (400, code 1465), and on a sandbox that is not for production (400, code 1463).
    pub fn create(&self, definition: &ThrottlingDefinition) -> Call<'c, ThrottlingCreated> {
        let (api, exchange) = self.call(Verb::Create);
        let definition = definition.clone();
        Call::new(async move { exchange.finish(api.create(&definition).await) })
    }

    /// The configuration: the definition as saved, and its state.
    pub fn get(&self, uid: &Uid) -> Call<'c, ThrottlingConfig> {
        let (api, exchange) = self.call(Verb::Get);
        let uid = uid.clone();
        Call::new(async move { exchange.finish(api.get(&uid).await).map(|answer| answer.map(|read| read.result)) })
    }

    /// Replaces the whole definition. If the configuration is deployed, the new values limit at once.
    pub fn update(&self, uid: &Uid, definition: &ThrottlingDefinition) -> Call<'c, ThrottlingUpdated> {
        let (api, exchange) = self.call(Verb::Update);
        let (uid, definition) = (uid.clone(), definition.clone());
        Call::new(async move { exchange.finish(api.update(&uid, &definition).await) })
    }

    /// Removes the configuration. One that is deployed is refused (500, code 1456), unless forced.
    pub fn delete(&self, uid: &Uid, options: DeleteOptions) -> Call<'c, ()> {
        let (api, exchange) = self.call(Verb::Delete);
        let uid = uid.clone();
        Call::new(
            async move { exchange.finish(api.delete(&uid, options.force_delete()).await).map(Answer::without_value) },
        )
    }

    /// Whether the saved definition can be deployed, with every error and warning.
    pub fn can_deploy(&self, uid: &Uid) -> Call<'c, CanDeploy> {
        let (api, exchange) = self.call(Verb::CanDeploy);
        let uid = uid.clone();
        Call::new(
            async move { exchange.finish(api.can_deploy(&uid).await).map(|answer| answer.map(|it| it.can_deploy)) },
        )
    }

    /// Puts the limit in force. Refused when it is in force already (code 14466).
    pub fn deploy(&self, uid: &Uid) -> Call<'c, ()> {
        let (api, exchange) = self.call(Verb::Deploy);
        let uid = uid.clone();
        Call::new(async move { exchange.finish(api.deploy(&uid).await).map(Answer::without_value) })
    }

    /// Ends the limit; calls that wait are still served for 24 hours. Refused when it is not deployed (code 14468).
    pub fn undeploy(&self, uid: &Uid) -> Call<'c, ()> {
        let (api, exchange) = self.call(Verb::Undeploy);
        let uid = uid.clone();
        Call::new(async move { exchange.finish(api.undeploy(&uid).await).map(Answer::without_value) })
    }

    fn call(self, verb: Verb) -> (Generated, Exchange) {
        let Client { base_url, transport, .. } = self.client;
        let exchange = Exchange::new(self.client, Operation::of(Api::Throttling, verb));
        (Generated::new_with_client(base_url.as_str(), transport.wire.http.clone(), exchange.clone()), exchange)
    }
}
