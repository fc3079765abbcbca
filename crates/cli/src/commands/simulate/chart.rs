//! A report as a chart, in SVG.
//!
//! Above, the calls a second: what reaches the endpoint as areas, what journeys ask for and what is rejected as lines, the
//! limit dashed. Below, where calls wait, how many.

mod legend;
mod scale;
mod style;
mod values;

use ajo_simulator::{Report, Row, Service, Window};
use plotters::chart::{ChartBuilder, ChartContext};
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;

use super::summary::rate;
use scale::{Time, float, tick};
use style::{ALLOWED, Area, FONT, GRID, LIMIT, MARGIN, OFFERED, Outcome, QUIET, REJECTED, RETRIES, TEXT, WAITING};
use values::{in_title, limits_a_second, rejected, top};

const WIDTH: u32 = 960;
const HEAD: i32 = 96;
const RATES: u32 = 380;
const QUEUE: u32 = 190;

/// Most steps of a line: one for each two of the points across.
const ROWS: usize = 420;

type Drawn<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;
/// Draws it. Errors are those of the drawing library.
pub(super) fn draw(report: &Report) -> Result<String, String> {
    let mut svg = String::new();
    {
        let waits = report.longest_queue > 0;
        let height = HEAD.unsigned_abs() + RATES + if waits { QUEUE } else { 0 };
        let root = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
        drawn(&root, &report.clone().in_rows(ROWS), waits).map_err(|error| error.to_string())?;
        root.present().map_err(|error| error.to_string())?;
    }
    Ok(svg)
}

fn drawn(root: &Area<'_>, report: &Report, waits: bool) -> Outcome {
    root.fill(&WHITE)?;
    let (head, below) = root.split_vertically(HEAD);
    let (above, queue) = below.split_vertically(RATES);
    let title = format!("Calls of {} through {}", journeys(report), limits(report));
    head.draw_text(&title, &(FONT, 19).into_font().color(&TEXT), (MARGIN, 16))?;
    head.draw_text(&assumed(report.window), &(FONT, 13).into_font().color(&QUIET), (MARGIN, 44))?;
    legend::draw(&head, report)?;
    rates(&above, report, !waits)?;
    if waits {
        self::queue(&queue, report)?;
    }
    Ok(())
}

fn journeys(report: &Report) -> &'static str {
    match report.service {
        Service::Action => "custom actions",
        Service::DataSource => "a data source",
    }
}

fn limits(report: &Report) -> String {
    let named = in_title(report).map(|limit| format!("{} of {}", limit.name, rate(limit.calls, limit.period_ms)));
    named.collect::<Vec<_>>().join(" and ")
}

fn assumed(window: Window) -> String {
    let counted = match window {
        Window::Fixed => "in fixed windows",
        Window::Sliding => "in a sliding window",
        Window::TokenBucket => "by a token bucket",
    };
    format!("Assumption: calls are counted {counted}. How the service counts is not published; --window takes another.")
}

/// The upper chart.
fn rates(area: &Area<'_>, report: &Report, last: bool) -> Outcome {
    let time = Time::of(report);
    let a_second = |count: u64| float(count) / float(report.interval_seconds as u64);
    let steps = |count: fn(&Row) -> u64| time.steps(&report.rows, move |row| a_second(count(row)));
    let mut chart = axes(area, report, top(report), ("calls a second", last))?;
    // Retries lie upon the calls that were allowed: both use slots.
    if report.totals.retries > 0 {
        chart.draw_series(AreaSeries::new(steps(|row| row.counts.at_endpoint()), 0.0, RETRIES.filled()))?;
    }
    chart.draw_series(AreaSeries::new(steps(|row| row.counts.allowed), 0.0, ALLOWED.filled()))?;
    chart.draw_series(LineSeries::new(steps(|row| row.counts.offered), OFFERED.stroke_width(2)))?;
    // Only where something is rejected, or the line would lie upon the axis.
    for some in report.rows.chunk_by(|row, next| (rejected(row) > 0) == (rejected(next) > 0)) {
        if some.iter().any(|row| rejected(row) > 0) {
            let mut line = time.steps(some, |row| a_second(rejected(row)));
            let (Some(first), Some(last)) = (line.first().copied(), line.last().copied()) else { continue };
            line.insert(0, (first.0, 0.0));
            line.push((last.0, 0.0));
            chart.draw_series(LineSeries::new(line, REJECTED.stroke_width(2)))?;
        }
    }
    for rate in limits_a_second(report).filter(|rate| *rate <= top(report)) {
        let line = [(0.0, rate), (time.end(report), rate)];
        chart.draw_series(DashedLineSeries::new(line, 7, 5, LIMIT.stroke_width(2)))?;
    }
    Ok(())
}

