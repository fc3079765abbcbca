//! The emulator, over the runtime's own `fetch`.
//!
//! The tests are skipped if they were compiled without the variables of a running emulator (`AJO_BASE_URL` and others). Like the
//! service, the emulator does not support CORS, so `webdriver.json` disables CORS checks in the browser.

use ajo_core::fetch::Client;
use ajo_core::{CappingDefinition, Credentials, DeleteOptions, ErrorKind};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::mock_fetch::MockFetch;

fn emulator_client() -> Option<Client> {
    let root = option_env!("AJO_BASE_URL")?;
    let variable = |value: Option<&'static str>| value.expect("the variables of the emulator");
    let credentials = Credentials::new(
        variable(option_env!("AJO_CLIENT_ID")),
        variable(option_env!("AJO_CLIENT_SECRET")),
        variable(option_env!("AJO_ORG_ID")),
        variable(option_env!("AJO_SCOPES")),
    );
    let builder = Client::builder()
        .credentials(credentials.expect("credentials"))
        .sandbox(variable(option_env!("AJO_SANDBOX")))
        .base_url(root)
        .ims_url(variable(option_env!("AJO_IMS_URL")));
    Some(builder.build().expect("a client"))
}

#[wasm_bindgen_test]
async fn all_operations_succeed_on_the_emulator() {
    let Some(client) = emulator_client() else { return };
    let definition: CappingDefinition = serde_json::from_str(
        r#"{"url": "https://api.example.org/*", "methods": ["GET"],
            "services": {"action": {"rating": {"maxCallsCount": 500, "periodInMs": 1000}}}}"#,
    )
    .expect("a definition");
    let api = client.capping();
    let uid = api.create(&definition).await.expect("created").uid;
    api.can_deploy(&uid).await.expect("a result");
    api.deploy(&uid).await.expect("deployed");
    assert_eq!(api.get(&uid).await.expect("a configuration").uid, uid);
    api.update(&uid, &definition).await.expect("updated");
    assert!(api.list().await.expect("a list").iter().any(|config| config.uid == uid));
    api.undeploy(&uid).await.expect("undeployed");
    api.delete(&uid, DeleteOptions::default()).await.expect("deleted");
    assert_eq!(api.get(&uid).await.expect_err("deleted").status(), Some(404));
}

#[wasm_bindgen_test]
async fn concurrent_calls_share_a_token() {
    let Some(client) = emulator_client() else { return };
    let _fetch = MockFetch::new(
        "((original) => (r, i) => { if (r.url.includes('/ims/')) log.push(1); return original.call(globalThis, r, i) })(globalThis.fetch)",
    );
    let calls: js_sys::Array = (0..20)
        .map(|_| {
            let client = client.clone();
            wasm_bindgen::JsValue::from(wasm_bindgen_futures::future_to_promise(async move {
                let result = client.capping().list().await;
                result.map(|_| wasm_bindgen::JsValue::TRUE).map_err(|error| error.to_string().into())
            }))
        })
        .collect();
    wasm_bindgen_futures::JsFuture::from(js_sys::Promise::all(&calls)).await.expect("all calls succeed");
    assert_eq!(MockFetch::call_count(), 1);
}

#[wasm_bindgen_test]
async fn unreachable_service_is_an_error() {
    // `fetch` refuses some ports, such as 1.
    let client = Client::builder()
        .access_token(ajo_core::Secret::new("token"), "client-1", "A1@AdobeOrg")
        .sandbox("prod")
        .base_url("http://127.0.0.1:47")
        .build()
        .expect("a client");
    let client = client.with_options(ajo_core::CallOptions::default().attempts(1));
    let error = client.capping().list().await.expect_err("connection refused");
    assert!(matches!(error.kind(), ErrorKind::Connect(_) | ErrorKind::Disconnected(_)), "{error}");
}
