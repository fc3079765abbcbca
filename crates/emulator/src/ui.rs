//! The web UI at `/`: shows the emulator's data, with controls to change it.
//!
//! A fixed set of files without a build step. All data comes from the control API, so the UI can do nothing that a request
//! could not. Viewing changes nothing: no call is logged, and no random number is drawn.

use bytes::Bytes;
use http::header::{self, HeaderValue};
use http::{Method, Request, Response, StatusCode};

use crate::api::response::ByteResponse;

/// Path prefix of the UI's files.
const UI_PREFIX: &str = "/_emulator/ui/";

/// No external sources, no inline code, no framing.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

struct UiFile {
    name: &'static str,
    media_type: &'static str,
    content: &'static str,
}

macro_rules! file {
    ($name:literal, $media_type:literal) => {
        UiFile {
            name: $name,
            media_type: concat!($media_type, "; charset=utf-8"),
            content: include_str!(concat!("ui/", $name)),
        }
    };
}

const FILES: &[UiFile] = &[
    file!("index.html", "text/html"),
    file!("style.css", "text/css"),
    file!("icon.svg", "image/svg+xml"),
    file!("main.js", "text/javascript"),
    file!("address.js", "text/javascript"),
    file!("api.js", "text/javascript"),
    file!("dom.js", "text/javascript"),
    file!("configs.js", "text/javascript"),
    file!("detail.js", "text/javascript"),
    file!("request-log.js", "text/javascript"),
    file!("clock.js", "text/javascript"),
    file!("faults.js", "text/javascript"),
    file!("quirks.js", "text/javascript"),
    file!("traffic.js", "text/javascript"),
    file!("traffic-chart.js", "text/javascript"),
    file!("traffic-report.js", "text/javascript"),
];

/// The response to a request for the UI. With another method, `/` is a client error and appears in the request log.
pub(crate) fn respond(request: &Request<Bytes>) -> Option<ByteResponse> {
    if *request.method() != Method::GET && *request.method() != Method::HEAD {
        return None;
    }
    let name = match request.uri().path() {
        "/" => "index.html",
        path => path.strip_prefix(UI_PREFIX)?,
    };
    let mut response = match FILES.iter().find(|file| file.name == name) {
        Some(file) => file_response(StatusCode::OK, file.media_type, file.content),
        None => file_response(StatusCode::NOT_FOUND, "text/plain; charset=utf-8", "file not found\n"),
    };
    if *request.method() == Method::HEAD {
        let length = HeaderValue::from(response.body().len());
        response.headers_mut().insert(header::CONTENT_LENGTH, length);
        *response.body_mut() = Bytes::new();
    }
    Some(response)
}

fn file_response(status: StatusCode, media_type: &'static str, content: &'static str) -> ByteResponse {
    let mut response = Response::new(Bytes::from_static(content.as_bytes()));
    *response.status_mut() = status;
    for (name, value) in [
        (header::CONTENT_TYPE, media_type),
        // Another version of the emulator may use the same port tomorrow.
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use ajo_engine::Timestamp;

    use super::*;
    use crate::state::emulator_state::EmulatorState;
    use crate::state::settings::EmulatorSettings;

    /// Maximum total size in bytes, so that the UI loads at once and the binary stays small.
    const MAX_TOTAL_BYTES: usize = 60 * 1024;

    fn get(state: &mut EmulatorState, method: Method, path: &str) -> ByteResponse {
        let request = Request::builder().method(method).uri(path).body(Bytes::new()).expect("a request");
        state.handle(&request, Timestamp::from_millis(0))
    }

    #[test]
    fn files_have_type_and_security_headers() {
        let mut state = EmulatorState::new(EmulatorSettings::default());
        let paths = FILES.iter().map(|file| (format!("{UI_PREFIX}{}", file.name), file.media_type));
        for (path, media_type) in paths.chain([("/".to_owned(), "text/html; charset=utf-8")]) {
            let response = get(&mut state, Method::GET, &path);
            let header =
                |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
            assert_eq!((response.status(), header("content-type")), (StatusCode::OK, media_type), "{path}");
            assert_eq!((header("cache-control"), header("x-content-type-options")), ("no-store", "nosniff"));
            let policy = header("content-security-policy");
            assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
            assert!(policy.ends_with("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
            assert!(!response.body().is_empty(), "{path}");

            let head = get(&mut state, Method::HEAD, &path);
            assert_eq!((head.status(), head.body().len()), (StatusCode::OK, 0), "{path}");
            assert_eq!(head.headers()["content-length"], response.body().len().to_string());
            assert_eq!(head.headers()["content-type"], response.headers()["content-type"]);
        }
    }

    #[test]
    fn unknown_file_is_not_found() {
        let mut state = EmulatorState::new(EmulatorSettings::default());
        for path in ["", "nothing.js", "../page.rs", "%2e%2e/page.rs", "style.css/", "icon.svg/../style.css"] {
            let response = get(&mut state, Method::GET, &format!("{UI_PREFIX}{path}"));
            assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
            assert_eq!(response.headers()["x-content-type-options"], "nosniff");
        }
        assert_eq!(get(&mut state, Method::POST, "/_emulator/ui/main.js").status(), StatusCode::NOT_FOUND);
    }

    #[test]
    fn viewing_changes_nothing() {
        let (mut viewed, mut unviewed) =
            (EmulatorState::new(EmulatorSettings::default()), EmulatorState::new(EmulatorSettings::default()));
        for path in ["/", "/_emulator/ui/main.js", "/_emulator/ui/nothing", "/_emulator", "/_emulator/configs"] {
            get(&mut viewed, Method::GET, path);
        }
        assert_eq!(viewed.calls().len(), 0);
        let path = "/journey/orchestration/endpointConfigs/u-1";
        let (viewed_response, unviewed_response) =
            (get(&mut viewed, Method::GET, path), get(&mut unviewed, Method::GET, path));
        assert_eq!(viewed_response.headers()["x-request-id"], unviewed_response.headers()["x-request-id"]);
        // A client that left out the path gets an error, and the request log shows it.
        assert_eq!(get(&mut viewed, Method::POST, "/").status(), StatusCode::NOT_FOUND);
        assert_eq!(viewed.calls().last().map(|call| call.path.as_str()), Some("/"));
    }

    #[test]
    fn files_are_small_and_self_contained() {
        let size: usize = FILES.iter().map(|file| file.content.len()).sum();
        assert!(size < MAX_TOTAL_BYTES, "{size} bytes");
        for UiFile { name, content, .. } in FILES {
            // The SVG namespace and an example URL are not fetched.
            let content = content
                .replace("url(#", "")
                .replace("\"http://www.w3.org/2000/svg\"", "")
                .replace("https://api.example.org/", "");
            for reference in ["http:", "https:", "//cdn", "@import", "url(", "innerHTML", "insertAdjacentHTML", "eval("]
            {
                assert!(!content.contains(reference), "{name} has {reference}");
            }
            for inline in ["style=", "<style", "onclick", "<script>"] {
                assert!(!content.contains(inline), "{name} has {inline}, which the policy forbids");
            }
        }
    }

    #[test]
    fn every_referenced_file_exists() {
        for UiFile { name, content, .. } in FILES {
            for reference in
                content.split(['"', '\'']).filter(|text| text.starts_with(UI_PREFIX) || text.starts_with("./"))
            {
                let file = reference.trim_start_matches(UI_PREFIX).trim_start_matches("./");
                assert!(FILES.iter().any(|it| it.name == file), "{name} refers to {reference}");
            }
        }
    }
}
