//! The memory that a response body takes, for any JSON. Linux only, because it reads the peak memory from `/proc`.

use ajo_core::{Api, Operation, Verb};
use ajo_tests::{run_operation, uid};

use crate::attack_target::{AttackTarget, ExpectedError};
use crate::child_process;
use crate::scripted_peer::{PeerStep, ScriptedPeer};

/// The peak memory of this process in KiB.
fn peak_memory_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("the state of this process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

/// Small values, which take the most memory for their length.
const SMALL_VALUES: &str = "[],{},0,\"\",";

/// The growth of the peak in KiB while the peer sends this status and an endless list.
async fn memory_growth_kib(target: AttackTarget, status: u16, expected: ExpectedError) -> u64 {
    let head = format!("HTTP/1.1 {status} S\r\nconnection: close\r\n\r\n{{\"error\":[");
    let script =
        vec![PeerStep::ReadRequest, PeerStep::Send(head.into()), PeerStep::Endless(SMALL_VALUES.repeat(5000).into())];
    let (peer, bystander) = (ScriptedPeer::new(script), ScriptedPeer::silent());
    let client = target.client_without_delays(&peer, &bystander);
    let before = peak_memory_kib();
    let error = run_operation(&client, Operation::find(Api::Capping, Verb::Create).expect("an operation"), &uid("u-1"))
        .await
        .expect_err("an endless body");
    target.assert_error("sends an endless list", &error, expected);
    peak_memory_kib() - before
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn endless_body_takes_bounded_memory() {
    if !child_process::is_child() {
        return child_process::assert_passes(&mut child_process::child_command(
            "memory::endless_body_takes_bounded_memory",
        ));
    }
    // From small to large, because the peak never decreases.
    let token_endpoint = memory_growth_kib(AttackTarget::TokenEndpoint, 200, ExpectedError::Disconnected).await;
    let error = memory_growth_kib(AttackTarget::Service, 400, ExpectedError::ErrorStatus(400)).await;
    let success = memory_growth_kib(AttackTarget::Service, 200, ExpectedError::Decode(200)).await;
    // The client reads 64 KiB, 1 MiB, and 64 MiB. The first two bounds leave room for the connections and the runtime.
    let bounds = [16 << 10, 16 << 10, 160 << 10];
    let growth = [token_endpoint, error, success];
    assert!(growth.iter().zip(bounds).all(|(growth, bound)| *growth < bound), "{growth:?} KiB");
}

/// The growth of the peak in KiB while the peer sends this status and 20 MB: a start, repeated parts, and an end.
async fn memory_growth_in_parts_kib(status: u16, [start, part, last]: [&str; 3], expected: ExpectedError) -> u64 {
    let body = part.repeat(20_000_000 / part.len()) + last;
    let head = format!("HTTP/1.1 {status} S\r\ncontent-length: {}\r\n\r\n{start}", start.len() + body.len());
    let (peer, before) = (
        ScriptedPeer::new(vec![PeerStep::ReadRequest, PeerStep::Send(head.into()), PeerStep::Send(body.into())]),
        peak_memory_kib(),
    );
    let error =
        AttackTarget::Service.client_without_delays(&peer, &peer).capping().list().await.expect_err("too many parts");
    AttackTarget::Service.assert_error(part, &error, expected);
    peak_memory_kib() - before
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_small_values_take_bounded_memory() {
    let name = "memory::many_small_values_take_bounded_memory";
    if !child_process::is_child() {
        return child_process::assert_passes(&mut child_process::child_command(name));
    }
    // The peer stores the 20 MB too, and the client may hold them twice while reading.
    let bound = 100 << 10;
    let growth = [
        memory_growth_in_parts_kib(400, [r#"{"error": ["#, "[],", "[]]}"], ExpectedError::ErrorStatus(400)).await,
        memory_growth_in_parts_kib(
            200,
            [r#"{"results": ["#, r#"{"uid":"a"},"#, r#"{"uid":"a"}]}"#],
            ExpectedError::Decode(200),
        )
        .await,
        memory_growth_in_parts_kib(
            200,
            [r#"{"results": [{"uid": "a", "methods": ["#, r#""","#, r#"""]}]}"#],
            ExpectedError::Decode(200),
        )
        .await,
    ];
    assert!(growth.iter().all(|growth| *growth < bound), "{growth:?} KiB");
}

#[tokio::test]
async fn list_of_10_000_configs_is_parsed() {
    let config = r#"{"uid": "u-1", "state": "deployed", "url": "https://api.example.org/data/*", "methods": ["GET", "POST"],
        "services": {"dataSource": {"maxHttpConnections": 50, "rating": {"maxCallsCount": 500, "periodInMs": 1000}},
        "action": {"maxHttpConnections": 50, "rating": {"maxCallsCount": 500, "periodInMs": 1000}}},
        "orgId": "A1@AdobeOrg", "sandboxName": "prod", "metadata": {"createdBy": "a", "lastModifiedBy": "b"}}"#;
    let body = format!(r#"{{"results": [{}]}}"#, vec![config; 10_000].join(","));
    let response = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let peer = ScriptedPeer::new(vec![PeerStep::ReadRequest, PeerStep::Send(response.into())]);
    let list = AttackTarget::Service.client_without_delays(&peer, &peer).capping().list().await.expect("a list");
    assert_eq!(list.len(), 10_000);
}
