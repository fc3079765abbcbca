//! What a body costs in memory, whatever its JSON is made of. On Linux only, which tells a process its peak.

use ajo_core::{Api, Operation, Verb};
use ajo_tests::{call, uid};

use crate::peer::{Peer, Step};
use crate::process;
use crate::victim::{End, Victim};

/// The most memory that this process has had, in KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("the state of this process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

/// What is sent again and again: small values, which take the most memory for their length.
const VALUES: &str = "[],{},0,\"\",";

/// How much the peak grows, in KiB, while this victim is answered this status and a list without end.
async fn grows(victim: Victim, status: u16, end: End) -> u64 {
    let head = format!("HTTP/1.1 {status} S\r\nconnection: close\r\n\r\n{{\"error\":[");
    let script = vec![Step::Request, Step::Send(head.into()), Step::Endless(VALUES.repeat(5000).into())];
    let (peer, bystander) = (Peer::new(script), Peer::bystander());
    let client = victim.hasty(&peer, &bystander);
    let before = peak();
    let error = call(&client, Operation::find(Api::Capping, Verb::Create).expect("an operation"), &uid("u-1"))
        .await
        .expect_err("no end");
    victim.judge("lists without end", &error, end);
    peak() - before
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_costs_little_more_memory_than_is_read_of_it() {
    if !process::is_inside() {
        return process::passes(&mut process::inside("memory::an_answer_costs_little_more_memory_than_is_read_of_it"));
    }
    // In this order, because a peak never sinks.
    let host = grows(Victim::TokenHost, 200, End::Broken).await;
    let failure = grows(Victim::Service, 400, End::Refused(400)).await;
    let success = grows(Victim::Service, 200, End::Unreadable(200)).await;
    // 64 KiB, 1 MiB and 64 MiB are read; the first two get as much as the connections and the runtime may need.
    let bounds = [16 << 10, 16 << 10, 160 << 10];
    let found = [host, failure, success];
    assert!(found.iter().zip(bounds).all(|(found, bound)| *found < bound), "{found:?} KiB");
}

/// How much the peak grows, in KiB, while a list is answered this status and 20 MB: this, these parts, and that.
async fn grows_by_parts(status: u16, [start, part, last]: [&str; 3], end: End) -> u64 {
    let body = part.repeat(20_000_000 / part.len()) + last;
    let head = format!("HTTP/1.1 {status} S\r\ncontent-length: {}\r\n\r\n{start}", start.len() + body.len());
    let (peer, before) = (Peer::new(vec![Step::Request, Step::Send(head.into()), Step::Send(body.into())]), peak());
    let error = Victim::Service.hasty(&peer, &peer).capping().list().await.expect_err("too many parts");
    Victim::Service.judge(part, &error, end);
    peak() - before
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_whole_answer_of_small_parts_costs_little_more_memory_than_its_length() {
    let name = "memory::a_whole_answer_of_small_parts_costs_little_more_memory_than_its_length";
    if !process::is_inside() {
        return process::passes(&mut process::inside(name));
    }
    // The peer has the 20 MB, too, and the client while it reads may have them twice.
    let bound = 100 << 10;
    let found = [
        grows_by_parts(400, [r#"{"error": ["#, "[],", "[]]}"], End::Refused(400)).await,
        grows_by_parts(200, [r#"{"results": ["#, r#"{"uid":"a"},"#, r#"{"uid":"a"}]}"#], End::Unreadable(200)).await,
        grows_by_parts(200, [r#"{"results": [{"uid": "a", "methods": ["#, r#""","#, r#"""]}]}"#], End::Unreadable(200))
            .await,
    ];
    assert!(found.iter().all(|found| *found < bound), "{found:?} KiB");
}

#[tokio::test]
async fn a_list_of_ten_thousand_configurations_is_read() {
    let one = r#"{"uid": "u-1", "state": "deployed", "url": "https://api.example.org/data/*", "methods": ["GET", "POST"],
        "services": {"dataSource": {"maxHttpConnections": 50, "rating": {"maxCallsCount": 500, "periodInMs": 1000}},
        "action": {"maxHttpConnections": 50, "rating": {"maxCallsCount": 500, "periodInMs": 1000}}},
        "orgId": "A1@AdobeOrg", "sandboxName": "prod", "metadata": {"createdBy": "a", "lastModifiedBy": "b"}}"#;
    let body = format!(r#"{{"results": [{}]}}"#, vec![one; 10_000].join(","));
    let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let peer = Peer::new(vec![Step::Request, Step::Send(answer.into())]);
    let list = Victim::Service.hasty(&peer, &peer).capping().list().await.expect("a list");
    assert_eq!(list.len(), 10_000);
}
