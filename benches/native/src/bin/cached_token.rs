//! What a token costs that is there already: CPU time and allocations of `TokenProvider::token`, with one thread and with 64; and what
//! the parts of it cost that no cache of a token can do without.

use std::hint::black_box;
use std::pin::pin;
use std::sync::{Arc, Mutex, RwLock};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, SystemTime};

use ajo_auth::{Timestamp, TokenProvider};
use ajo_bench::{Canned, GOOD_TOKEN, Paired, cpu, median, say, tokens};

const ROUNDS: usize = 9;
/// Enough for starting 64 threads not to count.
const READS: u32 = 1_000_000;
/// More than a machine has cores, as a busy service may. Chosen in the issue.
const THREADS: u32 = 64;

fn main() {
    let server = Canned::start(1, Duration::ZERO);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let tokens = tokens(server.address);
    runtime.block_on(tokens.token()).expect("a token");

    let end = SystemTime::now() + Duration::from_secs(86_000);
    let shared = Mutex::new((Arc::<str>::from(GOOD_TOKEN.trim()), end));
    let copied = Mutex::new((GOOD_TOKEN.trim().to_owned(), end));

    for (name, threads) in [("1 thread", 1), ("64 threads", THREADS)] {
        let nanos = |seconds: f64| seconds * 1e9 / f64::from(READS / threads * threads);
        let ours = || together(threads, &|| read(&tokens));
        let paired = Paired::run(ROUNDS, ours, || together(threads, &|| read_by_hand(&shared)));
        say(&format!("{name}, shared by hand"), nanos(paired.cpus().1), "ns", None);
        say(name, nanos(paired.cpus().0), "ns", Some(paired.cpu_ratio()));
        let paired = Paired::run(ROUNDS, ours, || together(threads, &|| read_by_hand(&copied)));
        say(&format!("{name}, copied by hand"), nanos(paired.cpus().1), "ns", None);
        say(&format!("{name}, beside a copy by hand"), nanos(paired.cpus().0), "ns", Some(paired.cpu_ratio()));
    }
    let (lock, shared) = (RwLock::new(()), Arc::new(()));
    part("the system's clock", || {
        black_box(SystemTime::now());
    });
    part("the clock in milliseconds", || {
        black_box(Timestamp::now());
    });
    part("a lock that readers share", || drop(black_box(lock.read().expect("no panic"))));
    part("an owner more and one less", || drop(black_box(shared.clone())));

    let counted = allocation_counter::measure(|| (0..READS).for_each(|_| read(&tokens)));
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    say("allocations", counted.count_total as f64 / f64::from(READS), "", None);
}

/// What something takes that a read consists of.
fn part(name: &str, what: impl Fn()) {
    let round = || {
        let before = cpu();
        (0..READS).for_each(|_| what());
        cpu().saturating_sub(before).as_secs_f64() * 1e9 / f64::from(READS)
    };
    say(&format!("1 thread, of it {name}"), median((0..ROUNDS).map(|_| round())), "ns", None);
}

/// Takes the token that is there; no runtime is needed for it.
fn read(tokens: &TokenProvider) {
    let token = pin!(tokens.token());
    match token.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(granted) => drop(black_box(granted.expect("a token"))),
        Poll::Pending => panic!("the token is there"),
    }
}

/// A token as people cache it by hand: the text and its end behind a lock, and for whoever asks a copy, or a share.
fn read_by_hand<T: Clone>(cached: &Mutex<(T, SystemTime)>) {
    let cached = cached.lock().expect("no panic");
    assert!(SystemTime::now() < cached.1, "it is good");
    black_box(cached.0.clone());
}

/// Lets so many threads read at the same time, all of them together as often as one would alone.
fn together(threads: u32, read: &(impl Fn() + Sync)) {
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| (0..READS / threads).for_each(|_| read()));
        }
    });
}
