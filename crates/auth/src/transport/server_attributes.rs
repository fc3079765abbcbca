//! The server of a request, as attributes of a span.

/// Records OpenTelemetry's attributes `server.address` and `server.port` of the server at this URL. The span declares both.
pub fn record_server(span: &tracing::Span, url: &str) {
    let Ok(url) = reqwest::Url::parse(url) else { return };
    if let Some(host) = url.host_str() {
        span.record("server.address", host.trim_matches(['[', ']']));
    }
    if let Some(port) = url.port_or_known_default() {
        span.record("server.port", port);
    }
}