/// The lower chart.
fn queue(area: &Area<'_>, report: &Report) -> Outcome {
    let mut chart = axes(area, report, float(report.longest_queue) * 1.1, ("calls waiting", true))?;
    let waiting = Time::of(report).steps(&report.rows, |row| float(row.queued));
    let area = AreaSeries::new(waiting, 0.0, WAITING.filled());
    chart.draw_series(area)?;
    Ok(())
}

/// Axes and grid; the name of the time only below the last chart.
fn axes<'a, 'b>(
    area: &'a Area<'b>,
    report: &Report,
    top: f64,
    (name, last): (&str, bool),
) -> Result<Drawn<'a, 'b>, Box<dyn std::error::Error>> {
    let time = Time::of(report);
    let mut chart = ChartBuilder::on(area)
        .margin_left(8)
        .margin_right(MARGIN)
        .margin_top(10)
        .margin_bottom(8)
        .x_label_area_size(if last { 44 } else { 26 })
        .y_label_area_size(92)
        .build_cartesian_2d(0.0..time.end(report), 0.0..top.max(1.0))?;
    let mut mesh = chart.configure_mesh();
    mesh.disable_x_mesh()
        .bold_line_style(GRID)
        .light_line_style(TRANSPARENT)
        .axis_style(QUIET)
        .x_labels(12)
        .y_labels(if last && report.longest_queue > 0 { 4 } else { 7 })
        .label_style((FONT, 13).into_font().color(&TEXT))
        .axis_desc_style((FONT, 14).into_font().color(&TEXT))
        .x_label_formatter(&|number| tick(*number))
        .y_label_formatter(&|number| tick(*number))
        .y_desc(name);
    if last {
        mesh.x_desc(format!("time in {}", time.unit));
    }
    mesh.draw()?;
    Ok(chart)
}

#[cfg(test)]
mod tests {
    use ajo_simulator::{Endpoint, Failures, Limits, Scenario, simulate};
    use serde_json::json;

    use super::*;

    fn drawn(traffic: &str, definitions: &[serde_json::Value], failures: Failures) -> String {
        let limits = Limits::of(None, definitions).expect("limits");
        let endpoint = Endpoint::new(200, failures).expect("an endpoint");
        let scenario = Scenario { endpoint, ..Scenario::new(traffic.parse().expect("a pattern"), limits) };
        draw(&simulate(&scenario)).expect("a chart")
    }

    fn texts(svg: &str) -> Vec<&str> {
        let texts = svg.split("</text>").filter_map(|part| part.rsplit_once('>')).map(|(_, text)| text.trim());
        texts.filter(|text| !text.is_empty() && !text.starts_with(|c: char| c.is_ascii_digit())).collect()
    }

    #[test]
    fn a_chart_names_its_axes_its_marks_and_what_is_assumed() {
        let throttling = json!({"urlPattern": "https://a.example/*", "methods": ["GET"], "maxThroughput": 200});
        let svg = drawn("300x400", &[throttling], Failures::First(1));
        assert_eq!(
            texts(&svg),
            [
                "Calls of custom actions through throttling of 200 calls in 1 s",
                "Assumption: calls are counted in fixed windows. How the service counts is not published; --window takes \
                 another.",
                "offered by journeys",
                "allowed",
                "retries",
                "limit",
                "waiting in the queue",
                "calls a second",
                "calls waiting",
                "time in minutes",
            ]
        );
    }

    #[test]
    fn what_did_not_happen_is_not_in_the_legend() {
        let svg = drawn("6000x60,0x1", &[], Failures::First(0));
        assert_eq!(
            texts(&svg)[2..],
            ["offered by journeys", "allowed", "rejected", "limit, on average", "calls a second", "time in seconds"]
        );
    }

    #[test]
    fn the_emptiest_and_the_longest_traffic_can_be_drawn() {
        for traffic in ["0x1", "1x1", "1000000x1", "5000x86400"] {
            let svg = drawn(traffic, &[], Failures::First(0));
            assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"), "{traffic}");
            assert!(!svg.contains("NaN") && !svg.contains("inf") && svg.len() < 100_000, "{traffic}: {}", svg.len());
        }
    }
}
