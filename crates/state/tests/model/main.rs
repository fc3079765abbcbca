//! A model of the protocol of shared state: two writers, each with three requests, in all possible orders of events.
//!
//! The machines are the real ones. Each request to the store is sent, arrives, and is answered in separate events, and the clocks
//! advance between any two. Requests and responses get lost, writes arrive late, reads are stale. `world.rs` checks the invariants.

mod explore;
mod fingerprint;
mod mutation;
mod world;
mod writer;

use explore::{Budget, explore};
use mutation::Mutation;
use writer::Rules;

#[test]
fn writers_without_faults() {
    let list: Vec<u32> = std::env::var("M").unwrap().split(',').map(|n| n.parse().unwrap()).collect();
    let rules = Rules {
        steps: u64::from(list[0]),
        renewals: [list[1], list[2]],
        suspends: list[3] == 1,
        mutation: Mutation::None,
    };
    let start = std::time::Instant::now();
    let report = explore(
        rules,
        Budget { lost: list[4], late: list[5], stale: list[6], false_conflicts: list[7], refused: list[8] },
    );
    println!("{list:?} {report:?} {:?}", start.elapsed());
}
