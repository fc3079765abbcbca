//! Sends the requests of `object_store`.
//!
//! Unlike the crate's own client, this one always verifies certificates, never follows a redirect, uses plain http only on this machine, and
//! reads responses of limited size. The crate's client options have no effect.

use std::fmt;
use std::future::Future;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use ajo_auth::{BaseUrl, classify_connect_error, format_error_chain, http_client_with_timeout, proxy_of, read_bounded};
use bytes::Bytes;
use http::{Method, Uri};
use http_body_util::BodyExt as _;
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
};

use super::error_response::{ErrorResponse, MAX_ERROR_BYTES, library_text};
use super::request_failure::{FailureCause, RequestFailure, RequestPurpose};
use crate::bucket::MAX_OBJECT_BYTES;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Plain http on a loopback address.
const LOOPBACK_URL: &str = "http://127.0.0.1";

/// Limits of requests.
#[derive(Clone, Copy, Debug)]
pub(super) struct RequestLimits {
    /// From the start to the end of the response.
    pub(super) timeout: Duration,
    /// Like `timeout`, for the metadata service. A machine without one may drop the packets, and Google's client asks two addresses.
    pub(super) platform_timeout: Duration,
    pub(super) max_bytes: usize,
    /// Of a list, which may need many requests.
    pub(super) list_timeout: Duration,
}

impl Default for RequestLimits {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(20),
            platform_timeout: Duration::from_secs(3),
            max_bytes: MAX_OBJECT_BYTES,
            list_timeout: Duration::from_secs(60),
        }
    }
}

/// The HTTP clients of one bucket.
#[derive(Clone, Debug)]
pub(super) struct BucketConnector {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    limits: RequestLimits,
    https: OnceLock<reqwest::Client>,
    plain_http: OnceLock<reqwest::Client>,
    /// The builders of the crate connect for credentials first, and last for objects.
    last_connected: AtomicUsize,
}

impl BucketConnector {
    pub(super) fn new(limits: RequestLimits) -> Self {
        Self {
            shared: Arc::new(Shared {
                limits,
                https: OnceLock::new(),
                plain_http: OnceLock::new(),
                last_connected: AtomicUsize::new(0),
            }),
        }
    }
}

impl HttpConnector for BucketConnector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        let number = self.shared.last_connected.fetch_add(1, Ordering::Relaxed) + 1;
        Ok(HttpClient::new(BucketHttpService { number, shared: self.shared.clone() }))
    }
}

struct BucketHttpService {
    number: usize,
    shared: Arc<Shared>,
}

impl fmt::Debug for BucketHttpService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BucketHttpService")
    }
}

impl HttpService for BucketHttpService {
    // As the macro `async_trait` declares it.
    fn call<'this, 'future>(
        &'this self,
        request: HttpRequest,
    ) -> Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'future>>
    where
        'this: 'future,
        Self: 'future,
    {
        Box::pin(async move {
            let purpose = if self.number == self.shared.last_connected.load(Ordering::Relaxed) {
                RequestPurpose::Objects
            } else if request.uri().scheme_str() == Some("http") && request.method() != Method::POST {
                RequestPurpose::PlatformCredentials
            } else {
                RequestPurpose::Credentials
            };
            let host = request.uri().host().unwrap_or_default().to_owned();
            let sent = self.shared.send(purpose, request).await;
            // The crate retries nothing, so the kind has no effect.
            sent.map_err(|cause| HttpError::new(HttpErrorKind::Unknown, RequestFailure { purpose, host, cause }))
        })
    }
}

impl Shared {
    async fn send(&self, purpose: RequestPurpose, request: HttpRequest) -> Result<HttpResponse, FailureCause> {
        let (parts, body) = request.into_parts();
        let client = self.client_for(purpose, &parts.uri)?;
        let url = parts.uri.to_string().parse();
        let url = url.map_err(|_| FailureCause::Settings("the URL of the store is invalid".to_owned()))?;
        let body = body.collect().await.map_err(|_| FailureCause::Settings("the body cannot be read".to_owned()))?;
        let mut request = reqwest::Request::new(parts.method, url);
        *request.headers_mut() = parts.headers;
        *request.body_mut() = Some(body.to_bytes().into());
        let is_platform = purpose == RequestPurpose::PlatformCredentials;
        let timeout = if is_platform { self.limits.platform_timeout } else { self.limits.timeout };
        *request.timeout_mut() = Some(timeout);
        let secrets = secrets_of(purpose, &request);

        let response = client.execute(request).await.map_err(send_failure)?;
        let (status, headers) = (response.status(), response.headers().clone());
        if !status.is_success() {
            // A body that cannot be read has no code. The status is enough for most decisions.
            let body = read_bounded(response, MAX_ERROR_BYTES).await.ok().flatten().unwrap_or_default();
            let body = String::from_utf8_lossy(&body);
            return Err(FailureCause::Response(ErrorResponse::parse(status.as_u16(), &headers, &body, &secrets)));
        }
        let body = read_bounded(response, self.limits.max_bytes).await.map_err(send_failure)?;
        let body = body.ok_or(FailureCause::TooLong)?;
        let mut response = HttpResponse::new(Bytes::into(body));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }

    /// The client for a URL: plain http only to this machine and, for credentials, to the services of the platform it runs on.
    fn client_for(&self, purpose: RequestPurpose, uri: &Uri) -> Result<reqwest::Client, FailureCause> {
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        let is_plain_http = uri.scheme_str() == Some("http");
        let url = if purpose == RequestPurpose::PlatformCredentials && is_platform_service(uri) {
            LOOPBACK_URL.to_owned()
        } else {
            format!("{}://{authority}", uri.scheme_str().unwrap_or_default())
        };
        let endpoint = BaseUrl::parse(&url).map_err(|error| FailureCause::Settings(error.to_string()))?;
        let client = if is_plain_http { &self.plain_http } else { &self.https };
        if let Some(client) = client.get() {
            return Ok(client.clone());
        }
        let built = http_client_with_timeout(&endpoint, CONNECT_TIMEOUT);
        let built = built.map_err(|error| FailureCause::Settings(error.to_string()))?;
        Ok(client.get_or_init(|| built).clone())
    }
}

/// Whether plain http to this host stays on the machine or its hypervisor: link-local addresses (RFC 3927), the addresses of Amazon's
/// metadata services for IPv6, and the name of Google's.
fn is_platform_service(uri: &Uri) -> bool {
    const AMAZON_IPV6: [u16; 2] = [0xfd00, 0xec2];
    let host = uri.host().unwrap_or_default();
    let ipv6 = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    host == "metadata.google.internal"
        || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_link_local())
        || ipv6.and_then(|host| host.parse::<Ipv6Addr>().ok()).is_some_and(|it| it.segments()[..2] == AMAZON_IPV6)
}

/// The secrets of a request that a server could repeat: values of the query and of forms, and of the headers with tokens.
fn secrets_of(purpose: RequestPurpose, request: &reqwest::Request) -> Vec<String> {
    let headers = ["authorization", "x-amz-security-token", "x-aws-ec2-metadata-token", "x-identity-header"];
    let headers = headers.iter().filter_map(|name| request.headers().get(*name)?.to_str().ok());
    let words = headers.flat_map(|value| value.split([' ', '=', ','])).map(str::to_owned);
    let body = request.body().and_then(|body| std::str::from_utf8(body.as_bytes()?).ok());
    let form = if purpose == RequestPurpose::Objects { None } else { body };
    let values = [request.url().query(), form].into_iter().flatten().flat_map(values_of_form);
    // A short word is no secret, and would suppress harmless messages.
    values.chain(words).filter(|secret| secret.len() >= 16).collect()
}

/// The values of `a=1&b=2`, as they are and decoded.
fn values_of_form(form: &str) -> Vec<String> {
    let raw = form.split('&').filter_map(|pair| pair.split_once('=')).map(|(_, value)| value.to_owned());
    let mut url = reqwest::Url::parse(LOOPBACK_URL).expect("a valid URL");
    url.set_query(Some(form));
    raw.chain(url.query_pairs().map(|(_, value)| value.into_owned())).collect()
}

fn send_failure(error: reqwest::Error) -> FailureCause {
    let proxy = proxy_of(&error).map(|proxy| format!(", through the proxy {proxy}")).unwrap_or_default();
    if error.is_connect() {
        let kind = classify_connect_error(&error);
        let hint = kind.network_hint().map(|hint| format!("; {hint}")).unwrap_or_default();
        let text = library_text(&format_error_chain(&error.without_url()));
        return FailureCause::Connect(format!("no connection{proxy}: {text}{hint}"));
    }
    let is_timeout = error.is_timeout();
    let text = library_text(&format_error_chain(&error.without_url()));
    FailureCause::NoResponse(if is_timeout {
        format!("no response in time{proxy}")
    } else {
        format!("no complete response{proxy}: {text}")
    })
}
