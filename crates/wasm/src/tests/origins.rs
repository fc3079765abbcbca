use serde_json::Value;

use super::driver::{CREDENTIALS, Driver};
use crate::core_state::CoreState;
use crate::{check_path, check_sandbox};

#[test]
fn url_is_checked_for_its_client() {
    let client = Driver::new(r#", "baseUrl": "http://localhost:8080/x", "allowedHosts": ["api.example:8443"]"#);
    let check = |url: &str| client.core.check_url(client.client, url);
    for url in
        ["https://platform.adobe.io/x", "https://cjm.adobe.io", "http://localhost:8080/y", "https://api.example:8443/"]
    {
        assert_eq!(check(url), None, "{url}");
    }
    for url in ["https://evil.runtime.adobe.io/x", "http://api.example:8443/", "https://localhost:8080/", ""] {
        assert!(check(url).is_some_and(|problem| problem.contains("gets no access token")), "{url}");
    }
    assert_eq!(
        client.core.check_url(client.client + 1, "https://platform.adobe.io").as_deref(),
        Some("there is no such client")
    );
}

#[test]
fn invalid_host_is_an_error_of_the_client() {
    let opened = CoreState::new().open(&format!(r#"{CREDENTIALS}, "allowedHosts": ["*.adobe.io"]}}"#));
    let opened: Value = serde_json::from_str(&opened).expect("JSON");
    assert_eq!(opened["failed"]["kind"], "config");
    let message = opened["failed"]["message"].as_str().expect("a message");
    assert!(message.contains("allowedHosts: `*.adobe.io` is not a host"), "{message}");
}

#[test]
fn path_and_sandbox_are_checked() {
    assert_eq!((check_path("/ajo/journey"), check_sandbox("prod")), (None, None));
    assert_eq!(check_path("//a").as_deref(), Some("`//a` cannot be used: its path must begin with one `/`"));
    assert!(check_sandbox("PROD").is_some_and(|problem| problem.contains("lower case")));
}
