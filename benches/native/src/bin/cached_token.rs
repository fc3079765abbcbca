//! Reading a cached token with `TokenProvider::token`:
//!
//! ```text
//! cached_token measure    CPU time with one thread and with 64, and that of the parts no token cache can do without
//! cached_token count      allocations
//! ```

use std::hint::black_box;
use std::pin::pin;
use std::sync::{Arc, Mutex, RwLock};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, SystemTime};

use ajo_auth::{TokenProvider, now};
use ajo_bench::{Canned, GOOD_TOKEN, Paired, cpu, median, print_figure, tokens};

const ROUNDS: usize = 5;
/// Enough that the start of 64 threads does not matter.
const READS: u32 = 1_000_000;
/// More than a machine has cores, as in a busy service. The number is ours.
const THREADS: u32 = 64;

fn main() {
    let server = Canned::start(1, Duration::ZERO);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let tokens = tokens(server.address);
    runtime.block_on(tokens.token()).expect("a token");
    match std::env::args().nth(1).as_deref() {
        Some("measure") => measure(&tokens),
        Some("count") => {
            let counted = allocation_counter::measure(|| (0..READS).for_each(|_| read(&tokens)));
            #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
            let each = counted.count_total as f64 / f64::from(READS);
            print_figure("cached token: allocations", each, "", None);
        }
        _ => panic!("cached_token measure | cached_token count"),
    }
}

fn measure(tokens: &TokenProvider) {
    let end = SystemTime::now() + Duration::from_secs(86_000);
    let shared = Mutex::new((Arc::<str>::from(GOOD_TOKEN.trim()), end));
    let copied = Mutex::new((GOOD_TOKEN.trim().to_owned(), end));
    for (name, threads) in [("1 thread", 1), ("64 threads", THREADS)] {
        let nanos = |seconds: f64| seconds * 1e9 / f64::from(READS / threads * threads);
        let ours = || || read_together(threads, &|| read(tokens));
        let paired = Paired::run(ROUNDS, ours, || || read_together(threads, &|| read_hand_written(&shared)));
        print_figure(name, nanos(paired.cpus().0), "ns", Some(paired.cpu_ratio()));
        print_figure(&format!("{name}, hand-written, shared"), nanos(paired.cpus().1), "ns", None);
        let paired = Paired::run(ROUNDS, ours, || || read_together(threads, &|| read_hand_written(&copied)));
        print_figure(&format!("{name}, compared with a copy"), nanos(paired.cpus().0), "ns", Some(paired.cpu_ratio()));
        print_figure(&format!("{name}, hand-written, copied"), nanos(paired.cpus().1), "ns", None);
    }
    let (lock, shared) = (RwLock::new(()), Arc::new(()));
    measure_part("the system clock", || {
        black_box(SystemTime::now());
    });
    measure_part("the clock in milliseconds", || {
        black_box(now());
    });
    measure_part("a read lock", || drop(black_box(lock.read().expect("no panic"))));
    measure_part("cloning and dropping an Arc", || drop(black_box(shared.clone())));
}

/// Measures a part of a read.
fn measure_part(name: &str, part: impl Fn()) {
    let round = || {
        let before = cpu();
        (0..READS).for_each(|_| part());
        cpu().saturating_sub(before).as_secs_f64() * 1e9 / f64::from(READS)
    };
    print_figure(&format!("1 thread, of it {name}"), median((0..ROUNDS).map(|_| round())), "ns", None);
}

/// Reads the cached token; that needs no runtime.
fn read(tokens: &TokenProvider) {
    let token = pin!(tokens.token());
    match token.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(granted) => drop(black_box(granted.expect("a token"))),
        Poll::Pending => panic!("the token is cached"),
    }
}

/// A hand-written cache: the token and its expiry behind a lock; a reader gets a clone (`String`) or a share (`Arc<str>`).
fn read_hand_written<T: Clone>(cached: &Mutex<(T, SystemTime)>) {
    let cached = cached.lock().expect("no panic");
    assert!(SystemTime::now() < cached.1, "it has not expired");
    black_box(cached.0.clone());
}

/// `threads` threads read at the same time, together as often as one thread would alone.
fn read_together(threads: u32, read: &(impl Fn() + Sync)) {
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| (0..READS / threads).for_each(|_| read()));
        }
    });
}
