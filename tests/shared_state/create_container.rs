//! Creates containers in azurite. Unlike moto, it verifies signatures.

use std::net::SocketAddr;
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::http_request::put;

/// Azurite's account and its key, which are public: <https://learn.microsoft.com/azure/storage/common/storage-connect-azurite>.
const ACCOUNT: &str = "devstoreaccount1";
const KEY: &str = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
const VERSION: &str = "2025-05-05";

/// Creates a container. Source of the signature: <https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key>.
pub(crate) fn create_container(server: SocketAddr, container: &str) {
    let date = httpdate::fmt_http_date(SystemTime::now());
    // The method, eleven empty headers, the headers `x-ms-*`, and the resource. The account is also a part of azurite's paths.
    let signed = format!(
        "PUT{}x-ms-date:{date}\nx-ms-version:{VERSION}\n/{ACCOUNT}/{ACCOUNT}/{container}\nrestype:container",
        "\n".repeat(12)
    );
    let key = BASE64.decode(KEY).expect("a key");
    let mut signature = Hmac::<Sha256>::new_from_slice(&key).expect("any length is a key");
    signature.update(signed.as_bytes());
    let signature = BASE64.encode(signature.finalize().into_bytes());
    let authorization = format!("SharedKey {ACCOUNT}:{signature}");
    let headers = [("x-ms-date", date.as_str()), ("x-ms-version", VERSION), ("Authorization", &authorization)];
    put(server, &format!("/{ACCOUNT}/{container}?restype=container"), &headers);
}
