//! Read-only access to the service.

use std::sync::Arc;

use ajo_core::{Api, CallError, CanDeploy, Client, ErrorOrigin, Uid, Verb};
use ajo_limits::{KnownSecrets, ObservedConfig, ObservedLimits};
use futures_util::future::join;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

/// The error code for throttling on a sandbox that is not a production sandbox (documented).
const NOT_A_PRODUCTION_SANDBOX: &str = "1463";

/// Number of configurations to read in parallel.
const CONCURRENCY: usize = 8;

/// Reads configurations. It has no method that modifies the service:
///
/// ```
/// async fn read(reader: &ajo_apply::ServiceReader, uid: &ajo_core::Uid) {
///     let _ = reader.get(ajo_core::Api::Capping, uid).await;
/// }
/// ```
///
/// ```compile_fail,E0599
/// async fn change(reader: &ajo_apply::ServiceReader, uid: &ajo_core::Uid) {
///     let _ = reader.deploy(ajo_core::Api::Capping, uid).await;
/// }
/// ```
///
/// ```compile_fail,E0616
/// async fn bypass(reader: &ajo_apply::ServiceReader) {
///     let _ = reader.client.capping();
/// }
/// ```
#[derive(Clone, Debug)]
pub struct ServiceReader {
    client: Client,
    secrets: Arc<KnownSecrets>,
}

impl ServiceReader {
    pub fn new(client: &Client) -> Self {
        Self { client: client.clone(), secrets: Arc::default() }
    }

    /// Replaces these secrets with placeholders in everything that is read.
    #[must_use]
    pub fn with_secrets(self, secrets: KnownSecrets) -> Self {
        Self { secrets: Arc::new(secrets), ..self }
    }

    pub(super) fn secrets(&self) -> &KnownSecrets {
        &self.secrets
    }

    fn seal_list(&self, mut observed: ObservedLimits) -> ObservedLimits {
        observed.configs = observed.configs.into_iter().map(|found| self.secrets.seal(found)).collect();
        observed
    }

    /// Lists the configurations of both APIs concurrently, and reads each `managed` configuration that the lists lack: a list
    /// can be incomplete, so it does not prove that a configuration is gone.
    ///
    /// Sandboxes other than production have no throttling. Unless `throttling_wanted` is set, that is not an error.
    ///
    /// # Errors
    ///
    /// A call fails.
    pub async fn observe(&self, throttling_wanted: bool, managed: &[(Api, Uid)]) -> Result<ObservedLimits, CallError> {
        let (capping, throttling) = (self.client.capping(), self.client.throttling());
        let (capping, throttling) = join(capping.list().into_future(), throttling.list().into_future()).await;
        let throttling = match throttling {
            Err(error) if !throttling_wanted && is_throttling_unavailable(&error) => None,
            other => Some(other?),
        };
        let mut observed = self.seal_list(ObservedLimits::new(&capping?, throttling.as_deref().unwrap_or_default()));
        let missing = managed
            .iter()
            .filter(|(api, uid)| (*api == Api::Capping || throttling.is_some()) && observed.get(uid).is_none());
        let missing: Vec<_> = missing.cloned().collect();
        self.read_again(&mut observed, &missing).await?;
        Ok(observed)
    }

    /// Reads these configurations individually and updates `observed`.
    ///
    /// # Errors
    ///
    /// A call fails with anything but the 404 of the authoring service.
    pub async fn read_again(&self, observed: &mut ObservedLimits, configs: &[(Api, Uid)]) -> Result<(), CallError> {
        let reads =
            configs.iter().map(|(api, uid)| async move { Ok::<_, CallError>((uid, self.get(*api, uid).await?)) });
        let read: Vec<_> = stream::iter(reads).buffered(CONCURRENCY).try_collect().await?;
        for (uid, found) in read {
            observed.insert_read(uid, found);
        }
        Ok(())
    }

    /// Lists the configurations of one API.
    ///
    /// # Errors
    ///
    /// The `list` call fails.
    pub async fn list(&self, api: Api) -> Result<ObservedLimits, CallError> {
        Ok(self.seal_list(match api {
            Api::Capping => ObservedLimits::new(&self.client.capping().list().await?, &[]),
            Api::Throttling => ObservedLimits::new(&[], &self.client.throttling().list().await?),
        }))
    }

    /// Reads one configuration; `None` if it does not exist.
    ///
    /// # Errors
    ///
    /// The call fails with anything but the 404 of the authoring service.
    pub async fn get(&self, api: Api, uid: &Uid) -> Result<Option<ObservedConfig>, CallError> {
        let found = match api {
            Api::Capping => self.client.capping().get(uid).await.map(|config| ObservedConfig::from(&config)),
            Api::Throttling => self.client.throttling().get(uid).await.map(|config| ObservedConfig::from(&config)),
        };
        match found {
            Err(error) if is_not_found(&error) => Ok(None),
            other => other.map(|found| Some(self.secrets.seal(found))),
        }
    }

    /// Asks the service whether the saved definition can be deployed.
    ///
    /// # Errors
    ///
    /// The call fails.
    ///
    /// ```no_run
    /// # async fn example(reader: ajo_apply::ServiceReader) -> Result<(), ajo_core::CallError> {
    /// use ajo_core::Api;
    ///
    /// for found in reader.list(Api::Capping).await?.configs {
    ///     let verdict = reader.can_deploy(Api::Capping, &found.uid).await?;
    ///     println!("{}: {:?}", found.key(), ajo_apply::deploy_errors(&verdict));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn can_deploy(&self, api: Api, uid: &Uid) -> Result<CanDeploy, CallError> {
        match api {
            Api::Capping => self.client.capping().can_deploy(uid).await,
            Api::Throttling => self.client.throttling().can_deploy(uid).await,
        }
    }
}

/// Whether the authoring service does not know the UID. The 404 of a gateway or a proxy says nothing about the configuration:
/// an unknown route of the gateway returns 404 with HTML (observed by others).
fn is_not_found(error: &CallError) -> bool {
    error.operation().is_some_and(|operation| operation.verb == Verb::Get)
        && error
            .error_response()
            .is_some_and(|response| response.status == 404 && response.origin == ErrorOrigin::Service)
}

fn is_throttling_unavailable(error: &CallError) -> bool {
    error.code().is_some_and(|code| code.as_str() == NOT_A_PRODUCTION_SANDBOX)
}
