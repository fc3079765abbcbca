//! A call beside the same by hand, and a token that is there, by criterion: `cargo bench -p ajo-bench` says how each differs from
//! the run before. What is promised is measured by `cargo xtask bench`, where both sides take turns.

use std::hint::black_box;
use std::time::Duration;

use ajo_bench::{ByHand, Canned, ours, tokens};
use ajo_core::Uid;
use criterion::{Criterion, criterion_group, criterion_main};

const CONFIGS: usize = 100;

fn calls(criterion: &mut Criterion) {
    let server = Canned::start(CONFIGS, Duration::ZERO).address;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (ours, by_hand, tokens) = runtime.block_on(async { (ours(server), ByHand::new(server), tokens(server)) });
    let uid: Uid = "7f9d3a0c-6a1e-4a63-9d43-9b2f4a5f6f10".parse().expect("a uid");

    let mut group = criterion.benchmark_group("get");
    group.bench_function("ajo-core", |bencher| {
        bencher.iter(|| runtime.block_on(async { ours.capping().get(black_box(&uid)).await }).expect("an answer"));
    });
    group.bench_function("by hand", |bencher| {
        bencher.iter(|| runtime.block_on(by_hand.get(black_box(&uid))).expect("an answer"));
    });
    group.finish();

    let mut group = criterion.benchmark_group("list of 100");
    group.bench_function("ajo-core", |bencher| {
        bencher.iter(|| runtime.block_on(async { ours.capping().list().await }).expect("an answer"));
    });
    group.bench_function("by hand", |bencher| {
        bencher.iter(|| runtime.block_on(by_hand.list()).expect("an answer"));
    });
    group.finish();

    criterion.bench_function("cached token", |bencher| {
        bencher.iter(|| runtime.block_on(tokens.token()).expect("a token"));
    });
}

criterion_group!(benches, calls);
criterion_main!(benches);
