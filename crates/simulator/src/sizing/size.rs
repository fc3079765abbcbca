//! Sizes limits.

use std::ops::ControlFlow;

use crate::assumptions::sizing_assumptions::SIZING_ASSUMPTIONS;
use crate::sizing::attempts::{attempts_per_call, tipping_point};
use crate::sizing::load::load_seconds;
use crate::sizing::runner::Runner;
use crate::sizing::sizing_progress::SizingProgress;
use crate::sizing::sizing_report::{SizedTrafficReport, SizingReport};
use crate::sizing::sizing_request::{SizedTraffic, SizingError, SizingRequest};
use crate::sizing::{capping_option, throttling_option};

/// Recommends limits and the shape of the traffic, so that all goals are met.
///
/// A *tipping point* is the largest value with which a load that uses the limit fully loses no call. It is bisected in exact mode
/// (more than 5 million calls: in cohort mode), from its closed form. A limit uses a share of it, the margin.
/// Each value comes with its closed form and the results one step below and above.
///
/// ```
/// use ajo_simulator::{EndpointCapacity, OptionKind, SimulatedEndpoint, SizedTraffic, SizingRequest, size};
/// use std::ops::ControlFlow;
///
/// let capacity = EndpointCapacity::RequestsPerSecond(100);
/// let endpoint = SimulatedEndpoint { capacity, ..SimulatedEndpoint::default() };
/// let mut request = SizingRequest::new(endpoint, SizedTraffic::Audience { profiles: 10_000, reading_rate: None });
/// request.margin_percent = 100;
/// let report = size(&request, &mut |_| ControlFlow::Continue(()))?;
/// assert_eq!(report.recommended, Some(OptionKind::Capping));
/// let capping = report.options.last().and_then(|option| option.traffic.clone()).expect("a split");
/// assert_eq!(capping.branches, 5);
/// # Ok::<(), ajo_simulator::SizingError>(())
/// ```
///
/// # Errors
///
/// The request is invalid, or `progress` canceled it.
pub fn size(
    request: &SizingRequest,
    progress: &mut dyn FnMut(SizingProgress) -> ControlFlow<()>,
) -> Result<SizingReport, SizingError> {
    request.validate()?;
    let capacity = tipping_point(&request.endpoint, None);
    let attempts = attempts_per_call(&request.endpoint);
    let seconds = load_seconds(request, capacity.value / attempts);
    let mut runner = Runner::new(request, progress);
    let throttling = throttling_option::size(&mut runner, seconds)?;
    let capping = capping_option::size(&mut runner, seconds)?;
    let options = vec![throttling, capping];
    let recommended = options.iter().find(|option| option.problems.is_empty()).map(|option| option.kind);
    Ok(SizingReport {
        version: 1,
        endpoint: request.endpoint.clone(),
        traffic: traffic(request),
        goals: request.goals,
        margin_percent: request.margin_percent,
        timeout_seconds: request.timeout_seconds,
        window: request.window,
        arrivals: request.arrivals,
        seed: request.seed,
        capacity,
        attempts_per_call: attempts,
        load_seconds: seconds,
        unavoidable_timeouts: runner.unavoidable_timeouts(request.calls()),
        options,
        recommended,
        simulations: runner.simulations,
        assumptions: SIZING_ASSUMPTIONS.to_vec(),
    })
}

fn traffic(request: &SizingRequest) -> SizedTrafficReport {
    let (reading_rate, peak_per_second) = match &request.traffic {
        SizedTraffic::Audience { reading_rate, .. } => (*reading_rate, None),
        SizedTraffic::Pattern(pattern) => (None, pattern.calls().iter().max().copied()),
    };
    let is_audience = peak_per_second.is_none();
    SizedTrafficReport { calls: request.calls(), is_audience, reading_rate, peak_per_second }
}
