//! Certificates that must not be accepted, and peers that fail at TLS. On Linux only: there the client's roots can be others
//! for one process, by the variable `SSL_CERT_FILE`.
//!
//! A test cannot change its own environment, so each one runs again in a process of its own, with a root that it makes there.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use ajo_core::{Api, Operation, Verb};
use ajo_tests::{call, uid};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, crypto::aws_lc_rs, version};

use crate::peer::{Peer, Step};
use crate::process;
use crate::victim::{End, SECRET, TOKEN, Victim};

/// The file with the one root that the client of this process accepts.
const ROOTS: &str = "SSL_CERT_FILE";
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Makes certificates.
struct Authority(CertifiedIssuer<'static, KeyPair>);

/// What is wrong with a certificate; nothing by default.
struct Wanted {
    name: &'static str,
    from: SystemTime,
    until: SystemTime,
    usage: ExtendedKeyUsagePurpose,
}

impl Default for Wanted {
    fn default() -> Self {
        let now = SystemTime::now();
        Self { name: "localhost", from: now - DAY, until: now + DAY, usage: ExtendedKeyUsagePurpose::ServerAuth }
    }
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().expect("a key");
        Self(CertifiedIssuer::self_signed(params, key).expect("a certificate"))
    }

    /// A server with such a certificate, signed by this authority.
    fn server(&self, wanted: Wanted) -> TlsAcceptor {
        let key = KeyPair::generate().expect("a key");
        let certificate = params(wanted).signed_by(&key, &self.0).expect("a certificate");
        acceptor(certificate.der().clone(), &key)
    }
}

fn params(wanted: Wanted) -> CertificateParams {
    let mut params = CertificateParams::new(vec![wanted.name.to_owned()]).expect("a name");
    (params.not_before, params.not_after) = (wanted.from.into(), wanted.until.into());
    params.extended_key_usages = vec![wanted.usage];
    params
}

fn self_signed() -> TlsAcceptor {
    let key = KeyPair::generate().expect("a key");
    let certificate = params(Wanted::default()).self_signed(&key).expect("a certificate");
    acceptor(certificate.der().clone(), &key)
}

fn acceptor(certificate: CertificateDer<'static>, key: &KeyPair) -> TlsAcceptor {
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&version::TLS13])
        .expect("a version")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("a certificate and its key");
    TlsAcceptor::from(Arc::new(config))
}

/// Inside, makes the root of this process. Outside, runs the test of this name inside and gives nothing.
fn root(test: &str) -> Option<Authority> {
    if process::is_inside() {
        let root = Authority::new("A root of this test");
        let file = std::env::var_os(ROOTS).expect("the name of a file");
        std::fs::write(Path::new(&file), root.0.pem()).expect("written");
        return Some(root);
    }
    let directory = tempfile::tempdir().expect("a directory");
    let mut inside = process::inside(test);
    inside.env(ROOTS, directory.path().join("root.pem")).env_remove("SSL_CERT_DIR");
    // What goes through a proxy says nothing about certificates.
    for name in ["http_proxy", "https_proxy", "all_proxy"] {
        inside.env_remove(name).env_remove(name.to_ascii_uppercase());
    }
    process::passes(&mut inside);
    None
}

fn ok() -> Vec<Step> {
    // Good for both victims.
    let body = r#"{"results": [], "uid": "u-1", "access_token": "t", "expires_in": 86399}"#;
    vec![Step::Request, Step::Send(format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into())]
}

