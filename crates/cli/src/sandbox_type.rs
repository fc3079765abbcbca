//! The type of a sandbox, according to Sandbox Management: production or development.
//!
//! It never makes a command fail: whatever goes wrong, the type is unknown, and an unknown type counts as production.

mod cached_type;
mod parse;
mod sandbox_kind;

use std::fmt;
use std::time::Duration;

use ajo_auth::{FileStore, Timestamp};
use ajo_core::{CallOptions, Client, Method};

pub(crate) use self::cached_type::CacheScope;
use self::parse::find_type;
pub(crate) use self::sandbox_kind::SandboxKind;
use crate::time::format_rfc3339;

/// Lists the sandboxes that the credential can use. Observed by others; not in the documentation of Journey Optimizer.
const SANDBOXES_PATH: &str = "/data/foundation/sandbox-management/";

/// How long a command waits for the type, including a token. One attempt.
const DEADLINE: Duration = Duration::from_secs(5);

/// The type of a sandbox, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SandboxType {
    Known(SandboxKind, TypeSource),
    /// With the reason. Counts as production.
    Unknown(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TypeSource {
    /// Sandbox Management responded just now.
    Response,
    /// It responded at this time.
    Cache(Timestamp),
}

impl fmt::Display for TypeSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Response => f.write_str("Sandbox Management"),
            Self::Cache(at) => write!(f, "Sandbox Management at {}", format_rfc3339(*at)),
        }
    }
}

/// Reads the type of one sandbox.
#[derive(Clone)]
pub(crate) struct SandboxTypeReader {
    client: Client,
    scope: CacheScope,
    /// The files that runs share: tokens, and the types of sandboxes. `None` if sharing is off.
    cache: Option<FileStore>,
    is_own_emulator: bool,
}

impl SandboxTypeReader {
    pub(crate) const fn new(
        client: Client,
        scope: CacheScope,
        cache: Option<FileStore>,
        is_own_emulator: bool,
    ) -> Self {
        Self { client, scope, cache, is_own_emulator }
    }

    pub(crate) fn sandbox(&self) -> &str {
        &self.scope.sandbox
    }

    /// Whether the sandbox is in the emulator of this process, which is never production.
    pub(crate) const fn is_own_emulator(&self) -> bool {
        self.is_own_emulator
    }

    /// The type, cached for a day if runs share tokens.
    pub(crate) async fn read(&self) -> SandboxType {
        let read = async {
            let now = ajo_auth::current_timestamp();
            if let Some(cache) = &self.cache
                && let Some((kind, at)) = self.scope.read_cached(cache, now).await
            {
                return SandboxType::Known(kind, TypeSource::Cache(at));
            }
            let found = SandboxType::request(&self.client, self.sandbox()).await;
            if let (Some(cache), SandboxType::Known(kind, _)) = (&self.cache, &found) {
                self.scope.write_cached(cache, *kind, now).await;
            }
            found
        };
        // Also if the disk does not respond.
        tokio::time::timeout(DEADLINE, read).await.unwrap_or_else(|_| SandboxType::Unknown(no_response()))
    }
}

impl SandboxType {
    /// The type that Sandbox Management reports now.
    pub(crate) async fn request(client: &Client, sandbox: &str) -> Self {
        let client = client.with_options(CallOptions::default().deadline(DEADLINE).attempts(1));
        let found = match client.request(Method::Get, SANDBOXES_PATH).await {
            Ok(response) => find_type(&response, sandbox),
            Err(error) => Err(error.status().map_or_else(no_response, |status| {
                format!("Sandbox Management responded with the status {status}, so its type is unknown")
            })),
        };
        found.map_or_else(Self::Unknown, |kind| Self::Known(kind, TypeSource::Response))
    }
}

fn no_response() -> String {
    "Sandbox Management did not respond, so its type is unknown".to_owned()
}
