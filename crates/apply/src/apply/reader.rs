//! Reading the service, without being able to change it.

use ajo_core::{Api, CanDeploy, Client, Error, Uid, Verb};
use ajo_limits::{Found, Observed};
use futures_util::future::join;

/// The code with which throttling is refused on a sandbox that is not for production (documented).
const NOT_A_PRODUCTION_SANDBOX: &str = "1463";

/// Reads configurations. It has no method that changes anything:
///
/// ```
/// async fn read(reader: &ajo_apply::Reader, uid: &ajo_core::Uid) {
///     let _ = reader.get(ajo_core::Api::Capping, uid).await;
/// }
/// ```
///
/// ```compile_fail,E0599
/// async fn change(reader: &ajo_apply::Reader, uid: &ajo_core::Uid) {
///     let _ = reader.deploy(ajo_core::Api::Capping, uid).await;
/// }
/// ```
///
/// ```compile_fail,E0616
/// async fn reach_around(reader: &ajo_apply::Reader) {
///     let _ = reader.client.capping();
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Reader {
    client: Client,
}

impl Reader {
    /// Reads with this client.
    pub fn new(client: &Client) -> Self {
        Self { client: client.clone() }
    }

    /// Everything there is: one `list` of each API, both at the same time.
    ///
    /// On a sandbox that is not for production there is no throttling; if nobody wants any there, that is no error.
    ///
    /// # Errors
    ///
    /// A list fails.
    pub async fn observe(&self, throttling_wanted: bool) -> Result<Observed, Error> {
        let (capping, throttling) = (self.client.capping(), self.client.throttling());
        let (capping, throttling) = join(capping.list().into_future(), throttling.list().into_future()).await;
        let throttling = match throttling {
            Err(error) if !throttling_wanted && is_refused_here(&error) => Vec::new(),
            other => other?,
        };
        Ok(Observed::new(&capping?, &throttling))
    }

    /// Those of one API.
    ///
    /// # Errors
    ///
    /// The list fails.
    pub async fn list(&self, api: Api) -> Result<Observed, Error> {
        Ok(match api {
            Api::Capping => Observed::new(&self.client.capping().list().await?, &[]),
            Api::Throttling => Observed::new(&[], &self.client.throttling().list().await?),
        })
    }

    /// One configuration; `None` if it is not there.
    ///
    /// # Errors
    ///
    /// The call fails otherwise than with 404.
    pub async fn get(&self, api: Api, uid: &Uid) -> Result<Option<Found>, Error> {
        let found = match api {
            Api::Capping => self.client.capping().get(uid).await.map(|config| Found::from(&config)),
            Api::Throttling => self.client.throttling().get(uid).await.map(|config| Found::from(&config)),
        };
        match found {
            Err(error) if is_missing(&error) => Ok(None),
            other => other.map(Some),
        }
    }

    /// What the service says about deploying what is saved.
    ///
    /// # Errors
    ///
    /// The call fails.
    ///
    /// ```no_run
    /// # async fn example(reader: ajo_apply::Reader) -> Result<(), ajo_core::Error> {
    /// use ajo_core::Api;
    ///
    /// for found in reader.list(Api::Capping).await?.configs {
    ///     let verdict = reader.can_deploy(Api::Capping, &found.uid).await?;
    ///     println!("{}: {:?}", found.key(), ajo_apply::objections(&verdict));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn can_deploy(&self, api: Api, uid: &Uid) -> Result<CanDeploy, Error> {
        match api {
            Api::Capping => self.client.capping().can_deploy(uid).await,
            Api::Throttling => self.client.throttling().can_deploy(uid).await,
        }
    }
}

/// How the body of the service's own 404 looks is not published, so the status decides.
fn is_missing(error: &Error) -> bool {
    error.operation().is_some_and(|operation| operation.verb == Verb::Get) && error.status() == Some(404)
}

fn is_refused_here(error: &Error) -> bool {
    error.code().is_some_and(|code| code.as_str() == NOT_A_PRODUCTION_SANDBOX)
}
