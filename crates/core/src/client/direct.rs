//! A client without generated code: the table of operations and the models, over any transport.

use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex};

use ajo_auth::{Endpoint, OrgId, TokenProvider};

use crate::parse::payload_schema::completed;
use crate::parse::response::read;
use crate::transport::call_request::Parts;
use crate::transport::headers::CallerHeaders;
use crate::transport::retry_loop::Transport;
use crate::{
    Answer, Call, CallOptions, CallRequest, CanDeploy, CanDeployAnswer, CappingModels, DeleteOptions, Error, ErrorKind,
    Models, Operation, Settings, ThrottlingModels, Uid, Verb, Wire,
};

/// What `list` is sent.
const EMPTY: &str = "{}";

/// A client of the capping and throttling APIs over any [`Wire`]. It makes the same requests and reads the same answers as
/// the native `Client`. Cheap to clone; clones share what that shares.
pub struct DirectClient<W> {
    transport: Arc<Transport<W>>,
    base_url: Endpoint,
    caller: Arc<CallerHeaders>,
    org_id: OrgId,
    options: Arc<CallOptions>,
}

impl<W> Clone for DirectClient<W> {
    fn clone(&self) -> Self {
        Self {
            transport: self.transport.clone(),
            base_url: self.base_url.clone(),
            caller: self.caller.clone(),
            org_id: self.org_id.clone(),
            options: self.options.clone(),
        }
    }
}

impl<W> fmt::Debug for DirectClient<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DirectClient")
            .field("base_url", &self.base_url.as_str())
            .field("org_id", &self.org_id)
            .finish_non_exhaustive()
    }
}

impl<W: Wire<Request = CallRequest>> DirectClient<W> {
    /// Calls over this wire, with tokens from this provider.
    pub fn new(settings: Settings, wire: W, tokens: TokenProvider) -> Self {
        let Settings { org_id, base_url, options, policy, headers, .. } = settings;
        let transport = Transport { wire, tokens, policy, budget: Mutex::default() };
        Self { transport: Arc::new(transport), base_url, caller: Arc::new(headers), org_id, options: Arc::new(options) }
    }

    /// The capping API.
    pub fn capping(&self) -> DirectApi<'_, W, CappingModels> {
        DirectApi { client: self, models: PhantomData }
    }

    /// The throttling API.
    pub fn throttling(&self) -> DirectApi<'_, W, ThrottlingModels> {
        DirectApi { client: self, models: PhantomData }
    }

    /// The same client with other options for the calls made through what is returned.
    #[must_use = "the client itself stays as it is"]
    pub fn with_options(&self, options: CallOptions) -> Self {
        Self { options: Arc::new(self.options.merged(options)), ..self.clone() }
    }

    /// Makes a call of any operation and leaves the body as it came; it has what is relied on ([`Operation::check`]), or the call
    /// fails. The definition, of `create` and `update`, is JSON. What an operation has no use for is not looked at.
    pub async fn raw(
        &self,
        operation: &'static Operation,
        uid: Option<&Uid>,
        delete: DeleteOptions,
        definition: &str,
    ) -> Result<Answer<()>, Error> {
        let unmade = |problem: String| Error::new(Some(operation), ErrorKind::Request(problem));
        if uid.is_none() && operation.path.contains("{uid}") {
            return Err(unmade("it needs the uid of a configuration".to_owned()));
        }
        let body = match operation.verb {
            Verb::List => Some(EMPTY.to_owned()),
            Verb::Create | Verb::Update => {
                Some(completed(operation.api, definition, self.org_id.as_str()).map_err(unmade)?)
            }
            _ => None,
        };
        self.call(operation, Parts { uid, delete, body: body.as_deref() }, Operation::check).await
    }

    async fn call<T>(
        &self,
        operation: &'static Operation,
        parts: Parts<'_>,
        read: fn(&Operation, &[u8]) -> Result<T, String>,
    ) -> Result<Answer<T>, Error> {
        let answer = self.send(operation, parts).await?;
        match read(operation, &answer.body) {
            Ok(value) => Ok(answer.map(|()| value)),
            Err(problem) => Err(answer.unreadable(operation, problem)),
        }
    }

    async fn send(&self, operation: &'static Operation, parts: Parts<'_>) -> Result<Answer<()>, Error> {
        let Self { transport, base_url, caller, options, .. } = self;
        let request = |request_id: &str| CallRequest::new(operation, base_url, parts, caller, options, request_id);
        Answer::from_outcome(operation, transport.call(operation, options, request).await)
    }
}

