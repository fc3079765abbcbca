use serde_json::{Value, json};

use super::*;
use crate::limits::configured_limits::ConfiguredLimits;
use crate::observed::export::ObservedExport;
use crate::simulate::simulate;

/// The calls of the minutes from 08:15 on.
fn endpoint(url: &str, calls: &[u64]) -> ObservedEndpoint<ObservedCalls> {
    let header = "ENDPOINT,SPAN,TOTAL_CALLS,SUCCESSFUL_CALLS,4xx_ERRORS,5xx_ERRORS,TIMEOUTS,CAPPED_CALLS";
    let rows = calls.iter().enumerate().map(|(index, calls)| {
        let counts = if *calls == 0 { "0,0,0,0" } else { "1,2,3,4" };
        format!("\n{url},2026/11/29 08:{},{calls},{counts},{}", index + 15, calls.saturating_sub(6000))
    });
    match ObservedExport::parse((header.to_owned() + &rows.collect::<String>()).as_bytes()) {
        Ok(ObservedExport::Calls(mut endpoints)) => endpoints.remove(0),
        other => panic!("{other:?}"),
    }
}

fn replay(definitions: &[Value], traffic: &ReplayTraffic<'_>, burst: u32) -> TrafficReplay {
    let limits = ConfiguredLimits::from_definitions(None, definitions).expect("limits");
    let base = Scenario::new("0x1".parse().expect("a pattern"), limits);
    let run = |burst| simulate(&traffic.scenario(&base, burst), SimulationMode::Exact).expect("a report");
    TrafficReplay::new(traffic, &run(1), &run(burst))
}

fn period(endpoints: &[ObservedEndpoint<ObservedCalls>]) -> ObservedPeriod {
    ObservedPeriod::select(endpoints, None, None).expect("a period")
}

#[test]
fn even_calls_meet_the_observed_caps() {
    let capping = json!({"url": "https://a.example/*", "methods": ["POST"],
        "services": {"action": {"rating": {"maxCallsCount": 100, "periodInMs": 1000}}}});
    // 80, 150, 0, and 50 calls per second under a cap of 100 per second.
    let observed = [endpoint("https://a.example/", &[4800, 9000, 0, 3000])];
    let traffic = ReplayTraffic { endpoints: vec![&observed[0]], other_endpoints: vec![], period: period(&observed) };
    let replay = replay(&[capping], &traffic, 3);
    let rows: Vec<_> =
        replay.minutes.iter().map(|it| (it.lower.rejected, it.upper.rejected, it.observed.capped)).collect();
    // In bursts of 20 s, 2,000 calls of each minute pass.
    assert_eq!(rows, [(0, 2800, 0), (3000, 7000, 3000), (0, 0, 0), (0, 1000, 0)]);
    let [lower, upper] = [&replay.lower, &replay.upper];
    assert_eq!((lower.totals.rejected, lower.adobe.capped_calls, lower.rejected_per_minute), (3000, 3000, 3000));
    assert_eq!((upper.totals.rejected, upper.adobe.capped_calls, upper.rejected_per_minute), (10_800, 10_800, 7000));
    let sums = ObservedCalls { total: 16_800, successful: 3, errors_4xx: 6, errors_5xx: 9, timeouts: 12, capped: 3000 };
    assert_eq!(replay.observed, sums);
}

#[test]
fn minutes_continue_until_the_queue_is_empty() {
    let throttling = json!({"urlPattern": "https://a.example/*", "methods": ["POST"], "maxThroughput": 200});
    let observed = [endpoint("https://a.example/", &[24_000])];
    let traffic = ReplayTraffic { endpoints: vec![&observed[0]], other_endpoints: vec![], period: period(&observed) };
    let replay = replay(&[throttling], &traffic, 1);
    let rows: Vec<_> = replay.minutes.iter().map(|it| (it.minute.to_string(), it.lower.waiting)).collect();
    assert_eq!(rows, [("2026-11-29 08:15".to_owned(), 12_000)]);
    assert_eq!(replay.lower.queue.empty_ms, Some(119_000));
}

#[test]
fn endpoints_of_a_host_share_the_default_cap() {
    let observed = [endpoint("https://a.example/x", &[200_000]), endpoint("https://a.example/y", &[200_000])];
    let [one, other] = [&observed[0], &observed[1]];
    let period = period(&observed);
    let rejected = |endpoints, other_endpoints| {
        replay(&[], &ReplayTraffic { endpoints, other_endpoints, period }, 1).lower.totals.rejected
    };
    assert_eq!(rejected(vec![one], vec![]), 0);
    assert_eq!(rejected(vec![one, other], vec![]), 100_000);
    let with_other = rejected(vec![one], vec![other]);
    assert!((49_000..=51_000).contains(&with_other), "{with_other}");
}
