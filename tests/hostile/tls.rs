//! Invalid certificates, and peers that fail during the TLS handshake. Linux only, where `SSL_CERT_FILE` replaces the client's root
//! certificates.
//!
//! A test cannot change its own environment, so each test reruns in a child process, which creates the root certificate.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use ajo_core::{Api, Operation, Verb};
use ajo_tests::{run_operation, uid};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, crypto::aws_lc_rs, version};

use crate::attack_target::{AttackTarget, ExpectedError, SECRET, TOKEN};
use crate::child_process;
use crate::scripted_peer::{PeerStep, ScriptedPeer};

/// Names the file with the only root certificate that the client accepts.
const ROOTS_VARIABLE: &str = "SSL_CERT_FILE";
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Issues certificates.
struct CertificateAuthority(CertifiedIssuer<'static, KeyPair>);

/// The properties of a certificate. The default is valid.
struct CertificateOptions {
    name: &'static str,
    from: SystemTime,
    until: SystemTime,
    usage: ExtendedKeyUsagePurpose,
}

impl Default for CertificateOptions {
    fn default() -> Self {
        let now = SystemTime::now();
        Self { name: "localhost", from: now - DAY, until: now + DAY, usage: ExtendedKeyUsagePurpose::ServerAuth }
    }
}

impl CertificateAuthority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().expect("a key");
        Self(CertifiedIssuer::self_signed(params, key).expect("a certificate"))
    }

    /// An acceptor with a certificate signed by this authority.
    fn issue_acceptor(&self, options: CertificateOptions) -> TlsAcceptor {
        let key = KeyPair::generate().expect("a key");
        let certificate = certificate_params(options).signed_by(&key, &self.0).expect("a certificate");
        build_acceptor(certificate.der().clone(), &key)
    }
}

fn certificate_params(options: CertificateOptions) -> CertificateParams {
    let mut params = CertificateParams::new(vec![options.name.to_owned()]).expect("a name");
    (params.not_before, params.not_after) = (options.from.into(), options.until.into());
    params.extended_key_usages = vec![options.usage];
    params
}

fn self_signed_acceptor() -> TlsAcceptor {
    let key = KeyPair::generate().expect("a key");
    let certificate = certificate_params(CertificateOptions::default()).self_signed(&key).expect("a certificate");
    build_acceptor(certificate.der().clone(), &key)
}

fn build_acceptor(certificate: CertificateDer<'static>, key: &KeyPair) -> TlsAcceptor {
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&version::TLS13])
        .expect("a version")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("a certificate and its key");
    TlsAcceptor::from(Arc::new(config))
}

/// In the child process, creates and returns the root certificate. In the parent, runs the test in a child process and returns `None`.
fn child_root(test: &str) -> Option<CertificateAuthority> {
    if child_process::is_child() {
        let root = CertificateAuthority::new("A root of this test");
        let file = std::env::var_os(ROOTS_VARIABLE).expect("the name of a file");
        std::fs::write(Path::new(&file), root.0.pem()).expect("written");
        return Some(root);
    }
    let directory = tempfile::tempdir().expect("a directory");
    let mut child = child_process::child_command(test);
    child.env(ROOTS_VARIABLE, directory.path().join("root.pem")).env_remove("SSL_CERT_DIR");
    // A proxy would make the test meaningless.
    for name in ["http_proxy", "https_proxy", "all_proxy"] {
        child.env_remove(name).env_remove(name.to_ascii_uppercase());
    }
    child_process::assert_passes(&mut child);
    None
}

fn success_script() -> Vec<PeerStep> {
    // Valid for both targets.
    let body = r#"{"results": [], "uid": "u-1", "access_token": "t", "expires_in": 86399}"#;
    vec![
        PeerStep::ReadRequest,
        PeerStep::Send(format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into()),
    ]
}

