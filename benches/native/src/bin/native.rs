//! Our typed call compared with the same call hand-written, against a server on loopback that returns canned bytes:
//!
//! ```text
//! native serve                            the server; prints its address
//! native measure ADDRESS                  time and CPU time of both contestants
//! native count ADDRESS                    allocations of both contestants
//! native call CONTESTANT CALLS ADDRESS    CALLS calls, for a profiler; CONTESTANT is `ajo-core`,
//!                                         `hand-written` or `hand-written-timeout`
//! ```
//!
//! The server is a separate process, so that its CPU time and instructions are not counted.

use std::hint::black_box;
use std::net::SocketAddr;
use std::time::Duration;

use ajo_bench::{Canned, HandWritten, Paired, ajo_client, print_figure};
use ajo_core::{Client, Uid};
use tokio::runtime::Runtime;

/// A list as long as a large organization's. The number is ours.
const CONFIGS: usize = 100;
/// Rounds of one run; `cargo xtask bench` makes five runs.
const ROUNDS: usize = 60;
const CALLS: u32 = 100;
const LISTS: u32 = 10;

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["serve"] => serve(),
        ["measure", address] => Bench::new(address).measure(),
        ["count", address] => Bench::new(address).count(),
        ["call", contestant, calls, address] => {
            Bench::new(address).call(contestant, calls.parse().expect("a number of calls"));
        }
        _ => panic!(
            "native serve | native measure ADDRESS | native count ADDRESS | native call CONTESTANT CALLS ADDRESS"
        ),
    }
}

/// Serves until it is killed.
#[expect(clippy::print_stdout, reason = "the program that started it needs the address")]
fn serve() {
    println!("{}", Canned::start(CONFIGS, Duration::ZERO).address);
    loop {
        std::thread::park();
    }
}

/// Makes the calls, on a runtime with one thread.
struct Bench {
    runtime: Runtime,
    address: SocketAddr,
    uid: Uid,
}

impl Bench {
    fn new(address: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let uid = "7f9d3a0c-6a1e-4a63-9d43-9b2f4a5f6f10".parse().expect("a uid");
        Self { runtime, address: address.parse().expect("an address"), uid }
    }

    /// A client that is connected and has its token.
    fn client(&self) -> Client {
        let client = self.runtime.block_on(async { ajo_client(self.address) });
        self.get(&client);
        client
    }

    /// The same, hand-written.
    fn hand_written(&self, timeout: bool) -> HandWritten {
        let plain = HandWritten::new(self.address);
        let hand_written = if timeout { plain.with_timeout() } else { plain };
        self.get_hand_written(&hand_written);
        hand_written
    }

    fn get(&self, client: &Client) {
        black_box(self.runtime.block_on(async { client.capping().get(&self.uid).await }).expect("a response"));
    }

    fn get_hand_written(&self, hand_written: &HandWritten) {
        black_box(self.runtime.block_on(hand_written.get(&self.uid)).expect("a response"));
    }

    fn call(&self, contestant: &str, calls: u32) {
        if contestant == "ajo-core" {
            let client = self.client();
            (0..calls).for_each(|_| self.get(&client));
        } else {
            let hand_written = self.hand_written(contestant == "hand-written-timeout");
            (0..calls).for_each(|_| self.get_hand_written(&hand_written));
        }
    }

    fn measure(&self) {
        for (name, timeout) in [("get", false), ("get, with a timeout", true)] {
            let ours = || {
                let client = self.client();
                move || (0..CALLS).for_each(|_| self.get(&client))
            };
            let theirs = || {
                let hand_written = self.hand_written(timeout);
                move || (0..CALLS).for_each(|_| self.get_hand_written(&hand_written))
            };
            print_times(name, &Paired::run(ROUNDS, ours, theirs), CALLS);
        }
        let ours = || {
            let client = self.client();
            let list = move || self.runtime.block_on(async { client.capping().list().await }).expect("a response");
            move || (0..LISTS).for_each(|_| drop(black_box(list())))
        };
        let theirs = || {
            let hand_written = self.hand_written(false);
            move || {
                (0..LISTS)
                    .for_each(|_| drop(black_box(self.runtime.block_on(hand_written.list()).expect("a response"))));
            }
        };
        print_times(&format!("list of {CONFIGS}"), &Paired::run(ROUNDS, ours, theirs), LISTS);
    }

    fn count(&self) {
        let allocations = |call: &dyn Fn()| {
            let counted = allocation_counter::measure(|| (0..CALLS).for_each(|_| call()));
            (per_call(counted.count_total), per_call(counted.bytes_total))
        };
        let (client, hand_written) = (self.client(), self.hand_written(false));
        let (count, bytes) = allocations(&|| self.get(&client));
        let (their_count, their_bytes) = allocations(&|| self.get_hand_written(&hand_written));
        print_figure("get: allocations", count, "", Some(count / their_count));
        print_figure("get: allocations, hand-written", their_count, "", None);
        print_figure("get: allocated", bytes, "B", Some(bytes / their_bytes));
        print_figure("get: allocated, hand-written", their_bytes, "B", None);
    }
}

fn print_times(name: &str, paired: &Paired, calls: u32) {
    let micros = |seconds: f64| seconds * 1e6 / f64::from(calls);
    let (time, cpu) = (paired.times(), paired.cpus());
    print_figure(&format!("{name}: time"), micros(time.0), "µs", Some(paired.time_ratio()));
    print_figure(&format!("{name}: time, hand-written"), micros(time.1), "µs", None);
    print_figure(&format!("{name}: CPU"), micros(cpu.0), "µs", Some(paired.cpu_ratio()));
    print_figure(&format!("{name}: CPU, hand-written"), micros(cpu.1), "µs", None);
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn per_call(total: u64) -> f64 {
    total as f64 / f64::from(CALLS)
}
