//! The client requests no compression and never inflates a body, so decompression bombs have no effect.

use ajo_core::{Api, Operation, Verb};
use ajo_tests::{run_operation, uid};

use crate::attack_target::{AttackTarget, ExpectedError};
use crate::scripted_peer::{PeerStep, ScriptedPeer};

/// A gzip file (RFC 1952) with the data in one stored block (RFC 1951). Inflating it returns exactly the data.
fn gzip(data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).expect("one block");
    let crc = !data.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 * (crc & 1)))
    });
    let mut file = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1];
    for part in [&length.to_le_bytes()[..], &(!length).to_le_bytes(), data, &crc.to_le_bytes()] {
        file.extend_from_slice(part);
    }
    file.extend_from_slice(&u32::from(length).to_le_bytes());
    file
}

#[test]
fn gzip_helper_writes_valid_crc() {
    // The published check value of this CRC is for the string 123456789.
    let file = gzip(b"123456789");
    assert_eq!(file[file.len() - 8..], [0x26, 0x39, 0xf4, 0xcb, 9, 0, 0, 0]);
}

#[tokio::test]
async fn compressed_response_is_an_error() {
    // Inflated, it would be a valid response to all three operations.
    let json = br#"{"results": [], "uid": "u-1", "access_token": "t", "expires_in": 86399}"#;
    for encoding in ["gzip", "x-gzip", "GZIP", "gzip, gzip", "deflate", "br", "zstd"] {
        let body = gzip(json);
        let head = format!("HTTP/1.1 200 OK\r\ncontent-encoding: {encoding}\r\ncontent-length: {}\r\n\r\n", body.len());
        let response = [head.as_bytes(), &body].concat();
        for target in [AttackTarget::Service, AttackTarget::TokenEndpoint] {
            let (peer, bystander) = (
                ScriptedPeer::new(vec![PeerStep::ReadRequest, PeerStep::Send(response.clone())]),
                ScriptedPeer::silent(),
            );
            let client = target.client_without_delays(&peer, &bystander);
            for verb in [Verb::List, Verb::Create, Verb::Deploy] {
                let error =
                    run_operation(&client, Operation::find(Api::Capping, verb).expect("an operation"), &uid("u-1"))
                        .await
                        .expect_err(encoding);
                target.assert_error(encoding, &error, ExpectedError::Decode(200));
                assert_eq!(error.attempts(), 1);
                if target == AttackTarget::Service {
                    assert!(error.to_string().contains("compressed"), "{error}");
                }
            }
            assert_eq!(bystander.connections(), 0, "no token was parsed from it");
            let received = peer.received().to_ascii_lowercase();
            assert!(
                received.contains(" http/1.1\r\n") && !received.contains("encoding"),
                "no compression is requested: {received}"
            );
        }
    }
}

#[tokio::test]
async fn compressed_error_response_keeps_status() {
    let body = gzip(br#"{"error_code": "403025", "message": "inflated"}"#);
    let head = format!("HTTP/1.1 403 F\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n", body.len());
    for target in [AttackTarget::Service, AttackTarget::TokenEndpoint] {
        let script = vec![PeerStep::ReadRequest, PeerStep::Send([head.as_bytes(), &body].concat())];
        let (peer, bystander) = (ScriptedPeer::new(script), ScriptedPeer::silent());
        let error = target.client_without_delays(&peer, &bystander).capping().list().await.expect_err("an error");
        target.assert_error("sends a compressed error", &error, ExpectedError::ErrorStatus(403));
        assert!(!error.to_string().contains("inflated"), "{error}");
    }
}