/// One of the two APIs, got from [`DirectClient::capping`] or [`DirectClient::throttling`]. What the operations do is said at the
/// native `Capping` and `Throttling`, which have the same.
pub struct DirectApi<'c, W, M> {
    client: &'c DirectClient<W>,
    models: PhantomData<M>,
}

impl<W, M> Clone for DirectApi<'_, W, M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<W, M> Copy for DirectApi<'_, W, M> {}

impl<W, M> fmt::Debug for DirectApi<'_, W, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DirectApi")
    }
}

impl<'c, W: Wire<Request = CallRequest>, M: Models> DirectApi<'c, W, M> {
    /// All configurations.
    pub fn list(&self) -> Call<'c, Vec<M::Config>> {
        let client = self.client;
        Call::new(async move {
            let parts = Parts { body: Some(EMPTY), ..Parts::default() };
            client.call(Operation::of(M::API, Verb::List), parts, read).await.map(|answer| answer.map(M::configs))
        })
    }

    /// Stores a new configuration. `orgId` is filled in when the definition has none.
    pub fn create(&self, definition: &M::Definition) -> Call<'c, M::Created> {
        let (client, body) = (self.client, self.body(definition));
        Call::new(async move {
            let body = body?;
            let parts = Parts { body: Some(&body), ..Parts::default() };
            client.call(Operation::of(M::API, Verb::Create), parts, read).await
        })
    }

    /// One configuration.
    pub fn get(&self, uid: &Uid) -> Call<'c, M::Config> {
        let (client, uid) = (self.client, uid.clone());
        Call::new(async move {
            let parts = Parts { uid: Some(&uid), ..Parts::default() };
            client.call(Operation::of(M::API, Verb::Get), parts, read).await.map(|answer| answer.map(M::config))
        })
    }

    /// Replaces the whole definition.
    pub fn update(&self, uid: &Uid, definition: &M::Definition) -> Call<'c, M::Updated> {
        let (client, uid, body) = (self.client, uid.clone(), self.body(definition));
        Call::new(async move {
            let body = body?;
            let parts = Parts { uid: Some(&uid), body: Some(&body), ..Parts::default() };
            client.call(Operation::of(M::API, Verb::Update), parts, read).await
        })
    }

    /// Removes a configuration.
    pub fn delete(&self, uid: &Uid, options: DeleteOptions) -> Call<'c, ()> {
        self.about(Verb::Delete, uid, options)
    }

    /// Whether the saved definition can be deployed.
    pub fn can_deploy(&self, uid: &Uid) -> Call<'c, CanDeploy> {
        let (client, uid) = (self.client, uid.clone());
        Call::new(async move {
            let parts = Parts { uid: Some(&uid), ..Parts::default() };
            let answer = client.call::<CanDeployAnswer>(Operation::of(M::API, Verb::CanDeploy), parts, read).await;
            answer.map(|answer| answer.map(|it| it.can_deploy))
        })
    }

    /// Makes the saved definition the one that limits.
    pub fn deploy(&self, uid: &Uid) -> Call<'c, ()> {
        self.about(Verb::Deploy, uid, DeleteOptions::default())
    }

    /// Ends the limit.
    pub fn undeploy(&self, uid: &Uid) -> Call<'c, ()> {
        self.about(Verb::Undeploy, uid, DeleteOptions::default())
    }

    /// A call that names a configuration and is answered nothing.
    fn about(self, verb: Verb, uid: &Uid, delete: DeleteOptions) -> Call<'c, ()> {
        let (client, uid) = (self.client, uid.clone());
        Call::new(async move {
            client.call(Operation::of(M::API, verb), Parts { uid: Some(&uid), delete, body: None }, read).await
        })
    }

    fn body(self, definition: &M::Definition) -> Result<String, Error> {
        let mut definition = definition.clone();
        M::complete(&mut definition, &self.client.org_id);
        serde_json::to_string(&definition).map_err(|error| Error::new(None, ErrorKind::Request(error.to_string())))
    }
}
