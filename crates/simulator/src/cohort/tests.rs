use std::ops::ControlFlow;

use serde_json::json;

use super::*;
use crate::endpoint::simulated_endpoint::EndpointCapacity;
use crate::limits::configured_limits::ConfiguredLimits;
use crate::limits::window_kind::WindowKind;
use crate::report::call_counts::CallCounts;
use crate::scenario::{CappedCall, NoConnection};

fn fields(c: &CallCounts) -> [(&'static str, u64); 9] {
    [("offered", c.offered), ("sent", c.sent), ("retried", c.retried), ("throttled", c.throttled), ("succeeded", c.succeeded),
     ("failed", c.failed), ("rejected", c.rejected), ("dropped", c.dropped), ("timed_out", c.timed_out)]
}

#[test]
fn explore() {
    let pick = |rng: &mut fastrand::Rng, items: &[&'static str]| items[rng.usize(..items.len())];
    let only: Option<u64> = std::env::var("ONLY").ok().map(|it| it.parse().unwrap());
    let step: u64 = std::env::var("STEP").ok().map_or(100, |it| it.parse().unwrap());
    let feat: String = std::env::var("FEAT").unwrap_or("cap,thr,conn,lat,cap2,other,quirk".to_owned());
    let has = |name: &str| feat.split(',').any(|it| it == name);
    let n: u64 = std::env::var("N").ok().map_or(200, |it| it.parse().unwrap());
    let mut bad = 0;
    for case in 0..n {
        if only.is_some_and(|it| it != case) { continue; }
        let rng = &mut fastrand::Rng::with_seed(case);
        let rate = rng.u32(20..800);
        let pattern = match rng.u8(..4) {
            0 => format!("{rate}x300"),
            1 => format!("{rate}x100,{}x100,{}x100", rate / 3, rate * 2),
            2 => format!("ramp:0-{}x300", rate * 2),
            _ => (0..10).map(|_| format!("{}x{}", rng.u32(0..rate * 2), rng.u32(10..40))).collect::<Vec<_>>().join(","),
        };
        let mut definitions = Vec::new();
        let mean = f64::from(rate);
        if rng.bool() && has("cap") {
            let period = [100, 130, 500, 1000, 1000, 5000, 60000, 77][rng.usize(..8)];
            let calls = ((mean * rng.f64() * 2.0 * f64::from(period) / 1000.0) as u32).max(2);
            let connections = if rng.bool() && has("conn") { Some((rng.f64() * 2.0 * mean * 0.3) as u32 + 2) } else { None };
            let mut service = json!({"rating": {"maxCallsCount": calls, "periodInMs": period}});
            if let Some(c) = connections { service["maxHttpConnections"] = json!(c); }
            definitions.push(json!({"url": "https://a.example/*", "methods": ["GET"], "services": {"action": service}}));
        }
        if rng.bool() && has("thr") {
            let t = rng.u32(200..800);
            definitions.push(json!({"urlPattern": "https://a.example/*", "methods": ["GET"], "maxThroughput": t}));
        }
        let limits = ConfiguredLimits::from_definitions(None, &definitions).unwrap();
        let mut s = Scenario::new(pattern.parse().unwrap(), limits);
        s.window = WindowKind::ALL[rng.usize(..3)];
        let lat = pick(rng, &["100", "37", "300", "exp:300", "exp:1000", "p50=80,p95=300,p99=900", "1500", "5", "333"]);
        s.endpoint.latency = lat.parse().unwrap();
        s.endpoint.failures = pick(rng, &["0", "0.1", "0.5", "first:1", "first:4", "0.02"]).parse().unwrap();
        if rng.u8(..8) == 0 { s.endpoint.failure_status = 404; }
        if rng.bool() && has("conn") { s.connections = Some((rng.f64() * 2.0 * mean * s.endpoint.latency.mean() / 1e6) as u32 + 1); }
        let l = s.endpoint.latency.mean() / 1e6;
        match rng.u8(..4) {
            0 if has("endpoint") => s.endpoint.capacity = EndpointCapacity::RequestsPerSecond((mean * rng.f64() * 2.0) as u32 + 1),
            1 if has("endpoint") => s.endpoint.capacity = EndpointCapacity::Servers((mean * rng.f64() * 2.0 * l) as u32 + 1),
            _ => {}
        }
        s.timeout_seconds = [1, 2, 5, 30][rng.usize(..4)];
        s.retry_delay_ms = [0, 0, 100, 450, 2000][rng.usize(..5)];
        if has("quirk") {
        if rng.u8(..4) == 0 { s.no_connection = NoConnection::Reject; }
        if rng.u8(..4) == 0 { s.capped_call = CappedCall::Retried; }
        if rng.u8(..4) == 0 { s.default_cap.is_replaced = false; }
        }
        let mut go = |_: Progress| ControlFlow::Continue(());
        let exact = exact::record(&s, &mut go).unwrap().into_report(&s, SimulationMode::Exact);
        let steps = simulate_in_steps(&s, step, &mut go).unwrap();
        assert_eq!(steps.totals.offered, steps.totals.ended(), "{case}");
        let offered = exact.totals.offered as f64;
        let diffs: Vec<_> = fields(&exact.totals).iter().zip(fields(&steps.totals)).filter(|(a, b)| (a.1 as f64 - b.1 as f64).abs() > 0.01 * offered)
            .map(|(a, b)| format!("{}: {} vs {} ({:+.1}%)", a.0, a.1, b.1, (b.1 as f64 - a.1 as f64) / offered * 100.0)).collect();
        if !diffs.is_empty() || only.is_some() {
            bad += 1;
            eprintln!("#{case} {pattern} limits {:?} window {} lat {lat} fail {} conn {:?} cap {:?} timeout {} delay {} {:?} {:?}\n     {}", s.limits, s.window, s.endpoint.failures,
                s.limits.connections(s.connections).map(|c| c.count), s.endpoint.capacity, s.timeout_seconds, s.retry_delay_ms, s.no_connection, s.capped_call, diffs.join(", "));
            if only.is_some() {
                eprintln!("exact {:?}\nsteps {:?}", exact.totals, steps.totals);
                for i in (0..exact.rows.len()).step_by(10) { eprintln!("{i} {:?}\n   {:?}", exact.rows[i].counts, steps.rows.get(i).map(|it| it.counts)); }
            }
        }
    }
    eprintln!("{bad} of {n}");
}
