//! Asks the client for its roots.
//!
//! The protocol deprecates roots, but has nothing else that says which folders a person has opened.
#![expect(deprecated, reason = "clients have nothing else")]

use std::time::Duration;

use rmcp::RoleServer;
use rmcp::model::{
    CallToolRequestParams, InputRequest, InputRequests, InputRequiredResult, ListRootsRequest, ListRootsResult,
    ProtocolVersion,
};
use rmcp::service::RequestContext;

use crate::response::ToolError;
use crate::roots::Roots;

/// The name of the request in a multi-round call.
const REQUEST_NAME: &str = "roots";

/// How long the client may take to list its roots.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The roots, or the request that the client must answer first.
pub(crate) enum ClientRoots {
    Known(Roots),
    Needed(Box<InputRequiredResult>),
}

/// Asks the client for its roots, if it has some.
pub(crate) async fn ask(
    request: &CallToolRequestParams,
    context: &RequestContext<RoleServer>,
    default: &Roots,
) -> Result<ClientRoots, ToolError> {
    if context.client_capabilities().is_none_or(|capabilities| capabilities.roots.is_none()) {
        return Ok(ClientRoots::Known(default.clone()));
    }
    if context.protocol_version().is_some_and(|version| version >= ProtocolVersion::V_2026_07_28) {
        let Some(answer) = request.input_responses.as_ref().and_then(|responses| responses.get(REQUEST_NAME)) else {
            let requests =
                InputRequests::from([(REQUEST_NAME.to_owned(), InputRequest::ListRoots(ListRootsRequest::default()))]);
            return Ok(ClientRoots::Needed(Box::new(InputRequiredResult::from_input_requests(requests))));
        };
        let listed: ListRootsResult = serde_json::from_value(answer.clone())
            .map_err(|error| ToolError::new(format!("the client's roots are not valid: {error}")))?;
        return Ok(ClientRoots::Known(to_roots(&listed)));
    }
    match tokio::time::timeout(TIMEOUT, context.peer.list_roots()).await {
        Ok(Ok(listed)) => Ok(ClientRoots::Known(to_roots(&listed))),
        Ok(Err(error)) => Err(ToolError::new(format!("the client did not list its roots: {error}"))),
        Err(_) => Err(ToolError::new("the client did not list its roots in time")),
    }
}

fn to_roots(listed: &ListRootsResult) -> Roots {
    Roots::from_uris(listed.roots.iter().map(|root| root.uri.as_str()))
}
