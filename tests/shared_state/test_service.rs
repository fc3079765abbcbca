//! The emulator as the service of several runners.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ajo_emulator::{EmulatorSettings, EmulatorState, InProcessService, ResourceLimits, SandboxSettings};
use ajo_engine::Timestamp;
use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt as _};
use http::{Request, Response};
use serde_json::Value;
use tower_service::Service as _;

use crate::limits_files::{Limit, SandboxLimits};
use crate::recording::{Endpoint, RequestLog, Target};

/// The sandboxes of the service. Both can define throttling.
pub const SANDBOXES: [&str; 2] = ["prod", "stage"];

/// The emulated service. Each runner has its own URL.
pub struct TestService {
    service: InProcessService,
    log: RequestLog,
    latency_ms: Arc<AtomicU64>,
}

impl TestService {
    /// An empty service whose uids depend on `seed`.
    pub fn new(log: &RequestLog, seed: u64) -> Self {
        let sandbox = |name: &str| SandboxSettings { name: name.to_owned(), production: true };
        let settings = EmulatorSettings {
            sandboxes: SANDBOXES.map(sandbox).to_vec(),
            limits: ResourceLimits { logged_calls: 10, ..ResourceLimits::default() },
            seed,
            ..EmulatorSettings::default()
        };
        let now = || Timestamp::from_millis(0).saturating_add(std::time::UNIX_EPOCH.elapsed().unwrap_or_default());
        let service = InProcessService::new(EmulatorState::new(settings), now);
        Self { service, log: log.clone(), latency_ms: Arc::default() }
    }

    /// Processes each request this long after it arrived.
    pub fn set_latency(&self, latency: Duration) {
        let latency = u64::try_from(latency.as_millis()).expect("a short time");
        self.latency_ms.store(latency, Ordering::Relaxed);
    }

    /// The emulator, to change its settings.
    pub fn emulator(&self) -> std::sync::MutexGuard<'_, EmulatorState> {
        self.service.state()
    }

    /// Starts a server for this runner.
    pub async fn start_endpoint(&self, runner: usize) -> Endpoint {
        let (service, latency_ms) = (self.service.clone(), self.latency_ms.clone());
        Endpoint::start(&self.log, (runner, Target::Service), move |request| {
            let latency = Duration::from_millis(latency_ms.load(Ordering::Relaxed));
            process(service.clone(), latency, request)
        })
        .await
    }

    /// The variables with which `ajo` uses a server. They name no sandbox.
    pub fn variables(&self, endpoint: &Endpoint) -> Vec<(&'static str, String)> {
        let mut variables = self.service.state().environment(&endpoint.url());
        variables.retain(|(name, _)| *name != "AJO_SANDBOX");
        variables
    }

    /// The configurations of a sandbox and the organization's throttling.
    ///
    /// # Errors
    ///
    /// Two configurations have the same URL, or a deployed definition is not the saved one.
    pub fn read(&self, sandbox: &str) -> Result<SandboxLimits, String> {
        let snapshot = self.service.state().snapshot();
        let organizations = snapshot["organizations"].as_object().expect("organizations");
        let organization = organizations.values().next().expect("an organization");
        let sandboxes = organization["sandboxes"].as_array().expect("sandboxes");
        let stored = sandboxes.iter().find(|found| found["name"] == sandbox).expect("the sandbox");
        let mut capping = BTreeMap::new();
        for config in stored["capping"].as_object().expect("configurations").values() {
            let url = config["definition"]["url"].as_str().expect("a URL");
            let host = url.strip_prefix("https://").and_then(|rest| rest.split('.').next()).expect("a host");
            let limit = read_limit(config, "/services/action/rating/maxCallsCount")?;
            if capping.insert(host.to_owned(), limit).is_some() {
                return Err(format!("{url} exists twice in {sandbox}"));
            }
        }
        let throttling = &organization["throttling"]["config"];
        let throttling = (!throttling.is_null()).then(|| read_limit(throttling, "/maxThroughput")).transpose()?;
        Ok(SandboxLimits { sandbox: sandbox.to_owned(), capping, throttling })
    }
}

fn read_limit(config: &Value, calls: &str) -> Result<Limit, String> {
    let (saved, deployed) = (&config["definition"], &config["deployed"]);
    if !deployed.is_null() && deployed != saved {
        return Err(format!("the deployed definition of {saved} is {deployed}"));
    }
    let calls = saved.pointer(calls).and_then(Value::as_u64).and_then(|calls| u32::try_from(calls).ok());
    Ok(Limit { calls: calls.expect("a number of calls"), deployed: !deployed.is_null() })
}

fn process(
    mut service: InProcessService,
    latency: Duration,
    request: Request<Bytes>,
) -> BoxFuture<'static, Option<Response<Bytes>>> {
    async move {
        tokio::time::sleep(latency).await;
        service.call(request).await.ok()
    }
    .boxed()
}

impl fmt::Debug for TestService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestService").field("log", &self.log).finish_non_exhaustive()
    }
}
