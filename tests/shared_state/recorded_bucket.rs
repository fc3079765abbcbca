//! Records the requests to a bucket.

use std::sync::Arc;

use ajo_state::BucketUrl;
use bytes::Bytes;
use futures_util::future::FutureExt as _;
use http::{Request, Response, header};

use crate::Store;
use crate::recording::{Endpoint, RequestLog, Target};

/// A bucket of moto, whose requests are recorded. Each runner has its own URL.
#[derive(Debug)]
pub struct RecordedBucket {
    store: Arc<Store>,
    log: RequestLog,
    client: reqwest::Client,
    pub url: BucketUrl,
}

/// The variable with the URL of S3.
const ENDPOINT_VARIABLE: &str = "AWS_ENDPOINT_URL";

impl RecordedBucket {
    /// Creates an empty bucket in this store, which must be moto: azurite verifies the header `Host`.
    pub fn create(store: &Arc<Store>, log: &RequestLog) -> Self {
        let client = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().expect("a client");
        Self { url: store.create_bucket(), store: store.clone(), log: log.clone(), client }
    }

    /// Starts a proxy for this runner.
    pub async fn start_endpoint(&self, runner: usize) -> Endpoint {
        let variables = self.store.variables();
        let target = variables.into_iter().find(|(name, _)| name == ENDPOINT_VARIABLE).expect("a store of S3").1;
        let client = self.client.clone();
        Endpoint::start(&self.log, (runner, Target::Bucket), move |request| {
            forward(client.clone(), target.clone(), request).boxed()
        })
        .await
    }

    /// The variables with which `ajo` uses a proxy.
    pub fn variables(&self, endpoint: &Endpoint) -> Vec<(String, String)> {
        let mut variables = self.store.variables();
        variables.retain(|(name, _)| name != ENDPOINT_VARIABLE);
        variables.push((ENDPOINT_VARIABLE.to_owned(), endpoint.url()));
        variables
    }
}

/// Sends a request to the store. `None` if the store breaks the connection.
async fn forward(client: reqwest::Client, target: String, request: Request<Bytes>) -> Option<Response<Bytes>> {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let mut headers = request.headers().clone();
    for own in [header::HOST, header::CONTENT_LENGTH, header::CONNECTION] {
        headers.remove(own);
    }
    let sent = client
        .request(request.method().clone(), format!("{target}{path}"))
        .headers(headers)
        .body(request.into_body())
        .send()
        .await
        .ok()?;
    let mut response = Response::builder().status(sent.status());
    for (name, value) in sent.headers() {
        if ![header::CONTENT_LENGTH, header::CONNECTION, header::TRANSFER_ENCODING].contains(name) {
            response = response.header(name, value);
        }
    }
    let body = sent.bytes().await.ok()?;
    Some(response.body(body).expect("a response"))
}
