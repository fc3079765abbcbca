//! The emulator, over the runtime's own `fetch`. Nothing happens where these were built without the variables
//! of an emulator that runs (`AJO_BASE_URL` and so on). The emulator knows nothing of
//! CORS, as little as the service, so `webdriver.json` has the browser not insist on it.

use ajo_core::fetch::Client;
use ajo_core::{CappingDefinition, Credentials, DeleteOptions, ErrorKind};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::script::Fetch;

fn client() -> Option<Client> {
    let root = option_env!("AJO_BASE_URL")?;
    let text = |value: Option<&'static str>| value.expect("the variables of the emulator");
    let credentials = Credentials::new(
        text(option_env!("AJO_CLIENT_ID")),
        text(option_env!("AJO_CLIENT_SECRET")),
        text(option_env!("AJO_ORG_ID")),
        text(option_env!("AJO_SCOPES")),
    );
    let builder = Client::builder()
        .credentials(credentials.expect("credentials"))
        .sandbox(text(option_env!("AJO_SANDBOX")))
        .base_url(root)
        .ims_url(text(option_env!("AJO_IMS_URL")));
    Some(builder.build().expect("a client"))
}

#[wasm_bindgen_test]
async fn a_configuration_lives_through_all_operations_on_the_emulator() {
    let Some(client) = client() else { return };
    let definition: CappingDefinition = serde_json::from_str(
        r#"{"url": "https://api.example.org/*", "methods": ["GET"],
            "services": {"dataSource": {"rating": {"maxCallsCount": 500, "periodInMs": 1000}}}}"#,
    )
    .expect("a definition");
    let api = client.capping();
    let uid = api.create(&definition).await.expect("created").uid;
    api.can_deploy(&uid).await.expect("a verdict");
    api.deploy(&uid).await.expect("deployed");
    assert_eq!(api.get(&uid).await.expect("it").uid, uid);
    api.update(&uid, &definition).await.expect("updated");
    assert!(api.list().await.expect("a list").iter().any(|config| config.uid == uid));
    api.undeploy(&uid).await.expect("undeployed");
    api.delete(&uid, DeleteOptions::default()).await.expect("deleted");
    assert_eq!(api.get(&uid).await.expect_err("gone").status(), Some(404));
}

#[wasm_bindgen_test]
async fn callers_who_come_together_share_a_token() {
    let Some(client) = client() else { return };
    let _fetch = Fetch::new(
        "((own) => (r, i) => { if (r.url.includes('/ims/')) log.push(1); return own.call(globalThis, r, i) })(globalThis.fetch)",
    );
    let calls: js_sys::Array = (0..20)
        .map(|_| {
            let client = client.clone();
            wasm_bindgen::JsValue::from(wasm_bindgen_futures::future_to_promise(async move {
                let answer = client.capping().list().await;
                answer.map(|_| wasm_bindgen::JsValue::TRUE).map_err(|error| error.to_string().into())
            }))
        })
        .collect();
    wasm_bindgen_futures::JsFuture::from(js_sys::Promise::all(&calls)).await.expect("all have an answer");
    assert_eq!(Fetch::calls(), 1);
}

#[wasm_bindgen_test]
async fn nobody_at_the_other_end_is_an_error() {
    let client = Client::builder()
        .access_token(ajo_core::Secret::new("token"), "client-1", "A1@AdobeOrg")
        .sandbox("prod")
        .base_url("http://127.0.0.1:1")
        .build()
        .expect("a client");
    let client = client.with_options(ajo_core::CallOptions::default().attempts(1));
    let error = client.capping().list().await.expect_err("nobody is there");
    assert!(matches!(error.kind(), ErrorKind::Connect(_) | ErrorKind::Broken(_)), "{error}");
}
