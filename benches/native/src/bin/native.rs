//! Our typed call beside the same by hand, against a server on the loopback address that answers canned bytes:
//!
//! ```text
//! native serve                        the server; says its address
//! native measure ADDRESS              time, CPU time and allocations of both sides, taking turns
//! native call SIDE CALLS ADDRESS      so many calls of one side, for a profiler; SIDE is `ours`,
//!                                    `by-hand` or `by-hand-timeout`
//! ```
//!
//! The server is a program of its own, so that its CPU time and its instructions are not counted.

use std::hint::black_box;
use std::net::SocketAddr;
use std::time::Duration;

use ajo_bench::{ByHand, Canned, Paired, ours, say};
use ajo_core::{Client, Uid};
use tokio::runtime::Runtime;

/// A list as long as a large organization's. Chosen here.
const CONFIGS: usize = 100;
const ROUNDS: usize = 200;
const CALLS: u32 = 100;
const LISTS: u32 = 10;

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["serve"] => serve(),
        ["measure", address] => Both::new(address).measure(),
        ["call", side, calls, address] => {
            let mut both = Both::new(address);
            if side == "by-hand-timeout" {
                both.by_hand = both.by_hand.with_timeout();
            }
            both.call(side == "ours", calls.parse().expect("a number of calls"));
        }
        _ => panic!("native serve | native measure ADDRESS | native call SIDE CALLS ADDRESS"),
    }
}

/// Serves until it is killed.
#[expect(clippy::print_stdout, reason = "where it listens is for the program that started it")]
fn serve() {
    println!("{}", Canned::start(CONFIGS, Duration::ZERO).address);
    loop {
        std::thread::park();
    }
}

/// Both sides, on one runtime with one thread.
struct Both {
    runtime: Runtime,
    ours: Client,
    by_hand: ByHand,
    uid: Uid,
}

impl Both {
    fn new(address: &str) -> Self {
        let address: SocketAddr = address.parse().expect("an address");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let uid = "7f9d3a0c-6a1e-4a63-9d43-9b2f4a5f6f10".parse().expect("a uid");
        Self { ours: ours(address), by_hand: ByHand::new(address), runtime, uid }
    }

    fn get(&self) {
        black_box(self.runtime.block_on(async { self.ours.capping().get(&self.uid).await }).expect("an answer"));
    }

    fn get_by_hand(&self) {
        black_box(self.runtime.block_on(self.by_hand.get(&self.uid)).expect("an answer"));
    }

    fn list(&self) {
        black_box(self.runtime.block_on(async { self.ours.capping().list().await }).expect("an answer"));
    }

    fn list_by_hand(&self) {
        black_box(self.runtime.block_on(self.by_hand.list()).expect("an answer"));
    }

    fn call(&self, ours: bool, calls: u32) {
        for _ in 0..calls {
            if ours { self.get() } else { self.get_by_hand() }
        }
    }

    fn measure(&self) {
        let gets =
            Paired::run(ROUNDS, || (0..CALLS).for_each(|_| self.get()), || (0..CALLS).for_each(|_| self.get_by_hand()));
        report("get", &gets, CALLS);
        let patient = self.by_hand.clone().with_timeout();
        let get_patient = || {
            black_box(self.runtime.block_on(patient.get(&self.uid)).expect("an answer"));
        };
        let gets =
            Paired::run(ROUNDS, || (0..CALLS).for_each(|_| self.get()), || (0..CALLS).for_each(|_| get_patient()));
        report("get, with a timeout by hand too", &gets, CALLS);
        let lists = Paired::run(
            ROUNDS,
            || (0..LISTS).for_each(|_| self.list()),
            || (0..LISTS).for_each(|_| self.list_by_hand()),
        );
        report(&format!("list of {CONFIGS}"), &lists, LISTS);
        let allocations = |call: &dyn Fn()| {
            let counted = allocation_counter::measure(|| (0..CALLS).for_each(|_| call()));
            (per(counted.count_total, CALLS), per(counted.bytes_total, CALLS))
        };
        let (ours, by_hand) = (allocations(&|| self.get()), allocations(&|| self.get_by_hand()));
        say("get: allocations, by hand", by_hand.0, "", None);
        say("get: allocations", ours.0, "", Some(ours.0 / by_hand.0));
        say("get: allocated, by hand", by_hand.1, "B", None);
        say("get: allocated", ours.1, "B", Some(ours.1 / by_hand.1));
    }
}

fn report(name: &str, paired: &Paired, calls: u32) {
    let micros = |seconds: f64| seconds * 1e6 / f64::from(calls);
    let (time, cpu) = (paired.times(), paired.cpus());
    say(&format!("{name}: time, by hand"), micros(time.1), "µs", None);
    say(&format!("{name}: time"), micros(time.0), "µs", Some(paired.time_ratio()));
    say(&format!("{name}: CPU, by hand"), micros(cpu.1), "µs", None);
    say(&format!("{name}: CPU"), micros(cpu.0), "µs", Some(paired.cpu_ratio()));
    say(&format!("{name}: CPU more than by hand"), micros(paired.cpu_more()), "µs", None);
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn per(total: u64, calls: u32) -> f64 {
    total as f64 / f64::from(calls)
}
