//! Criterion benchmarks of a call, of the same hand-written call, and of a cached token. `cargo bench -p ajo-bench` compares them with
//! the previous run. `cargo xtask bench` measures the budgets, where both clients take turns.

use std::hint::black_box;
use std::time::Duration;

use ajo_bench::{CannedServer, HandWrittenClient, ajo_client, token_provider};
use ajo_core::Uid;
use criterion::{Criterion, criterion_group, criterion_main};

const CONFIGS: usize = 100;

fn calls(criterion: &mut Criterion) {
    let server = CannedServer::start(CONFIGS, Duration::ZERO).address;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (client, hand_written, tokens) =
        runtime.block_on(async { (ajo_client(server), HandWrittenClient::new(server), token_provider(server)) });
    let uid: Uid = "7f9d3a0c-6a1e-4a63-9d43-9b2f4a5f6f10".parse().expect("a uid");

    let mut group = criterion.benchmark_group("get");
    group.bench_function("ajo-core", |bencher| {
        bencher.iter(|| runtime.block_on(async { client.capping().get(black_box(&uid)).await }).expect("a response"));
    });
    group.bench_function("hand-written", |bencher| {
        bencher.iter(|| runtime.block_on(hand_written.get(black_box(&uid))).expect("a response"));
    });
    group.finish();

    let mut group = criterion.benchmark_group("list of 100");
    group.bench_function("ajo-core", |bencher| {
        bencher.iter(|| runtime.block_on(async { client.capping().list().await }).expect("a response"));
    });
    group.bench_function("hand-written", |bencher| {
        bencher.iter(|| runtime.block_on(hand_written.list()).expect("a response"));
    });
    group.finish();

    criterion.bench_function("cached token", |bencher| {
        bencher.iter(|| runtime.block_on(tokens.token()).expect("a token"));
    });
}

criterion_group!(benches, calls);
criterion_main!(benches);
