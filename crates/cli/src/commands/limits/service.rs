//! The service, for one sandbox, as limits as code sees it.

use ajo_apply::Reader;
use ajo_core::{Api, Sandbox};
use ajo_limits::{Desired, Observed};

use crate::arguments::Settings;
use crate::failure::Failure;
use crate::session::Session;

/// A session for the sandbox that the files name.
pub(crate) struct Service {
    pub(crate) session: Session,
    pub(crate) reader: Reader,
    pub(crate) sandbox: Sandbox,
}

impl Service {
    /// Connects for this sandbox. Another one in the settings is refused rather than passed over: files for one sandbox must not
    /// reach another.
    pub(crate) async fn connect(settings: &Settings, sandbox: &Sandbox) -> Result<Self, Failure> {
        if let Some(other) = settings.sandbox.as_ref().filter(|other| *other != sandbox) {
            let problem = format!("the files are for sandbox {sandbox}, and the settings name sandbox {other}");
            return Err(Failure::new(problem)
                .hint("leave --sandbox and AJO_SANDBOX out: the files name the sandbox")
                .usage());
        }
        let settings = Settings { sandbox: Some(sandbox.clone()), ..settings.clone() };
        Self::of(Session::start(&settings).await?)
    }

    /// Connects for the sandbox that the settings name.
    pub(crate) async fn from_settings(settings: &Settings) -> Result<Self, Failure> {
        Self::of(Session::start(settings).await?)
    }

    fn of(session: Session) -> Result<Self, Failure> {
        let sandbox =
            session.sandbox.parse().map_err(|error: ajo_core::SandboxError| Failure::new(error.to_string()))?;
        Ok(Self { reader: Reader::new(&session.client), session, sandbox })
    }

    pub(crate) fn organization(&self) -> &str {
        self.session.org_id.as_str()
    }

    /// Everything there is.
    pub(crate) async fn observe(&self, desired: &Desired) -> Result<Observed, Failure> {
        let throttling = desired.configs.iter().any(|wanted| wanted.definition.api() == Api::Throttling);
        Ok(self.reader.observe(throttling).await?)
    }
}
