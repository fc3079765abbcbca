//! Draws a simulation report as an SVG chart.
//!
//! The upper chart shows the rates: requests sent as areas; offered, rejected, and timed-out calls and the limit as lines. The
//! lower chart shows the throttling queue, if there is one.

mod axis;
mod legend;
mod style;
mod values;

use ajo_simulator::{LimitName, ReportRow, ServiceType, SimulationReport, WindowKind};
use plotters::chart::{ChartBuilder, ChartContext};
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;

use crate::number_format::format_rate;
use axis::{TimeAxis, format_tick, to_f64};
use style::{
    ChartArea, DrawResult, FIRST_REQUESTS, FONT, GRID, LIMIT, LinePattern, LineStyle, MARGIN, MUTED, OFFERED, REJECTED,
    RETRIES, TEXT, TIMED_OUT, WAITING,
};
use values::{limits_per_second, max_visible_rate, title_limits};

const WIDTH: u32 = 960;
const HEADER_HEIGHT: i32 = 96;
const RATES_HEIGHT: u32 = 380;
const QUEUE_HEIGHT: u32 = 190;

/// Maximum number of steps of a line: one per two pixels.
const MAX_ROWS: usize = 420;

type CartesianChart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// A count of a row.
type RowCount = fn(&ReportRow) -> u64;

/// Draws the chart. Errors come from the drawing library.
pub(super) fn draw(report: &SimulationReport) -> Result<String, String> {
    let mut svg = String::new();
    {
        let waits = report.queue.longest > 0;
        let height = HEADER_HEIGHT.unsigned_abs() + RATES_HEIGHT + if waits { QUEUE_HEIGHT } else { 0 };
        let root = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
        draw_chart(&root, &report.clone().with_max_rows(MAX_ROWS), waits).map_err(|error| error.to_string())?;
        root.present().map_err(|error| error.to_string())?;
    }
    Ok(svg)
}

fn draw_chart(root: &ChartArea<'_>, report: &SimulationReport, waits: bool) -> DrawResult {
    root.fill(&WHITE)?;
    let (head, below) = root.split_vertically(HEADER_HEIGHT);
    let (above, queue) = below.split_vertically(RATES_HEIGHT);
    let title = format!("Calls of {} through {}", caller_name(report), limit_names(report));
    head.draw_text(&title, &(FONT, 19).into_font().color(&TEXT), (MARGIN, 16))?;
    head.draw_text(&assumption_line(report), &(FONT, 13).into_font().color(&MUTED), (MARGIN, 44))?;
    legend::draw(&head, report)?;
    draw_rates(&above, report, !waits)?;
    if waits {
        self::draw_queue(&queue, report)?;
    }
    Ok(())
}

fn caller_name(report: &SimulationReport) -> &'static str {
    match report.service {
        ServiceType::Action => "custom actions",
        ServiceType::DataSource => "a data source",
    }
}

fn limit_names(report: &SimulationReport) -> String {
    let names =
        title_limits(report).map(|limit| format!("{} of {}", limit.name, format_rate(limit.calls, limit.period_ms)));
    names.collect::<Vec<_>>().join(" and ")
}

fn assumption_line(report: &SimulationReport) -> String {
    if report.limits.iter().all(|used| matches!(used.limit.name, LimitName::DefaultCap | LimitName::SlowEndpoint)) {
        return "Calls are counted in a sliding window, as Adobe documents for this limit.".to_owned();
    }
    let counted = match report.window {
        WindowKind::Fixed => "in fixed windows",
        WindowKind::Sliding => "in a sliding window",
        WindowKind::TokenBucket => "by a token bucket",
    };
    format!("Assumption: calls are counted {counted}. Adobe does not publish the method; change it with --window.")
}

/// Draws the upper chart.
fn draw_rates(area: &ChartArea<'_>, report: &SimulationReport, last: bool) -> DrawResult {
    let time = TimeAxis::from_report(report);
    let per_second = |count: u64| to_f64(count) / to_f64(report.interval_seconds as u64);
    let steps = |count: RowCount| time.step_line(&report.rows, move |row| per_second(count(row)));
    let mut chart = draw_axes(area, report, max_visible_rate(report), ("calls per second", last))?;
    // Retries are stacked on first requests: both use slots of the limit.
    if report.totals.retried > 0 {
        chart.draw_series(AreaSeries::new(steps(|row| row.counts.sent), 0.0, RETRIES.filled()))?;
    }
    let first = steps(|row| row.counts.sent - row.counts.retried);
    chart.draw_series(AreaSeries::new(first, 0.0, FIRST_REQUESTS.filled()))?;
    draw_line(&mut chart, steps(|row| row.counts.offered), OFFERED)?;
    let losses: [(RowCount, LineStyle); 2] =
        [(|row| row.counts.rejected, REJECTED), (|row| row.counts.timed_out, TIMED_OUT)];
    for (count, style) in losses {
        // Draw the line only where calls are lost; elsewhere it would cover the axis.
        for rows in report.rows.chunk_by(|row, next| (count(row) > 0) == (count(next) > 0)) {
            let mut line = time.step_line(rows, |row| per_second(count(row)));
            let (Some(first), Some(last)) = (line.first().copied(), line.last().copied()) else { continue };
            if first.1 > 0.0 {
                line.insert(0, (first.0, 0.0));
                line.push((last.0, 0.0));
                draw_line(&mut chart, line, style)?;
            }
        }
    }
    for rate in limits_per_second(report).filter(|rate| *rate <= max_visible_rate(report)) {
        draw_line(&mut chart, vec![(0.0, rate), (time.end(report), rate)], LIMIT)?;
    }
    Ok(())
}

