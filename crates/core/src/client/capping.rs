//! The capping API.

use crate::client::native_client::Client;
use crate::client::progenitor_hooks::Exchange;
use crate::generated::capping::client::Client as Generated;
use crate::generated::capping::types::ListRequest;
use crate::{
    Answer, Api, Call, CanDeploy, CappingConfig, CappingCreated, CappingDefinition, CappingModels, CappingUpdated,
    DeleteOptions, Models as _, Operation, Uid, Verb,
};

/// The capping API: calls over a limit are rejected. A configuration belongs to one sandbox and limits from its deployment
/// on. Got from [`Client::capping`].
///
/// ```no_run
/// # async fn example(client: ajo_core::Client, uid: ajo_core::Uid) -> Result<(), ajo_core::Error> {
/// use ajo_core::DeleteOptions;
///
/// client.capping().undeploy(&uid).await?;
/// client.capping().delete(&uid, DeleteOptions::default()).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Capping<'c> {
    client: &'c Client,
}

impl Client {
    /// The capping API.
    pub fn capping(&self) -> Capping<'_> {
        Capping { client: self }
    }
}

impl<'c> Capping<'c> {
    /// All capping configurations of the sandbox.
    pub fn list(&self) -> Call<'c, Vec<CappingConfig>> {
        let (api, exchange) = self.call(Verb::List);
        Call::new(async move {
            let answered = api.list(&ListRequest(serde_json::Map::new())).await;
            exchange.finish(answered).map(|answer| answer.map(|list| list.results))
        })
    }

    /// Stores a new configuration, which limits nothing yet. `orgId` is filled in when the definition has none.
    pub fn create(&self, definition: &CappingDefinition) -> Call<'c, CappingCreated> {
        let (api, exchange) = self.call(Verb::Create);
        let definition = self.complete(definition);
        Call::new(async move { exchange.finish(api.create(&definition).await) })
    }

    /// One configuration: the definition as saved, its state, and the definition as deployed.
    pub fn get(&self, uid: &Uid) -> Call<'c, CappingConfig> {
        let (api, exchange) = self.call(Verb::Get);
        let uid = uid.clone();
        Call::new(async move { exchange.finish(api.get(&uid).await).map(|answer| answer.map(|read| read.result)) })
    }

    /// Replaces the whole definition. A deployed configuration limits by its old definition until it is deployed again.
    pub fn update(&self, uid: &Uid, definition: &CappingDefinition) -> Call<'c, CappingUpdated> {
        let (api, exchange) = self.call(Verb::Update);
        let (uid, definition) = (uid.clone(), self.complete(definition));
        Call::new(async move { exchange.finish(api.update(&uid, &definition).await) })
    }

    /// Removes a configuration. One that is deployed is refused (500, code 1451), unless forced.
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

    /// Makes the saved definition the one that limits.
    pub fn deploy(&self, uid: &Uid) -> Call<'c, ()> {
        let (api, exchange) = self.call(Verb::Deploy);
        let uid = uid.clone();
        Call::new(async move { exchange.finish(api.deploy(&uid).await).map(Answer::without_value) })
    }

    /// Ends the limit. The state goes back to what it was before the deployment.
    pub fn undeploy(&self, uid: &Uid) -> Call<'c, ()> {
        let (api, exchange) = self.call(Verb::Undeploy);
        let uid = uid.clone();
        Call::new(async move { exchange.finish(api.undeploy(&uid).await).map(Answer::without_value) })
    }

    fn call(self, verb: Verb) -> (Generated, Exchange) {
        let Client { base_url, transport, .. } = self.client;
        let exchange = Exchange::new(self.client, Operation::of(Api::Capping, verb));
        (Generated::new_with_client(base_url.as_str(), transport.wire.http.clone(), exchange.clone()), exchange)
    }

    fn complete(self, definition: &CappingDefinition) -> CappingDefinition {
        let mut definition = definition.clone();
        CappingModels::complete(&mut definition, &self.client.org_id);
        definition
    }
}
