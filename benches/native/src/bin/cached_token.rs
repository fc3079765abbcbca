//! Measures reads of a cached token with `TokenProvider::token`:
//!
//! ```text
//! cached_token measure    CPU time with 1 and 64 threads, and CPU time of the parts that every token cache needs
//! cached_token count      allocations
//! ```

use std::hint::black_box;
use std::pin::pin;
use std::sync::{Arc, Mutex, RwLock};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, SystemTime};

use ajo_auth::{TokenProvider, current_timestamp};
use ajo_bench::{ACCESS_TOKEN, CannedServer, PairedRounds, cpu_time, median, print_figure, token_provider};

const ROUNDS: usize = 5;
/// Enough reads that starting 64 threads does not matter.
const READS: u32 = 1_000_000;
/// More threads than cores, as in a busy service.
const THREADS: u32 = 64;

fn main() {
    let server = CannedServer::start(1, Duration::ZERO);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let tokens = token_provider(server.address);
    runtime.block_on(tokens.token()).expect("a token");
    match std::env::args().nth(1).as_deref() {
        Some("measure") => measure(&tokens),
        Some("count") => {
            let info = allocation_counter::measure(|| (0..READS).for_each(|_| read_token(&tokens)));
            #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
            let each = info.count_total as f64 / f64::from(READS);
            print_figure("cached token: allocations", each, "", None);
        }
        _ => panic!("cached_token measure | cached_token count"),
    }
}

fn measure(tokens: &TokenProvider) {
    let end = SystemTime::now() + Duration::from_secs(86_000);
    let shared = Mutex::new((Arc::<str>::from(ACCESS_TOKEN.trim()), end));
    let copied = Mutex::new((ACCESS_TOKEN.trim().to_owned(), end));
    for (name, threads) in [("1 thread", 1), ("64 threads", THREADS)] {
        let nanos = |seconds: f64| seconds * 1e9 / f64::from(READS / threads * threads);
        let subject = || || read_in_threads(threads, &|| read_token(tokens));
        let paired =
            PairedRounds::run(ROUNDS, subject, || || read_in_threads(threads, &|| read_hand_written_cache(&shared)));
        print_figure(name, nanos(paired.cpu_times().0), "ns", Some(paired.cpu_ratio()));
        print_figure(&format!("{name}, hand-written, shared"), nanos(paired.cpu_times().1), "ns", None);
        let paired =
            PairedRounds::run(ROUNDS, subject, || || read_in_threads(threads, &|| read_hand_written_cache(&copied)));
        print_figure(
            &format!("{name}, compared with a copy"),
            nanos(paired.cpu_times().0),
            "ns",
            Some(paired.cpu_ratio()),
        );
        print_figure(&format!("{name}, hand-written, copied"), nanos(paired.cpu_times().1), "ns", None);
    }
    let (lock, shared) = (RwLock::new(()), Arc::new(()));
    measure_part("the system clock", || {
        black_box(SystemTime::now());
    });
    measure_part("the clock in milliseconds", || {
        black_box(current_timestamp());
    });
    measure_part("a read lock", || drop(black_box(lock.read().expect("no panic"))));
    measure_part("cloning and dropping an Arc", || drop(black_box(shared.clone())));
}

/// Measures a part of a read.
fn measure_part(name: &str, part: impl Fn()) {
    let round = || {
        let before = cpu_time();
        (0..READS).for_each(|_| part());
        cpu_time().saturating_sub(before).as_secs_f64() * 1e9 / f64::from(READS)
    };
    print_figure(&format!("1 thread, of it {name}"), median((0..ROUNDS).map(|_| round())), "ns", None);
}

/// Reads the cached token. Needs no runtime.
fn read_token(tokens: &TokenProvider) {
    let token = pin!(tokens.token());
    match token.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(token) => drop(black_box(token.expect("a token"))),
        Poll::Pending => panic!("the token is cached"),
    }
}

/// A hand-written cache: the token and its expiry behind a lock. A reader gets a copy (`String`) or a shared token (`Arc<str>`).
fn read_hand_written_cache<T: Clone>(cached: &Mutex<(T, SystemTime)>) {
    let cached = cached.lock().expect("no panic");
    assert!(SystemTime::now() < cached.1, "it has not expired");
    black_box(cached.0.clone());
}

/// Divides `READS` reads among threads that run in parallel.
fn read_in_threads(threads: u32, read: &(impl Fn() + Sync)) {
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| (0..READS / threads).for_each(|_| read()));
        }
    });
}
