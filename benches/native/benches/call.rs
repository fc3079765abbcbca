//! A call compared with the same call hand-written, and a cached token, by criterion: `cargo bench -p ajo-bench` shows how each
//! differs from the previous run. Budgets are measured by `cargo xtask bench`, where both contestants take turns.

use std::hint::black_box;
use std::time::Duration;

use ajo_bench::{Canned, HandWritten, ajo_client, tokens};
use ajo_core::Uid;
use criterion::{Criterion, criterion_group, criterion_main};

const CONFIGS: usize = 100;

fn calls(criterion: &mut Criterion) {
    let server = Canned::start(CONFIGS, Duration::ZERO).address;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (ours, hand_written, tokens) =
        runtime.block_on(async { (ajo_client(server), HandWritten::new(server), tokens(server)) });
    let uid: Uid = "7f9d3a0c-6a1e-4a63-9d43-9b2f4a5f6f10".parse().expect("a uid");

    let mut group = criterion.benchmark_group("get");
    group.bench_function("ajo-core", |bencher| {
        bencher.iter(|| runtime.block_on(async { ours.capping().get(black_box(&uid)).await }).expect("a response"));
    });
    group.bench_function("hand-written", |bencher| {
        bencher.iter(|| runtime.block_on(hand_written.get(black_box(&uid))).expect("a response"));
    });
    group.finish();

    let mut group = criterion.benchmark_group("list of 100");
    group.bench_function("ajo-core", |bencher| {
        bencher.iter(|| runtime.block_on(async { ours.capping().list().await }).expect("a response"));
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
