//! The sample request and Sandbox Management.

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use crate::support::{TestClient, parse_response};

const SANDBOXES: &str = "/data/foundation/sandbox-management/";

fn request(client: &TestClient, method: &str, path: &str) -> Request<Bytes> {
    let mut request = client.request(method, "", &Value::Null);
    *request.uri_mut() = path.parse().expect("a path");
    request
}

fn get(client: &mut TestClient, path: &str) -> (u16, Value) {
    let request = request(client, "GET", path);
    parse_response(&client.send(&request))
}

fn sandbox(name: &str, production: bool) -> Value {
    let kind = if production { "production" } else { "development" };
    json!({"name": name, "title": name, "state": "active", "type": kind, "isDefault": production})
}

#[test]
fn sample_needs_a_token() {
    let mut client = TestClient::new();
    assert_eq!(get(&mut client, "/imp/"), (200, json!({"status": "ok"})));
    for (without, status, code) in
        [("authorization", 403, "403010"), ("x-api-key", 403, "403000"), ("x-gw-ims-org-id", 400, "400003")]
    {
        for path in ["/imp/", SANDBOXES] {
            let mut request = request(&client, "GET", path);
            request.headers_mut().remove(without);
            let (found, body) = parse_response(&client.send(&request));
            assert_eq!((found, body["error_code"].as_str()), (status, Some(code)), "{path} without {without}");
        }
    }
    client.state.revoke_tokens();
    assert_eq!(get(&mut client, SANDBOXES).0, 401);
}

#[test]
fn sandboxes_of_a_credential_are_listed() {
    let mut client = TestClient::new();
    let all = json!({"sandboxes": [sandbox("prod", true), sandbox("dev", false)]});
    assert_eq!(get(&mut client, SANDBOXES), (200, all));
    client.state.client_mut("emulator-client").expect("a client").is_in_sandboxes = false;
    assert_eq!(get(&mut client, SANDBOXES), (200, json!({"sandboxes": []})));
}

#[test]
fn sandboxes_need_a_permission() {
    let mut client = TestClient::new();
    let (all, one) = (format!("{SANDBOXES}sandboxes"), format!("{SANDBOXES}sandboxes/dev"));
    assert_eq!(get(&mut client, &all).0, 200);
    assert_eq!(get(&mut client, &one), (200, sandbox("dev", false)));
    assert_eq!(get(&mut client, &format!("{SANDBOXES}sandboxes/none")).0, 404);
    client.state.client_mut("emulator-client").expect("a client").can_view_sandboxes = false;
    for path in [&all, &one] {
        let (status, body) = get(&mut client, path);
        assert_eq!(status, 403, "{path}");
        assert!(body["type"].as_str().is_some_and(|kind| kind.ends_with("/SMS-2010-403")), "{body}");
    }
    assert_eq!(get(&mut client, SANDBOXES).0, 200);
}

#[test]
fn sandbox_header_is_optional() {
    let mut client = TestClient::new();
    for path in ["/imp/", SANDBOXES] {
        let mut request = request(&client, "GET", path);
        request.headers_mut().remove("x-sandbox-name");
        assert_eq!(client.send(&request).status(), 200, "{path}");
    }
}

#[test]
fn platform_calls_are_logged_and_fail() {
    let mut client = TestClient::new();
    client.add_fault("sandboxes@first:1=status:503");
    client.add_fault("sample@first:1=denied:403");
    assert_eq!((get(&mut client, SANDBOXES).0, get(&mut client, "/imp/").0), (503, 403));
    assert_eq!((get(&mut client, SANDBOXES).0, get(&mut client, "/imp/").0), (200, 200));
    let calls = client.state.calls();
    let logged = |name| calls.clone().for_operation(name).iter().map(|call| call.status).collect::<Vec<_>>();
    assert_eq!((logged("sandboxes"), logged("sample")), (vec![503, 200], vec![403, 200]));
    assert!(calls.mutating().is_empty());
    let request = request(&client, "POST", SANDBOXES);
    assert_eq!(client.send(&request).status(), 405);
}
