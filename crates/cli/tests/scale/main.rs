//! Measures an apply of 1,000 configurations with a latency of 50 ms per call. A separate binary, so that no other test runs
//! concurrently.

#[path = "../cli/limits/fixture.rs"]
#[expect(dead_code, reason = "the other target uses more of it")]
mod fixture;
#[path = "../cli/support.rs"]
#[expect(dead_code, reason = "the other target uses more of it")]
mod support;

use std::process::Stdio;
use std::time::{Duration, Instant};

use fixture::{LimitsFixture, limits_file};

/// Latency of each call, and number of configurations to process in parallel.
const LATENCY: Duration = Duration::from_millis(50);
const CONCURRENCY: u32 = 8;
/// Number of attempts, because other load can slow an apply down.
const TRIES: usize = 3;

/// The maximum duration, as a multiple of calls × latency ÷ concurrency. Loaded machines reach 1.55, so 1.2 applies to full runs
/// only; 2.0 still detects serial calls.
fn max_ratio() -> f64 {
    if support::sample_size(0, 1) == 1 { 1.2 } else { 2.0 }
}

/// The peak memory of a process in bytes, if the system reports it.
fn peak_memory(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? * 1024)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn apply_of_1000_configs_is_fast() {
    let mut ratios = Vec::new();
    while ratios.len() < TRIES && ratios.iter().all(|ratio| *ratio > max_ratio()) {
        ratios.push(measure_apply_ratio().await);
    }
    assert!(ratios.iter().any(|ratio| *ratio <= max_ratio()), "multiples of the lower bound: {ratios:.2?}");
}

/// Plans and applies 1,000 configurations. Returns the duration as a multiple of the lower bound.
async fn measure_apply_ratio() -> f64 {
    let fixture = LimitsFixture::start().await;
    let names: Vec<String> = (0..1000).map(|number| format!("c{number}")).collect();
    let configs: Vec<_> = names.iter().map(|name| (name.as_str(), 1, true)).collect();
    fixture.write("prod.yaml", &limits_file(&configs));
    fixture.add_fault(&format!("*.*=delay:{}", LATENCY.as_millis()));

    fixture.run_expecting(&["plan", "prod.yaml"], 0).await;
    let count = |operation: &str| fixture.emulator.state().calls().for_operation(operation).len();
    assert_eq!((count("capping.list"), count("throttling.list")), (1, 1), "one list call of each API");
    assert_eq!(fixture.call_count(), 2 + count("token"), "no other calls");

    let before = fixture.emulator.state().calls().iter().map(|call| call.number).max().unwrap_or_default();
    let start = Instant::now();
    let concurrency = format!("--concurrency={CONCURRENCY}");
    let mut child = fixture
        .command(&["apply", "prod.yaml", "--yes", &concurrency])
        .stdout(Stdio::null())
        .spawn()
        .expect("ajo runs");
    let mut peak = None;
    let status = loop {
        peak = peak_memory(child.id()).max(peak);
        match child.try_wait().expect("its status") {
            Some(status) => break status,
            None => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    };
    let duration = start.elapsed();
    assert!(status.success());
    let after = fixture.emulator.state().calls().iter().map(|call| call.number).max().unwrap_or_default();
    let calls = u32::try_from(after - before).expect("a count");
    // Create, can_deploy, a read before the deploy, and deploy; plus a few lists and a token request.
    assert!((4000..4010).contains(&calls), "{calls} calls");
    let minimum = LATENCY * calls / CONCURRENCY;
    if let Some(peak) = peak {
        assert!(peak < 100_000_000, "{peak} bytes");
    }
    fixture.clear_faults();
    fixture.run_expecting(&["plan", "prod.yaml", "--exit-code"], 0).await;
    duration.as_secs_f64() / minimum.as_secs_f64()
}
