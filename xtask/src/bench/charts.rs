//! SVG charts with a bar for each stable ratio.

use std::fs;

use plotters::prelude::*;

use super::number_format::format_number;
use super::report::BenchReport;
use crate::workspace::root;

const FOLDER: &str = "docs/performance";
const WIDTH: u32 = 960;
const MARGIN: i32 = 24;
const HEADER_HEIGHT: u32 = 56;
const FOOTER_HEIGHT: u32 = 34;
const BAR_HEIGHT: u32 = 26;
const LABEL_WIDTH: u32 = 430;
const FONT: &str = "sans-serif";
const TEXT_COLOR: RGBColor = RGBColor(38, 38, 38);
const AXIS_COLOR: RGBColor = RGBColor(110, 110, 110);
const GRID_COLOR: RGBColor = RGBColor(226, 226, 226);
const BASELINE_COLOR: RGBColor = RGBColor(0, 96, 70);
const BAR_COLOR: RGBColor = RGBColor(134, 188, 222);

type ChartResult<T> = Result<T, Box<dyn std::error::Error>>;

/// The groups with a chart, and their titles.
const CHARTS: &[(&str, &str)] = &[
    ("native", "Native call: time as a multiple of hand-written reqwest (less is better)"),
    ("cached-token", "Cached token: time as a multiple of a hand-written cache (less is better)"),
    ("npm", "npm package: time as a multiple of openapi-fetch in Node.js, of bare fetch elsewhere (less is better)"),
    ("emulator", "Emulator: times better than Prism, share of bare axum, growth of memory"),
    ("plan", "Plan: time as a multiple of reading the list; one of 10,000 compared with one of 100"),
    ("apply", "ajo apply: times as fast as a sequential script, and as a multiple of the lower bound"),
];

/// Draws the charts of all measured groups.
pub(super) fn draw_charts() -> Result<(), String> {
    let folder = root().join(FOLDER);
    fs::create_dir_all(&folder).map_err(|error| format!("{FOLDER}: {error}"))?;
    for (group, title) in CHARTS {
        let Some(figures) = BenchReport::load(group)? else { continue };
        let file = folder.join(format!("{group}.svg"));
        match render_bar_chart(title, &figures).map_err(|error| format!("{group}: {error}"))? {
            Some(svg) => fs::write(&file, svg).map_err(|error| format!("{group}.svg: {error}"))?,
            None if file.exists() => fs::remove_file(&file).map_err(|error| format!("{group}.svg: {error}"))?,
            None => {}
        }
    }
    Ok(())
}

/// Renders the stable ratios as bars that start at one; `None` if there is no stable ratio.
fn render_bar_chart(title: &str, figures: &BenchReport) -> ChartResult<Option<String>> {
    let ratios: Vec<(&str, f64)> = figures
        .rows
        .iter()
        .filter_map(|row| Some((row.name.as_str(), figures.stable_median(&row.ratio).filter(|ratio| *ratio > 0.0)?)))
        .collect();
    let Ok(count @ 1..) = u32::try_from(ratios.len()) else { return Ok(None) };
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, (WIDTH, HEADER_HEIGHT + count * BAR_HEIGHT + FOOTER_HEIGHT))
            .into_drawing_area();
        root.fill(&WHITE)?;
        root.draw_text(title, &(FONT, 19).into_font().color(&TEXT_COLOR), (MARGIN, 16))?;
        let (_, below) = root.split_vertically(HEADER_HEIGHT);
        let mut chart = ChartBuilder::on(&below)
            .margin_left(LABEL_WIDTH)
            .margin_right(64)
            .x_label_area_size(FOOTER_HEIGHT)
            // On a logarithmic axis, one half and two are equally far from one.
            .build_cartesian_2d(axis_range(&ratios).log_scale(), 0.0..f64::from(count))?;
        chart
            .configure_mesh()
            .disable_y_mesh()
            .disable_y_axis()
            .bold_line_style(GRID_COLOR)
            .light_line_style(TRANSPARENT)
            .axis_style(AXIS_COLOR)
            .label_style((FONT, 13).into_font().color(&TEXT_COLOR))
            .x_label_formatter(&|number| format_number(*number))
            .draw()?;
        for ((name, ratio), y) in ratios.iter().zip((0..count).rev().map(f64::from)) {
            let corners = [(ratio.min(1.0), y + 0.2), (ratio.max(1.0), y + 0.8)];
            chart.draw_series([Rectangle::new(corners, BAR_COLOR.filled())])?;
            let (x, y) = chart.backend_coord(&(ratio.max(1.0), y + 0.5));
            let style = (FONT, 13).into_font().color(&TEXT_COLOR);
            root.draw_text(name, &style, (MARGIN, y - 7))?;
            root.draw_text(&format_number(*ratio), &style, (x + 6, y - 7))?;
        }
        let one = [(1.0, 0.0), (1.0, f64::from(count))];
        chart.draw_series(LineSeries::new(one, BASELINE_COLOR.stroke_width(2)))?;
        root.present()?;
    }
    Ok(Some(svg))
}

/// The range of the ratios and one, with a margin.
fn axis_range(ratios: &[(&str, f64)]) -> std::ops::Range<f64> {
    let min = ratios.iter().map(|(_, ratio)| *ratio).fold(1.0, f64::min);
    let max = ratios.iter().map(|(_, ratio)| *ratio).fold(1.0, f64::max);
    min * 0.9..max * 1.1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(lines: &str) -> BenchReport {
        let mut figures = BenchReport::new("counts");
        figures.add_output(lines).expect("figures");
        figures
    }

    #[test]
    fn stable_ratios_have_bars() {
        let lines = r#"{"name": "slow", "value": 3, "unit": "ms", "ratio": 1.25}
            {"name": "bare", "value": 2, "unit": "ms"}
            {"name": "noisy", "value": 2, "unit": "ms", "ratio": 1.2}
            {"name": "noisy", "value": 2, "unit": "ms", "ratio": 1.8}
            {"name": "fast", "value": 1, "unit": "ms", "ratio": 1254}"#;
        let svg = render_bar_chart("Calls", &figures(lines)).expect("drawn").expect("a chart");
        for text in ["Calls", "slow", "1.25", "fast", "1,254"] {
            assert!(svg.contains(&format!("{text}\n</text>")), "{text} is not in {svg}");
        }
        for text in ["bare", "noisy", "NaN", "inf"] {
            assert!(!svg.contains(text), "{text} is in {svg}");
        }
    }

    #[test]
    fn no_chart_without_ratios() {
        assert_eq!(render_bar_chart("Calls", &figures("")).expect("drawn"), None);
    }
}