/// What both victims make of a peer on https whose connections are not accepted.
async fn is_refused(name: &str, peer: impl Fn() -> Peer, passes: bool, hint: &str) {
    for (victim, verb) in
        [(Victim::Service, Verb::List), (Victim::Service, Verb::Create), (Victim::TokenHost, Verb::List)]
    {
        let (peer, bystander) = (peer(), Peer::bystander());
        let builder = victim.builder_at(&format!("https://localhost:{}", peer.port()), &bystander.root());
        let builder = builder.surroundings(Arc::new(ajo_auth::Simulated::new(7)));
        let client = builder.timeout(Duration::from_secs(10)).build().expect("a client");
        let error = call(&client, Operation::find(Api::Capping, verb).expect("an operation"), &uid("u-1"))
            .await
            .expect_err(name);
        victim.judge(name, &error, End::Connect);
        let attempts = if passes { 3 } else { 1 };
        assert_eq!((error.attempts(), error.is_retryable()), (attempts, passes), "{name}, {victim:?}: {error}");
        assert!(error.hint().expect("a hint").contains(hint), "{name}, {victim:?}: {error}: {:?}", error.hint());
        assert!(peer.is_left_alone().await, "{name}, {victim:?}");
        assert_eq!(peer.connections(), attempts as usize, "{name}, {victim:?}");
        let received = peer.received();
        let secret = [TOKEN, SECRET, "HTTP", "endpointConfigs"].into_iter().find(|text| received.contains(text));
        assert_eq!((secret, bystander.connections()), (None, 0), "{name}, {victim:?}: {received}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_of_a_known_root_for_this_name_and_day_is_accepted() {
    let Some(root) = root("tls::a_certificate_of_a_known_root_for_this_name_and_day_is_accepted") else { return };
    for verb in [Verb::List, Verb::Create] {
        let service = Peer::tls(root.server(Wanted::default()), ok());
        let host = Peer::tls(root.server(Wanted::default()), ok());
        let [service_root, host_root] = [&service, &host].map(|peer| format!("https://localhost:{}", peer.port()));
        let client = Victim::TokenHost.builder_at(&host_root, &service_root).build().expect("a client");
        call(&client, Operation::find(Api::Capping, verb).expect("an operation"), &uid("u-1")).await.expect("accepted");
        assert_eq!((host.requests(), service.requests()), (1, 1));
        assert!(host.received().contains(SECRET) && service.received().contains("Bearer t\r\n"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_other_certificate_ends_the_call_before_a_byte_of_it_is_sent() {
    let Some(root) = root("tls::any_other_certificate_ends_the_call_before_a_byte_of_it_is_sent") else { return };
    let (now, usage) = (SystemTime::now(), ExtendedKeyUsagePurpose::ClientAuth);
    let other = Authority::new("Another root");
    // Of the same name as the root, which is how a client looks one up.
    let namesake = Authority::new("A root of this test");
    for (name, acceptor) in [
        ("is for another name", root.server(Wanted { name: "elsewhere.example", ..Wanted::default() })),
        ("is for a name below", root.server(Wanted { name: "*.localhost", ..Wanted::default() })),
        ("is for an address", root.server(Wanted { name: "127.0.0.1", ..Wanted::default() })),
        ("is expired", root.server(Wanted { from: now - 2 * DAY, until: now - DAY, ..Wanted::default() })),
        ("is not valid yet", root.server(Wanted { from: now + DAY, until: now + 2 * DAY, ..Wanted::default() })),
        ("is for clients", root.server(Wanted { usage, ..Wanted::default() })),
        ("has an unknown root", other.server(Wanted::default())),
        ("has a root of the same name", namesake.server(Wanted::default())),
        ("is self-signed", self_signed()),
    ] {
        is_refused(name, || Peer::tls(acceptor.clone(), ok()), false, "certificate").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_that_fails_at_tls_is_no_connection_and_sees_nothing() {
    let Some(_root) = root("tls::a_peer_that_fails_at_tls_is_no_connection_and_sees_nothing") else { return };
    // A fatal alert of TLS (RFC 8446, section 6): handshake_failure.
    let alert = || Step::Send(vec![0x15, 3, 3, 0, 2, 2, 40]);
    let redirect =
        || Step::Send(b"HTTP/1.1 301 Moved\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n".to_vec());
    for (name, script) in [
        ("closes during the handshake", vec![]),
        ("sends a fatal alert", vec![alert()]),
        ("speaks plain HTTP", vec![redirect()]),
        ("sends garbage in a record", vec![Step::Send([[0x16, 3, 3, 0, 40].as_slice(), &[0xff; 40]].concat())]),
    ] {
        is_refused(name, || Peer::new(script.clone()), true, "this machine can reach it").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handshake_that_never_ends_is_left_in_time() {
    let Some(_root) = root("tls::a_handshake_that_never_ends_is_left_in_time") else { return };
    let wait = Duration::from_millis(200);
    for victim in [Victim::Service, Victim::TokenHost] {
        let (peer, bystander) = (Peer::bystander(), Peer::bystander());
        let builder = victim.builder_at(&format!("https://localhost:{}", peer.port()), &bystander.root());
        let client = builder.deadline(wait).build().expect("a client");
        let error = client.capping().list().await.expect_err("no handshake");
        victim.judge("never answers a handshake", &error, End::Timeout);
        assert!((wait..Duration::from_secs(5)).contains(&error.elapsed()), "{error:?}");
        assert_eq!((error.attempts(), bystander.connections()), (1, 0), "{victim:?}");
        assert!(!peer.received().contains("HTTP"), "{victim:?}");
    }
}
