//! An apply of 1,000 new configurations to a slow service, with state in a bucket and in a file.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ajo_shared_state_tests::recording::Target;
use ajo_shared_state_tests::{Limit, SandboxLimits, Store};

use crate::support::sample_size;
use crate::world::{World, print_figure};

/// Latency of each request to the service.
const LATENCY: Duration = Duration::from_millis(50);

/// The default concurrency of `ajo apply`.
const CONCURRENCY: usize = 4;

/// The requests of an apply besides those for a configuration: a token, and lists before, during, and after.
const OTHER_REQUESTS: usize = 20;

/// The maximum duration, as a multiple of requests x latency / concurrency. Other load can slow an apply down, so the small
/// sample has a higher one, which still detects requests that wait for each other.
fn max_ratio() -> f64 {
    if sample_size(0, 1) == 1 { 1.3 } else { 2.0 }
}

/// Applies the configurations. Returns the duration as a multiple of the lower bound.
async fn measure_apply(store: &Arc<Store>, configs: usize, in_file: bool) -> Result<f64, String> {
    let world = World::new(store, 1);
    world.service.set_latency(LATENCY);
    let mut machine = world.add_machine(1).await;
    if in_file {
        machine.use_state_file();
    }
    let capping = (0..configs).map(|number| (format!("c{number}"), Limit { calls: 1, deployed: true })).collect();
    machine.write(&SandboxLimits { capping, ..SandboxLimits::empty("prod") });

    let start = Instant::now();
    machine.expect(&["apply", "prod.yaml", "--yes"], 0).await?;
    let duration = start.elapsed();
    let requests = world.log.exchanges().iter().filter(|exchange| exchange.target == Target::Service).count();
    if requests > 4 * configs + OTHER_REQUESTS {
        return Err(format!("{requests} requests for {configs} configurations"));
    }
    let minimum = LATENCY * u32::try_from(requests).expect("a small number") / u32::try_from(CONCURRENCY).expect("4");
    let ratio = duration.as_secs_f64() / minimum.as_secs_f64();
    let place = if in_file { "file" } else { "bucket" };
    print_figure(&format!(
        "{configs} configurations, state in a {place}: {requests} requests, {duration:.2?}, {ratio:.2} x the minimum"
    ));
    Ok(ratio)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn apply_of_1000_configs_is_fast() {
    let Some(store) = Store::start_moto().map(Arc::new) else { return };
    let configs = sample_size(200, 1000);
    let in_file = measure_apply(&store, configs, true).await.expect("applied");
    let in_bucket = measure_apply(&store, configs, false).await.expect("applied");
    print_figure(&format!("state in a bucket takes {:.2} x the time of state in a file", in_bucket / in_file));
    assert!(in_bucket <= max_ratio(), "{in_bucket:.2} x the minimum");
}
