//! The client over a transport whose futures are not `Send`, as those of JavaScript are not.

use std::cell::RefCell;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use ajo_auth::{AccessToken, Endpoint, Simulated, Surroundings, TokenProvider};
use ajo_core::{
    Caller, Client, DeleteOptions, ErrorKind, HttpResponse, HttpTransport, Request, Secret, SendError, TextTemplate,
    Uid, Wanted,
};

/// Records requests and responds to each with the same body. It cannot leave its thread.
struct Recorder {
    sent: Rc<RefCell<Vec<String>>>,
    body: &'static str,
    time: Simulated,
}

impl HttpTransport for Recorder {
    type Template = TextTemplate;
    type Permit = Rc<()>;

    fn template(base_url: &Endpoint, headers: &[(&str, &str)]) -> TextTemplate {
        TextTemplate::new(base_url, headers)
    }

    fn surroundings(&self) -> &dyn Surroundings {
        &self.time
    }

    async fn acquire_permit(&self, _: Duration) -> Result<Rc<()>, ErrorKind> {
        Ok(Rc::new(()))
    }

    async fn send(
        &self,
        request: &Request<TextTemplate>,
        _: &AccessToken,
        _: Duration,
    ) -> Result<HttpResponse, SendError> {
        let sent = self.sent.clone();
        // Held over an await, as a JavaScript value is.
        std::future::ready(()).await;
        sent.borrow_mut().push(format!(
            "{} {} {}",
            request.method,
            request.url(),
            request.body_text().unwrap_or_default()
        ));
        Ok(HttpResponse { status: 200, body: self.body.into(), ..HttpResponse::default() })
    }
}

fn client(body: &'static str) -> (Client<Recorder>, Rc<RefCell<Vec<String>>>) {
    let token = Secret::new("t");
    let tokens = TokenProvider::fixed(&token).expect("a token");
    let caller =
        Caller::Token { token: Some(token), client_id: "client-1".to_owned(), org_id: "A1@AdobeOrg".to_owned() };
    let settings = Wanted {
        caller: Some(caller),
        sandbox: Some("prod".to_owned()),
        base_url: Some("https://a.example".to_owned()),
        ..Wanted::default()
    };
    let sent = Rc::default();
    let recorder = Recorder { sent: Rc::clone(&sent), body, time: Simulated::new(1) };
    (Client::new(settings.check().expect("valid settings"), recorder, tokens), sent)
}

/// Nothing here waits for anything.
fn now<R>(future: impl Future<Output = R>) -> R {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => panic!("it waits"),
    }
}

fn uid() -> Uid {
    "u-1".parse().expect("a uid")
}

#[test]
fn calls_run_over_a_transport_that_is_not_send() {
    let (client, sent) = client(r#"{"result": {"uid": "u-1", "url": "https://b.example"}}"#);
    let response = now(client.capping().get(&uid()).response()).expect("a configuration");
    assert_eq!((response.value.uid, response.status, response.attempts), (uid(), 200, 1));
    assert_eq!(*sent.borrow(), ["GET https://a.example/endpointConfigs/u-1 "]);
}

#[test]
fn nothing_is_sent_before_a_call_is_awaited() {
    let (client, sent) = client("{}");
    let call = client.throttling().delete(&uid(), DeleteOptions { force: true });
    drop(call.response());
    assert!(sent.borrow().is_empty());
    now(client.throttling().delete(&uid(), DeleteOptions { force: true }).response()).expect("deleted");
    assert_eq!(*sent.borrow(), ["DELETE https://a.example/throttlingConfigs/u-1?forceDelete=true "]);
}

#[test]
fn organization_is_filled_in_only_where_it_is_absent() {
    let (client, sent) = client(r#"{"uid": "u-1"}"#);
    let definition = |org_id: Option<&str>| ajo_core::CappingDefinition {
        org_id: org_id.map(str::to_owned),
        ..serde_json::from_str(r#"{"url": "https://b.example", "methods": ["GET"], "services": {}}"#)
            .expect("a definition")
    };
    now(client.capping().create(&definition(None)).response()).expect("created");
    now(client.capping().update(&uid(), &definition(Some("B2@AdobeOrg"))).response()).expect("updated");
    let sent = sent.borrow();
    assert!(sent[0].contains(r#""orgId":"A1@AdobeOrg""#), "{sent:?}");
    assert!(sent[1].contains(r#""orgId":"B2@AdobeOrg""#), "{sent:?}");
}

#[test]
fn raw_call_takes_options_by_name_and_needs_the_uid() {
    let (client, sent) = client("{}");
    let delete = ajo_core::Operation::find(ajo_core::Api::Capping, ajo_core::Verb::Delete).expect("an operation");
    let error = client.raw(delete, None, &[], "").expect_err("no uid");
    assert!(error.to_string().contains("needs the uid"), "{error}");
    let call = client.raw(delete, Some(&uid()), &[("force", "true"), ("other", "x")], "").expect("a call");
    now(call.response()).expect("deleted");
    assert_eq!(*sent.borrow(), ["DELETE https://a.example/endpointConfigs/u-1?forceDelete=true "]);
}
