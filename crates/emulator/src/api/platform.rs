//! The routes of other services behind the same gateway: Adobe's sample request, and Sandbox Management.

use http::{HeaderValue, Method, StatusCode, header};
use serde_json::{Value, json};

use crate::api::response::{self, ByteResponse};
use crate::faults::target::FaultTarget;
use crate::state::organization::Organization;
use crate::state::settings::RegisteredClient;
use crate::state::store::SandboxStore;

/// The path of the sample request in Adobe's authentication page.
pub(crate) const SAMPLE_PATH: &str = "/imp/";
/// The path of Sandbox Management, which lists the sandboxes that a credential can use.
pub(crate) const SANDBOXES_PATH: &str = "/data/foundation/sandbox-management/";

/// A request to another service. All are GET.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PlatformRoute<'r> {
    /// `GET /imp/`.
    Sample,
    /// The sandboxes that the credential can use.
    UsableSandboxes,
    /// All sandboxes of the organization. Needs the permission View Sandboxes.
    AllSandboxes,
    /// One sandbox by its name. Needs the permission View Sandboxes.
    Sandbox(&'r str),
}

impl<'r> PlatformRoute<'r> {
    pub(crate) fn find(path: &'r str) -> Option<Self> {
        if path == SAMPLE_PATH {
            return Some(Self::Sample);
        }
        match path.strip_prefix(SANDBOXES_PATH)? {
            "" => Some(Self::UsableSandboxes),
            "sandboxes" => Some(Self::AllSandboxes),
            rest => rest
                .strip_prefix("sandboxes/")
                .filter(|name| !name.is_empty() && !name.contains('/'))
                .map(Self::Sandbox),
        }
    }

    pub(crate) const METHOD: Method = Method::GET;

    pub(crate) const fn fault_target(self) -> FaultTarget {
        match self {
            Self::Sample => FaultTarget::Sample,
            Self::UsableSandboxes | Self::AllSandboxes | Self::Sandbox(_) => FaultTarget::Sandboxes,
        }
    }

    /// The response to a call that the gateway let pass. `client` is `None` for a credential that is not registered; it may do
    /// everything.
    pub(crate) fn respond(self, organization: &Organization, client: Option<&RegisteredClient>) -> ByteResponse {
        let sandboxes = &organization.store.sandboxes;
        let default = sandboxes.iter().find(|sandbox| sandbox.production).map(|sandbox| &sandbox.id);
        let describe = |sandbox: &SandboxStore| describe_sandbox(sandbox, default == Some(&sandbox.id));
        let can_view = client.is_none_or(|client| client.can_view_sandboxes);
        match self {
            // Unknown: Adobe's page does not show the response.
            Self::Sample => response::ok(&json!({"status": "ok"})),
            Self::UsableSandboxes => {
                let is_member = client.is_none_or(|client| client.is_in_sandboxes);
                let usable = sandboxes.iter().filter(|_| is_member);
                response::ok(&json!({"sandboxes": usable.map(describe).collect::<Vec<_>>()}))
            }
            Self::AllSandboxes | Self::Sandbox(_) if !can_view => {
                let detail = "the permission View Sandboxes is missing";
                problem(StatusCode::FORBIDDEN, "SMS-2010-403", detail)
            }
            Self::AllSandboxes => {
                response::ok(&json!({"sandboxes": sandboxes.iter().map(describe).collect::<Vec<_>>()}))
            }
            Self::Sandbox(name) => match sandboxes.iter().find(|sandbox| sandbox.name == name) {
                Some(sandbox) => response::ok(&describe(sandbox)),
                // Unknown: neither the status nor the code is published.
                None => problem(StatusCode::NOT_FOUND, "SMS-2010-404", "no such sandbox"),
            },
        }
    }
}

/// A sandbox as Sandbox Management describes it. Inferred: the default sandbox is the first production sandbox.
fn describe_sandbox(sandbox: &SandboxStore, is_default: bool) -> Value {
    json!({
        "name": sandbox.name,
        "title": sandbox.name,
        "state": "active",
        "type": if sandbox.production { "production" } else { "development" },
        "isDefault": is_default,
    })
}

/// Inferred: the code is the last part of the problem's type, as in the errors of other platform services.
fn problem(status: StatusCode, code: &str, detail: &str) -> ByteResponse {
    let body = json!({
        "type": format!("http://ns.adobe.com/aep/errors/{code}"),
        "title": status.canonical_reason(),
        "status": status.as_u16(),
        "detail": detail,
    });
    let mut response = response::json(status, &body);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}