fn draw_line(chart: &mut CartesianChart<'_, '_>, line: Vec<(f64, f64)>, style: LineStyle) -> DrawResult {
    match style.pattern {
        LinePattern::Solid => {
            chart.draw_series(LineSeries::new(line, style.stroke()))?;
        }
        LinePattern::Dashed(dash, gap) => {
            chart.draw_series(DashedLineSeries::new(line, dash, gap, style.stroke()))?;
        }
    }
    Ok(())
}

/// Draws the lower chart.
fn draw_queue(area: &ChartArea<'_>, report: &SimulationReport) -> DrawResult {
    let mut chart = draw_axes(area, report, to_f64(report.queue.longest) * 1.1, ("calls waiting", true))?;
    let waiting = TimeAxis::from_report(report).step_line(&report.rows, |row| to_f64(row.waiting));
    let area = AreaSeries::new(waiting, 0.0, WAITING.filled());
    chart.draw_series(area)?;
    Ok(())
}

/// Draws axes and grid. Only the last chart has a label on its time axis.
fn draw_axes<'a, 'b>(
    area: &'a ChartArea<'b>,
    report: &SimulationReport,
    top: f64,
    (name, last): (&str, bool),
) -> Result<CartesianChart<'a, 'b>, Box<dyn std::error::Error>> {
    let time = TimeAxis::from_report(report);
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
        .axis_style(MUTED)
        .x_labels(12)
        .y_labels(if last && report.queue.longest > 0 { 4 } else { 7 })
        .label_style((FONT, 13).into_font().color(&TEXT))
        .axis_desc_style((FONT, 14).into_font().color(&TEXT))
        .x_label_formatter(&|number| format_tick(*number))
        .y_label_formatter(&|number| format_tick(*number))
        .y_desc(name);
    if last {
        mesh.x_desc(format!("time in {}", time.unit));
    }
    mesh.draw()?;
    Ok(chart)
}

#[cfg(test)]
mod tests {
    use ajo_simulator::{ConfiguredLimits, EndpointFailures, Scenario, SimulationMode, simulate};
    use serde_json::json;

    use super::*;

    fn scenario(traffic: &str, definitions: &[serde_json::Value]) -> Scenario {
        let limits = ConfiguredLimits::from_definitions(None, definitions).expect("limits");
        Scenario::new(traffic.parse().expect("a pattern"), limits)
    }

    fn render_chart(scenario: &Scenario) -> String {
        draw(&simulate(scenario, SimulationMode::for_scenario(scenario)).expect("a report")).expect("a chart")
    }

    fn text_elements(svg: &str) -> Vec<&str> {
        let texts = svg.split("</text>").filter_map(|part| part.rsplit_once('>')).map(|(_, text)| text.trim());
        texts.filter(|text| !text.is_empty() && !text.starts_with(|c: char| c.is_ascii_digit())).collect()
    }

    #[test]
    fn chart_labels_axes_and_assumptions() {
        let throttling = json!({"urlPattern": "https://a.example/*", "methods": ["GET"], "maxThroughput": 200});
        let mut scenario = scenario("300x400", &[throttling]);
        scenario.endpoint.failures = EndpointFailures::FirstAttempts(1);
        let svg = render_chart(&scenario);
        assert_eq!(
            text_elements(&svg),
            [
                "Calls of custom actions through throttling of 200 calls in 1 s",
                "Assumption: calls are counted in fixed windows. Adobe does not publish the method; change it with --window.",
                "offered by journeys",
                "sent",
                "retried",
                "limit",
                "waiting in the queue",
                "calls per second",
                "calls waiting",
                "time in minutes",
            ]
        );
    }

    #[test]
    fn legend_lists_only_visible_series() {
        let svg = render_chart(&scenario("6000x60,0x1", &[]));
        let counted = "Calls are counted in a sliding window, as Adobe documents for this limit.";
        assert_eq!(text_elements(&svg)[1], counted);
        assert_eq!(
            text_elements(&svg)[2..],
            ["offered by journeys", "sent", "rejected", "limit, on average", "calls per second", "time in seconds"]
        );
    }

    #[test]
    fn calls_that_time_out_are_drawn() {
        let mut scenario = scenario("200x60", &[]);
        scenario.connections = Some(50);
        scenario.endpoint.latency = "500".parse().expect("a latency");
        let svg = render_chart(&scenario);
        assert!(text_elements(&svg).contains(&"timed out"), "{svg}");
    }

    #[test]
    fn lines_have_different_patterns() {
        let patterns = [OFFERED, REJECTED, TIMED_OUT, LIMIT].map(|style| style.pattern);
        for (index, pattern) in patterns.iter().enumerate() {
            assert!(!patterns[..index].contains(pattern), "{index}");
        }
    }

    #[test]
    fn areas_have_different_brightness() {
        let brightness = |RGBColor(red, green, blue): RGBColor| {
            (299 * i32::from(red) + 587 * i32::from(green) + 114 * i32::from(blue)) / 1000
        };
        assert!((brightness(FIRST_REQUESTS) - brightness(RETRIES)).abs() > 40);
    }

    #[test]
    fn extreme_traffic_can_be_drawn() {
        for traffic in ["0x1", "1x1", "1000000x1", "20x86400"] {
            let svg = render_chart(&scenario(traffic, &[]));
            assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"), "{traffic}");
            assert!(!svg.contains("NaN") && !svg.contains("inf") && svg.len() < 200_000, "{traffic}: {}", svg.len());
        }
    }
}
