//! The list of assumptions.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use ajo_simulator::{
    Arrivals, Assumption, CappedCall, DefaultCapRules, DefaultCapScope, EndpointCapacity, Journey, NoConnection,
    Provenance, Scenario, ServiceType, SimulatedEndpoint, SimulationMode, SizedTraffic, SizingRequest, WindowKind,
    simulate, size,
};
use serde_json::{Value, json};

use crate::support::{capping, endpoint, exact, scenario, scenario_of, throttling};

/// Two scenarios that differ in every choice, for each combination of limits.
fn contrasts(service: Option<ServiceType>, definitions: &[Value]) -> [Scenario; 2] {
    let one = Scenario {
        endpoint: SimulatedEndpoint { capacity: EndpointCapacity::Servers(5), ..endpoint("800", "0.5") },
        connections: Some(100),
        window: WindowKind::Sliding,
        ..scenario_of(service, "500x2", definitions)
    };
    let mut other = Scenario {
        endpoint: SimulatedEndpoint {
            capacity: EndpointCapacity::RequestsPerSecond(200),
            failure_status: 404,
            ..endpoint("p50=80,p95=300,p99=900", "0.5")
        },
        window: WindowKind::TokenBucket,
        arrivals: Arrivals::Poisson,
        no_connection: NoConnection::Reject,
        capped_call: CappedCall::Retried,
        other_calls: Some("10x2".parse().expect("a pattern")),
        data_source_calls: 20,
        default_cap: DefaultCapRules { scope: DefaultCapScope::Domain, is_replaced: false },
        ..scenario_of(service, "500x2", definitions)
    };
    other.journeys.push(Journey { name: "second".to_owned(), pattern: "10x2".parse().expect("a pattern") });
    [one, other]
}

/// The condition of each assumption is true for some scenario.
#[test]
fn every_assumption_can_apply() {
    let action = Some(ServiceType::Action);
    let mut with_connections = capping(6000, 1000);
    with_connections["services"]["action"]["maxHttpConnections"] = 20.into();
    let mut scenarios: Vec<Scenario> = [
        (action, vec![]),
        (action, vec![with_connections]),
        (action, vec![throttling(300)]),
        (action, vec![throttling(300), capping(200, 1000)]),
        (Some(ServiceType::DataSource), vec![capping(5, 1000)]),
    ]
    .iter()
    .flat_map(|(service, definitions)| contrasts(*service, definitions))
    .collect();
    let [one, other] = contrasts(action, &[capping(200, 1000)]);
    scenarios.push(Scenario { retry_delay_ms: 10, window: WindowKind::Fixed, ..one });
    scenarios.push(Scenario { no_connection: NoConnection::Wait, connections: Some(2), ..other });
    let scope = DefaultCapScope::Endpoint;
    scenarios.push(Scenario { default_cap: DefaultCapRules { scope, is_replaced: true }, ..scenario("1x1", &[]) });
    scenarios.push(scenario("400x22000", &[throttling(200)]));
    let mut seen = BTreeSet::new();
    for scenario in &scenarios {
        for mode in SimulationMode::ALL {
            let report = simulate(scenario, mode).expect("a report");
            seen.extend(report.assumptions.iter().map(|it| it.id));
        }
    }
    let sized = SizedTraffic::Pattern("1x1".parse().expect("a pattern"));
    let sizing = SizingRequest { min_load_seconds: 1, ..SizingRequest::new(scenarios[0].endpoint.clone(), sized) };
    let report = size(&sizing, &mut |_| ControlFlow::Continue(())).expect("a report");
    seen.extend(report.assumptions.iter().map(|it| it.id));
    let all: Vec<&str> = Assumption::all().map(|it| it.id).collect();
    assert_eq!(all.iter().copied().collect::<BTreeSet<_>>(), seen);
    assert_eq!(all.len(), seen.len(), "duplicate id");
}

/// A documented statement names its page, an unknown one has none, and a choice is the user's or ours.
#[test]
fn every_assumption_has_a_source() {
    for Assumption { id, provenance, source, .. } in Assumption::all() {
        let is_page = source.contains(".md");
        match provenance {
            Provenance::Documented => assert!(is_page, "{id}: {source}"),
            Provenance::Unknown => assert_eq!(source, "not published", "{id}"),
            Provenance::Inferred | Provenance::Chosen => {
                assert!(is_page || source == "not published" || source == "the input", "{id}: {source}");
            }
        }
    }
}

/// Cohort mode has even arrivals, whatever is given.
#[test]
fn mode_is_an_assumption() {
    let random = Scenario { arrivals: Arrivals::Poisson, ..scenario("10x1", &[]) };
    let run = |mode| {
        let report = simulate(&random, mode).expect("a report");
        let has = |id| report.assumptions.iter().any(|assumption| assumption.id == id);
        (report.arrivals, has("cohort_mode"), has("even_arrivals"), has("poisson_arrivals"))
    };
    assert_eq!(
        SimulationMode::ALL.map(run),
        [(Arrivals::Even, true, true, false), (Arrivals::Poisson, false, false, true)]
    );
}

#[test]
fn report_json_lists_assumptions() {
    let json = serde_json::to_value(exact(&scenario("3x1", &[capping(2, 1000)]))).expect("JSON");
    assert_eq!((&json["version"], &json["mode"], &json["window"]), (&json!(1), &json!("exact"), &json!("fixed")));
    assert_eq!(
        json["endpoint"],
        json!({"latency": "100", "failures": "0", "failureStatus": 503, "capacity": "unlimited"})
    );
    assert_eq!(
        json["limits"],
        json!([{
            "name": "capping", "calls": 2, "periodMs": 1000, "window": "fixed", "overLimit": "rejected",
            "exceeded": 1, "utilization": 1.0,
        }])
    );
    assert_eq!(
        json["assumptions"][0],
        json!({
            "id": "fixed_window", "provenance": "inferred", "source": "not published",
            "statement": "calls are counted in fixed windows, the first from second 0",
        })
    );
    assert_eq!((&json["rows"][0]["rejected"], &json["rows"][0]["second"]), (&json!(1), &json!(0)));
    assert_eq!((&json["adobe"]["CAPPED_CALLS"], &json["queue"]["emptyMs"]), (&json!(1), &Value::Null));
}
