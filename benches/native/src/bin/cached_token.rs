//! What a token costs that is there already: CPU time and allocations of `TokenProvider::token`, with one thread and with 64.

use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use ajo_auth::TokenProvider;
use ajo_bench::{Canned, cpu, median, say, tokens};

const ROUNDS: u32 = 9;
/// Enough for starting 64 threads not to count.
const READS: u32 = 1_000_000;
/// More than a machine has cores, as a busy service may. Chosen in the issue.
const THREADS: u32 = 64;

fn main() {
    let server = Canned::start(1, Duration::ZERO);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let tokens = tokens(server.address);
    runtime.block_on(tokens.token()).expect("a token");

    let alone = (0..ROUNDS).map(|_| {
        let before = cpu();
        (0..READS).for_each(|_| read(&tokens));
        nanos(before, READS)
    });
    say("1 thread", median(alone), "ns", None);
    let together = (0..ROUNDS).map(|_| together(&tokens));
    say("64 threads", median(together), "ns", None);
    let counted = allocation_counter::measure(|| (0..READS).for_each(|_| read(&tokens)));
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    say("allocations", counted.count_total as f64 / f64::from(READS), "", None);
}

/// Takes the token that is there; no runtime is needed for it.
fn read(tokens: &TokenProvider) {
    let token = pin!(tokens.token());
    match token.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(granted) => drop(black_box(granted.expect("a token"))),
        Poll::Pending => panic!("the token is there"),
    }
}

/// CPU time of a read when 64 threads read at the same time, that of their waiting for each other with it.
fn together(tokens: &TokenProvider) -> f64 {
    let reads = READS / THREADS;
    let before = cpu();
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| (0..reads).for_each(|_| read(tokens)));
        }
    });
    nanos(before, reads * THREADS)
}

fn nanos(before: Duration, reads: u32) -> f64 {
    (cpu() - before).as_secs_f64() * 1e9 / f64::from(reads)
}
