//! What a token costs that is there already: time and allocations of `TokenProvider::token`, with one thread and with 64.

use std::hint::black_box;
use std::pin::pin;
use std::sync::Barrier;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use ajo_auth::TokenProvider;
use ajo_bench::{Canned, median, say, tokens};

const ROUNDS: u32 = 40;
const READS: u32 = 100_000;
/// More than a machine has cores, as a busy service may. Chosen in the issue.
const THREADS: u32 = 64;

fn main() {
    let server = Canned::start(1, Duration::ZERO);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let tokens = tokens(server.address);
    runtime.block_on(tokens.token()).expect("a token");

    let alone = (0..ROUNDS).map(|_| {
        let began = Instant::now();
        (0..READS).for_each(|_| read(&tokens));
        began.elapsed().as_secs_f64() * 1e9 / f64::from(READS)
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

/// Nanoseconds of a core that a read takes when 64 threads read at the same time.
fn together(tokens: &TokenProvider) -> f64 {
    let cores = thread::available_parallelism().map_or(1, |cores| u32::try_from(cores.get()).unwrap_or(u32::MAX));
    let reads = READS / THREADS;
    let begin = Barrier::new(THREADS as usize + 1);
    let took = thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                begin.wait();
                (0..reads).for_each(|_| read(tokens));
            });
        }
        begin.wait();
        Instant::now()
    })
    .elapsed();
    took.as_secs_f64() * 1e9 * f64::from(cores.min(THREADS)) / f64::from(reads * THREADS)
}