/// Asserts that both targets reject the TLS connection to a peer.
async fn assert_rejected(name: &str, peer: impl Fn() -> ScriptedPeer, is_retryable: bool, hint: &str) {
    for (target, verb) in [
        (AttackTarget::Service, Verb::List),
        (AttackTarget::Service, Verb::Create),
        (AttackTarget::TokenEndpoint, Verb::List),
    ] {
        let (peer, bystander) = (peer(), ScriptedPeer::silent());
        let builder = target.builder_for_roots(&format!("https://localhost:{}", peer.port()), &bystander.root());
        let builder = builder.runtime(Arc::new(ajo_auth::ManualRuntime::new(7)));
        let client = builder.timeout(Duration::from_secs(10)).build().expect("a client");
        let error = run_operation(&client, Operation::find(Api::Capping, verb).expect("an operation"), &uid("u-1"))
            .await
            .expect_err(name);
        target.assert_error(name, &error, ExpectedError::Connect);
        let attempts = if is_retryable { 3 } else { 1 };
        assert_eq!((error.attempts(), error.is_retryable()), (attempts, is_retryable), "{name}, {target:?}: {error}");
        assert!(error.hint().expect("a hint").contains(hint), "{name}, {target:?}: {error}: {:?}", error.hint());
        assert!(peer.all_connections_closed().await, "{name}, {target:?}");
        assert_eq!(peer.connections(), attempts as usize, "{name}, {target:?}");
        let received = peer.received();
        let secret = [TOKEN, SECRET, "HTTP", "endpointConfigs"].into_iter().find(|secret| received.contains(secret));
        assert_eq!((secret, bystander.connections()), (None, 0), "{name}, {target:?}: {received}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn valid_certificate_is_accepted() {
    let Some(root) = child_root("tls::valid_certificate_is_accepted") else { return };
    for verb in [Verb::List, Verb::Create] {
        let service = ScriptedPeer::tls(root.issue_acceptor(CertificateOptions::default()), success_script());
        let token_endpoint = ScriptedPeer::tls(root.issue_acceptor(CertificateOptions::default()), success_script());
        let [service_root, token_root] =
            [&service, &token_endpoint].map(|peer| format!("https://localhost:{}", peer.port()));
        let client =
            AttackTarget::TokenEndpoint.builder_for_roots(&token_root, &service_root).build().expect("a client");
        run_operation(&client, Operation::find(Api::Capping, verb).expect("an operation"), &uid("u-1"))
            .await
            .expect("accepted");
        assert_eq!((token_endpoint.requests(), service.requests()), (1, 1));
        assert!(token_endpoint.received().contains(SECRET) && service.received().contains("Bearer t\r\n"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invalid_certificates_are_rejected() {
    let Some(root) = child_root("tls::invalid_certificates_are_rejected") else { return };
    let (now, usage) = (SystemTime::now(), ExtendedKeyUsagePurpose::ClientAuth);
    let other = CertificateAuthority::new("Another root");
    // Clients look up a root by name, and this one has the name of the real root.
    let same_name = CertificateAuthority::new("A root of this test");
    for (name, acceptor) in [
        (
            "is for another name",
            root.issue_acceptor(CertificateOptions { name: "elsewhere.example", ..CertificateOptions::default() }),
        ),
        (
            "is for a subdomain",
            root.issue_acceptor(CertificateOptions { name: "*.localhost", ..CertificateOptions::default() }),
        ),
        (
            "is for an address",
            root.issue_acceptor(CertificateOptions { name: "127.0.0.1", ..CertificateOptions::default() }),
        ),
        (
            "is expired",
            root.issue_acceptor(CertificateOptions {
                from: now - 2 * DAY,
                until: now - DAY,
                ..CertificateOptions::default()
            }),
        ),
        (
            "is not valid yet",
            root.issue_acceptor(CertificateOptions {
                from: now + DAY,
                until: now + 2 * DAY,
                ..CertificateOptions::default()
            }),
        ),
        ("is for clients", root.issue_acceptor(CertificateOptions { usage, ..CertificateOptions::default() })),
        ("has an unknown root", other.issue_acceptor(CertificateOptions::default())),
        ("has a root of the same name", same_name.issue_acceptor(CertificateOptions::default())),
        ("is self-signed", self_signed_acceptor()),
    ] {
        assert_rejected(name, || ScriptedPeer::tls(acceptor.clone(), success_script()), false, "certificate").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failed_handshake_is_a_connect_error() {
    let Some(_root) = child_root("tls::failed_handshake_is_a_connect_error") else { return };
    // A fatal TLS alert (RFC 8446, section 6): handshake_failure.
    let alert = || PeerStep::Send(vec![0x15, 3, 3, 0, 2, 2, 40]);
    let redirect =
        || PeerStep::Send(b"HTTP/1.1 301 Moved\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n".to_vec());
    for (name, script) in [
        ("closes during the handshake", vec![]),
        ("sends a fatal alert", vec![alert()]),
        ("speaks plain HTTP", vec![redirect()]),
        ("sends garbage in a record", vec![PeerStep::Send([[0x16, 3, 3, 0, 40].as_slice(), &[0xff; 40]].concat())]),
    ] {
        assert_rejected(name, || ScriptedPeer::new(script.clone()), true, "this machine can reach it").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn endless_handshake_times_out() {
    let Some(_root) = child_root("tls::endless_handshake_times_out") else { return };
    let wait = Duration::from_millis(200);
    for target in [AttackTarget::Service, AttackTarget::TokenEndpoint] {
        let (peer, bystander) = (ScriptedPeer::silent(), ScriptedPeer::silent());
        let builder = target.builder_for_roots(&format!("https://localhost:{}", peer.port()), &bystander.root());
        let client = builder.deadline(wait).build().expect("a client");
        let error = client.capping().list().await.expect_err("no handshake");
        target.assert_error("never completes the handshake", &error, ExpectedError::Timeout);
        assert!((wait..Duration::from_secs(5)).contains(&error.elapsed()), "{error:?}");
        assert_eq!((error.attempts(), bystander.connections()), (1, 0), "{target:?}");
        assert!(!peer.received().contains("HTTP"), "{target:?}");
    }
}
