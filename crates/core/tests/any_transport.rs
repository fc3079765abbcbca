//! The client over a transport whose futures are not `Send`, as in WebAssembly.

use std::cell::RefCell;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use ajo_auth::{AccessToken, ManualRuntime, Runtime, TokenProvider};
use ajo_core::{
    AuthSource, Client, ClientConfig, DeadlineExceeded, DeleteOptions, HttpRequest, HttpResponse, HttpTransport,
    Secret, SendError, StringRequestTemplate, Uid,
};

/// Records requests and responds to each with the same body. It is not `Send`.
struct RecordingTransport {
    sent: Rc<RefCell<Vec<String>>>,
    body: &'static str,
    env: ManualRuntime,
}

impl HttpTransport for RecordingTransport {
    type Template = StringRequestTemplate;
    type Permit = Rc<()>;

    fn runtime(&self) -> &dyn Runtime {
        &self.env
    }

    async fn acquire_permit(&self, _: Duration) -> Result<Rc<()>, DeadlineExceeded> {
        Ok(Rc::new(()))
    }

    async fn send(
        &self,
        request: &HttpRequest<StringRequestTemplate>,
        _: &AccessToken,
        _: Duration,
    ) -> Result<HttpResponse, SendError> {
        let sent = self.sent.clone();
        // Held across an await point, like a JavaScript value.
        std::future::ready(()).await;
        sent.borrow_mut().push(format!(
            "{} {} {}",
            request.method,
            request.url,
            String::from_utf8_lossy(request.body.as_deref().unwrap_or_default())
        ));
        Ok(HttpResponse { status: 200, body: self.body.into(), ..HttpResponse::default() })
    }
}

fn client(body: &'static str) -> (Client<RecordingTransport>, Rc<RefCell<Vec<String>>>) {
    let token = Secret::new("t");
    let tokens = TokenProvider::from_static(&token).expect("a token");
    let auth =
        AuthSource::Token { token: Some(token), client_id: "client-1".to_owned(), org_id: "A1@AdobeOrg".to_owned() };
    let config = ClientConfig {
        auth: Some(auth),
        sandbox: Some("prod".to_owned()),
        base_url: Some("https://a.example".to_owned()),
        ..ClientConfig::default()
    };
    let sent = Rc::default();
    let transport = RecordingTransport { sent: Rc::clone(&sent), body, env: ManualRuntime::new(1) };
    (Client::new(config.validate().expect("a valid configuration"), transport, tokens), sent)
}

/// Polls a future once. Nothing in these tests waits.
fn poll_once<R>(future: impl Future<Output = R>) -> R {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => panic!("the future is pending"),
    }
}

fn uid() -> Uid {
    "u-1".parse().expect("a uid")
}

#[test]
fn transport_need_not_be_send() {
    let (client, sent) = client(r#"{"result": {"uid": "u-1", "url": "https://b.example"}}"#);
    let response = poll_once(client.capping().get(&uid()).response()).expect("a configuration");
    assert_eq!((response.value.uid, response.status, response.attempts), (uid(), 200, 1));
    assert_eq!(*sent.borrow(), ["GET https://a.example/endpointConfigs/u-1 "]);
}

#[test]
fn unawaited_call_sends_nothing() {
    let (client, sent) = client("{}");
    let call = client.throttling().delete(&uid(), DeleteOptions { force: true });
    drop(call.response());
    assert!(sent.borrow().is_empty());
    poll_once(client.throttling().delete(&uid(), DeleteOptions { force: true }).response()).expect("deleted");
    assert_eq!(*sent.borrow(), ["DELETE https://a.example/throttlingConfigs/u-1?forceDelete=true "]);
}

#[test]
fn absent_organization_is_filled_in() {
    let (client, sent) = client(r#"{"uid": "u-1"}"#);
    let definition = |org_id: Option<&str>| ajo_core::CappingDefinition {
        org_id: org_id.map(str::to_owned),
        ..serde_json::from_str(r#"{"url": "https://b.example", "methods": ["GET"], "services": {}}"#)
            .expect("a definition")
    };
    poll_once(client.capping().create(&definition(None)).response()).expect("created");
    poll_once(client.capping().update(&uid(), &definition(Some("B2@AdobeOrg"))).response()).expect("updated");
    let sent = sent.borrow();
    assert!(sent[0].contains(r#""orgId":"A1@AdobeOrg""#), "{sent:?}");
    assert!(sent[1].contains(r#""orgId":"B2@AdobeOrg""#), "{sent:?}");
}

#[test]
fn extra_fields_are_sent() {
    let (client, sent) = client(r#"{"uid": "u-1"}"#);
    let definition = r#"{"url": "u", "methods": [], "services": {}, "extra": {"priority": 3}}"#;
    let definition: ajo_core::CappingDefinition = serde_json::from_str(definition).expect("a definition");
    poll_once(client.capping().create(&definition).response()).expect("created");
    poll_once(client.capping().update(&uid(), &definition).response()).expect("updated");
    let sent = sent.borrow();
    for body in &*sent {
        assert!(
            body.ends_with(r#""priority":3}"#) && body.contains("A1@AdobeOrg") && !body.contains("extra"),
            "{sent:?}"
        );
    }
    assert_eq!(sent.len(), 2);
}

#[test]
fn raw_call_takes_uid_and_named_options() {
    let (client, sent) = client("{}");
    let delete = ajo_core::Operation::find(ajo_core::Api::Capping, ajo_core::Verb::Delete).expect("an operation");
    let error = client.raw_call(delete, None, &[], "").expect_err("no uid");
    assert!(error.to_string().contains("needs a uid"), "{error}");
    let call = client.raw_call(delete, Some(&uid()), &[("force", "true"), ("other", "x")], "").expect("a call");
    poll_once(call.response()).expect("deleted");
    assert_eq!(*sent.borrow(), ["DELETE https://a.example/endpointConfigs/u-1?forceDelete=true "]);
}
