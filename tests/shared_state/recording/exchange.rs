//! A recorded request.

use bytes::Bytes;

/// Where a request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    Service,
    Bucket,
}

/// A request and its response.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The number of the runner.
    pub runner: usize,
    pub target: Target,
    pub method: String,
    /// With the query.
    pub path: String,
    /// The header `x-sandbox-name`.
    pub sandbox: String,
    pub request: Bytes,
    /// When the request arrived. All events of a log are numbered.
    pub received_at: u64,
    /// When it was processed; `None` if it is still being processed, or was dropped.
    pub processed_at: Option<u64>,
    /// 0 without a response.
    pub status: u16,
    pub response: Bytes,
}

/// How far the processing of a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Received,
    /// The response was not sent yet.
    Processed,
}

impl Exchange {
    /// Whether the request asks for a change of the service or the bucket.
    pub fn is_mutating(&self) -> bool {
        match self.target {
            Target::Service => self.verb().is_some(),
            Target::Bucket => self.method != "GET" && self.method != "HEAD",
        }
    }

    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The verb of a request that changes the service.
    pub fn verb(&self) -> Option<&'static str> {
        let path = self.path.split('?').next().unwrap_or_default();
        let (_, operation) = path.split_once("/journey/orchestration/")?;
        let segments: Vec<&str> = operation.split('/').collect();
        match (self.method.as_str(), &segments[..]) {
            ("POST", ["endpointConfigs" | "throttlingConfigs"]) => Some("create"),
            ("PUT", [_, _]) => Some("update"),
            ("DELETE", [_, _]) => Some("delete"),
            ("POST", [_, _, "deploy"]) => Some("deploy"),
            ("POST", [_, _, "undeploy"]) => Some("undeploy"),
            _ => None,
        }
    }

    /// The uid in the path of a request to the service.
    pub fn uid(&self) -> Option<&str> {
        let path = self.path.split('?').next()?;
        path.split_once("/journey/orchestration/")?.1.split('/').nth(1)
    }
}
