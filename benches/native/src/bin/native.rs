//! Compares our typed call with the same hand-written call, against a loopback server that returns canned bytes:
//!
//! ```text
//! native serve                        runs the server; prints its address
//! native measure ADDRESS              measures time and CPU time of both clients
//! native count ADDRESS                counts allocations of both clients
//! native call CLIENT CALLS ADDRESS    makes CALLS calls, for a profiler; CLIENT is `ajo-core`,
//!                                     `hand-written` or `hand-written-timeout`
//! ```
//!
//! The server is a separate process, so its CPU time and instructions do not count.

use std::hint::black_box;
use std::net::SocketAddr;
use std::time::Duration;

use ajo_bench::{CannedServer, HandWrittenClient, PairedRounds, ajo_client, print_figure};
use ajo_core::{Client, Uid};
use tokio::runtime::Runtime;

/// The length of the list, as in a large organization.
const CONFIGS: usize = 100;
/// Number of rounds per run; `cargo xtask bench` makes five runs.
const ROUNDS: usize = 60;
const CALLS: u32 = 100;
const LISTS: u32 = 10;

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["serve"] => serve(),
        ["measure", address] => CallBench::new(address).measure(),
        ["count", address] => CallBench::new(address).count(),
        ["call", client, calls, address] => {
            CallBench::new(address).run_calls(client, calls.parse().expect("a number of calls"));
        }
        _ => panic!("native serve | native measure ADDRESS | native count ADDRESS | native call CLIENT CALLS ADDRESS"),
    }
}

/// Serves until the process is killed.
#[expect(clippy::print_stdout, reason = "the program that started it needs the address")]
fn serve() {
    println!("{}", CannedServer::start(CONFIGS, Duration::ZERO).address);
    loop {
        std::thread::park();
    }
}

/// Makes the calls on a single-threaded runtime.
struct CallBench {
    runtime: Runtime,
    address: SocketAddr,
    uid: Uid,
}

impl CallBench {
    fn new(address: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let uid = "7f9d3a0c-6a1e-4a63-9d43-9b2f4a5f6f10".parse().expect("a uid");
        Self { runtime, address: address.parse().expect("an address"), uid }
    }

    /// A connected client with a token.
    fn client(&self) -> Client {
        let client = self.runtime.block_on(async { ajo_client(self.address) });
        self.run_get(&client);
        client
    }

    /// A connected hand-written client.
    fn hand_written(&self, timeout: bool) -> HandWrittenClient {
        let hand_written = HandWrittenClient::new(self.address);
        let hand_written = if timeout { hand_written.with_timeout() } else { hand_written };
        self.run_hand_written_get(&hand_written);
        hand_written
    }

    fn run_get(&self, client: &Client) {
        black_box(self.runtime.block_on(async { client.capping().get(&self.uid).await }).expect("a response"));
    }

    fn run_hand_written_get(&self, hand_written: &HandWrittenClient) {
        black_box(self.runtime.block_on(hand_written.get(&self.uid)).expect("a response"));
    }

    fn run_calls(&self, client: &str, calls: u32) {
        if client == "ajo-core" {
            let client = self.client();
            (0..calls).for_each(|_| self.run_get(&client));
        } else {
            let hand_written = self.hand_written(client == "hand-written-timeout");
            (0..calls).for_each(|_| self.run_hand_written_get(&hand_written));
        }
    }

    fn measure(&self) {
        for (name, timeout) in [("get", false), ("get, with a timeout", true)] {
            let subject = || {
                let client = self.client();
                move || (0..CALLS).for_each(|_| self.run_get(&client))
            };
            let baseline = || {
                let hand_written = self.hand_written(timeout);
                move || (0..CALLS).for_each(|_| self.run_hand_written_get(&hand_written))
            };
            print_times(name, &PairedRounds::run(ROUNDS, subject, baseline), CALLS);
        }
        let subject = || {
            let client = self.client();
            let list = move || self.runtime.block_on(async { client.capping().list().await }).expect("a response");
            move || (0..LISTS).for_each(|_| drop(black_box(list())))
        };
        let baseline = || {
            let hand_written = self.hand_written(false);
            move || {
                (0..LISTS)
                    .for_each(|_| drop(black_box(self.runtime.block_on(hand_written.list()).expect("a response"))));
            }
        };
        print_times(&format!("list of {CONFIGS}"), &PairedRounds::run(ROUNDS, subject, baseline), LISTS);
    }

    fn count(&self) {
        let allocations = |call: &dyn Fn()| {
            let info = allocation_counter::measure(|| (0..CALLS).for_each(|_| call()));
            (per_call(info.count_total), per_call(info.bytes_total))
        };
        let (client, hand_written) = (self.client(), self.hand_written(false));
        let (count, bytes) = allocations(&|| self.run_get(&client));
        let (baseline_count, baseline_bytes) = allocations(&|| self.run_hand_written_get(&hand_written));
        print_figure("get: allocations", count, "", Some(count / baseline_count));
        print_figure("get: allocations, hand-written", baseline_count, "", None);
        print_figure("get: allocated", bytes, "B", Some(bytes / baseline_bytes));
        print_figure("get: allocated, hand-written", baseline_bytes, "B", None);
    }
}

fn print_times(name: &str, paired: &PairedRounds, calls: u32) {
    let micros = |seconds: f64| seconds * 1e6 / f64::from(calls);
    let (time, cpu) = (paired.wall_times(), paired.cpu_times());
    print_figure(&format!("{name}: time"), micros(time.0), "µs", Some(paired.wall_ratio()));
    print_figure(&format!("{name}: time, hand-written"), micros(time.1), "µs", None);
    print_figure(&format!("{name}: CPU"), micros(cpu.0), "µs", Some(paired.cpu_ratio()));
    print_figure(&format!("{name}: CPU, hand-written"), micros(cpu.1), "µs", None);
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn per_call(total: u64) -> f64 {
    total as f64 / f64::from(CALLS)
}
