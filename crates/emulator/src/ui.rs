//! The web UI at `/`: what the emulator stores, and controls to change it.
//!
//! A fixed set of files without a build step. All data comes from the control API, so the UI can do nothing that a command
//! could not, and looking at it changes nothing: no call is logged, and no random number is drawn.

use bytes::Bytes;
use http::header::{self, HeaderValue};
use http::{Method, Request, Response, StatusCode};

use crate::api::response::Answer;

/// Where the files of the page are.
const PREFIX: &str = "/_emulator/page/";

/// Nothing from elsewhere, nothing inline, and not within another page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

struct File {
    name: &'static str,
    media_type: &'static str,
    content: &'static str,
}

macro_rules! file {
    ($name:literal, $media_type:literal) => {
        File {
            name: $name,
            media_type: concat!($media_type, "; charset=utf-8"),
            content: include_str!(concat!("ui/", $name)),
        }
    };
}

const FILES: &[File] = &[
    file!("index.html", "text/html"),
    file!("page.css", "text/css"),
    file!("icon.svg", "image/svg+xml"),
    file!("page.js", "text/javascript"),
    file!("api.js", "text/javascript"),
    file!("dom.js", "text/javascript"),
    file!("configs.js", "text/javascript"),
    file!("detail.js", "text/javascript"),
    file!("journal.js", "text/javascript"),
    file!("clock.js", "text/javascript"),
    file!("faults.js", "text/javascript"),
    file!("switches.js", "text/javascript"),
    file!("traffic.js", "text/javascript"),
];

/// The answer, where a request is for the page. With another method `/` is a client's mistake, and the journal says so.
pub(crate) fn answer(request: &Request<Bytes>) -> Option<Answer> {
    if *request.method() != Method::GET && *request.method() != Method::HEAD {
        return None;
    }
    let name = match request.uri().path() {
        "/" => "index.html",
        path => path.strip_prefix(PREFIX)?,
    };
    let mut answer = match FILES.iter().find(|file| file.name == name) {
        Some(file) => of(StatusCode::OK, file.media_type, file.content),
        None => of(StatusCode::NOT_FOUND, "text/plain; charset=utf-8", "the page has no such file\n"),
    };
    if *request.method() == Method::HEAD {
        let length = HeaderValue::from(answer.body().len());
        answer.headers_mut().insert(header::CONTENT_LENGTH, length);
        *answer.body_mut() = Bytes::new();
    }
    Some(answer)
}

fn of(status: StatusCode, media_type: &'static str, content: &'static str) -> Answer {
    let mut answer = Response::new(Bytes::from_static(content.as_bytes()));
    *answer.status_mut() = status;
    for (name, value) in [
        (header::CONTENT_TYPE, media_type),
        // Another version of the emulator may be on the same port tomorrow.
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer
}

#[cfg(test)]
mod tests {
    use ajo_engine::Timestamp;

    use super::*;
    use crate::state::emulator_state::World;
    use crate::state::settings::Settings;

    /// All files together, in bytes. Chosen here: a page that loads at once, and a binary that does not grow by it.
    const LARGEST: usize = 60 * 1024;

    fn get(world: &mut World, method: Method, path: &str) -> Answer {
        let request = Request::builder().method(method).uri(path).body(Bytes::new()).expect("a request");
        world.handle(&request, Timestamp::from_millis(0))
    }

    #[test]
    fn every_file_comes_with_its_type_and_is_neither_kept_nor_guessed_nor_framed() {
        let mut world = World::new(Settings::default());
        let paths = FILES.iter().map(|file| (format!("{PREFIX}{}", file.name), file.media_type));
        for (path, media_type) in paths.chain([("/".to_owned(), "text/html; charset=utf-8")]) {
            let answer = get(&mut world, Method::GET, &path);
            let header =
                |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
            assert_eq!((answer.status(), header("content-type")), (StatusCode::OK, media_type), "{path}");
            assert_eq!((header("cache-control"), header("x-content-type-options")), ("no-store", "nosniff"));
            let policy = header("content-security-policy");
            assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
            assert!(policy.ends_with("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
            assert!(!answer.body().is_empty(), "{path}");

            let head = get(&mut world, Method::HEAD, &path);
            assert_eq!((head.status(), head.body().len()), (StatusCode::OK, 0), "{path}");
            assert_eq!(head.headers()["content-length"], answer.body().len().to_string());
            assert_eq!(head.headers()["content-type"], answer.headers()["content-type"]);
        }
    }

    #[test]
    fn what_is_no_file_is_not_found() {
        let mut world = World::new(Settings::default());
        for path in ["", "nothing.js", "../page.rs", "%2e%2e/page.rs", "page.css/", "icon.svg/../page.css"] {
            let answer = get(&mut world, Method::GET, &format!("{PREFIX}{path}"));
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
            assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
        }
        assert_eq!(get(&mut world, Method::POST, "/_emulator/page/page.js").status(), StatusCode::NOT_FOUND);
    }

    #[test]
    fn looking_is_not_journalled_and_changes_nothing_that_comes_next() {
        let (mut watched, mut alone) = (World::new(Settings::default()), World::new(Settings::default()));
        for path in ["/", "/_emulator/page/page.js", "/_emulator/page/nothing", "/_emulator", "/_emulator/configs"] {
            get(&mut watched, Method::GET, path);
        }
        assert_eq!(watched.calls().len(), 0);
        let path = "/journey/orchestration/endpointConfigs/u-1";
        let (seen, unseen) = (get(&mut watched, Method::GET, path), get(&mut alone, Method::GET, path));
        assert_eq!(seen.headers()["x-request-id"], unseen.headers()["x-request-id"]);
        // A client that left out the path is told so, and finds it in the journal.
        assert_eq!(get(&mut watched, Method::POST, "/").status(), StatusCode::NOT_FOUND);
        assert_eq!(watched.calls().last().map(|call| call.path.as_str()), Some("/"));
    }

    #[test]
    fn the_files_are_small_and_lead_nowhere_else() {
        let size: usize = FILES.iter().map(|file| file.content.len()).sum();
        assert!(size < LARGEST, "{size} bytes");
        for File { name, content, .. } in FILES {
            // The name of a format and the example of a definition; neither is fetched.
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
    fn every_file_that_is_named_is_there() {
        for File { name, content, .. } in FILES {
            for named in content.split(['"', '\'']).filter(|text| text.starts_with(PREFIX) || text.starts_with("./")) {
                let file = named.trim_start_matches(PREFIX).trim_start_matches("./");
                assert!(FILES.iter().any(|there| there.name == file), "{name} names {named}");
            }
        }
    }
}
