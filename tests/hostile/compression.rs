//! Compression is off: none is asked for, and what comes compressed all the same is not inflated, so there are no bombs.

use ajo_core::{Api, Operation, Verb};
use ajo_tests::{call, uid};

use crate::peer::{Peer, Step};
use crate::victim::{End, Victim};

/// A gzip file (RFC 1952) with the data in one stored block (RFC 1951): a client that inflates finds exactly the data.
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
fn the_compressed_body_is_one_that_gzip_can_read() {
    // The check value of this CRC in the literature is that of the digits from 1 to 9.
    let file = gzip(b"123456789");
    assert_eq!(file[file.len() - 8..], [0x26, 0x39, 0xf4, 0xcb, 9, 0, 0, 0]);
}

#[tokio::test]
async fn a_compressed_answer_is_an_error_and_is_not_inflated() {
    // Inflated, it would be a good answer to each of the three.
    let json = br#"{"results": [], "uid": "u-1", "access_token": "t", "expires_in": 86399}"#;
    for encoding in ["gzip", "x-gzip", "GZIP", "gzip, gzip", "deflate", "br", "zstd"] {
        let body = gzip(json);
        let head = format!("HTTP/1.1 200 OK\r\ncontent-encoding: {encoding}\r\ncontent-length: {}\r\n\r\n", body.len());
        let answer = [head.as_bytes(), &body].concat();
        for victim in [Victim::Service, Victim::TokenHost] {
            let (peer, bystander) = (Peer::new(vec![Step::Request, Step::Send(answer.clone())]), Peer::bystander());
            let client = victim.hasty(&peer, &bystander);
            for verb in [Verb::List, Verb::Create, Verb::Deploy] {
                let error = call(&client, Operation::find(Api::Capping, verb).expect("an operation"), &uid("u-1"))
                    .await
                    .expect_err(encoding);
                victim.judge(encoding, &error, End::Unreadable(200));
                assert_eq!(error.attempts(), 1);
                if victim == Victim::Service {
                    assert!(error.to_string().contains("compressed"), "{error}");
                }
            }
            assert_eq!(bystander.connections(), 0, "no token was found in it");
            let received = peer.received().to_ascii_lowercase();
            assert!(
                received.contains(" http/1.1\r\n") && !received.contains("encoding"),
                "none is asked for: {received}"
            );
        }
    }
}

#[tokio::test]
async fn a_compressed_refusal_keeps_its_status() {
    let body = gzip(br#"{"error_code": "403025", "message": "inflated"}"#);
    let head = format!("HTTP/1.1 403 F\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n", body.len());
    for victim in [Victim::Service, Victim::TokenHost] {
        let script = vec![Step::Request, Step::Send([head.as_bytes(), &body].concat())];
        let (peer, bystander) = (Peer::new(script), Peer::bystander());
        let error = victim.hasty(&peer, &bystander).capping().list().await.expect_err("refused");
        victim.judge("refuses in gzip", &error, End::Refused(403));
        assert!(!error.to_string().contains("inflated"), "{error}");
    }
}
