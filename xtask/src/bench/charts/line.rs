//! What a plan takes, by the number of configurations, on axes where what grows in proportion is a straight line.

use plotters::prelude::*;

use super::{FONT, GRID, MARGIN, MARK, Outcome, QUIET, TEXT, WIDTH};
use crate::bench::figures::{Figures, shown};

const HEIGHT: u32 = 420;
const HEAD: u32 = 52;
const FEWEST: f64 = 10.0;
const MOST: f64 = 10_000.0;

/// Draws it; nothing where there are no two points of it.
pub(super) fn draw(figures: &Figures) -> Outcome<Option<String>> {
    let points = points(figures);
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return Ok(None) };
    if points.len() < 2 {
        return Ok(None);
    }
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, (WIDTH, HEIGHT)).into_drawing_area();
        root.fill(&WHITE)?;
        let title = "Time of a plan, by configurations (grey: in proportion)";
        root.draw_text(title, &(FONT, 19).into_font().color(&TEXT), (MARGIN, 16))?;
        let (_, below) = root.split_vertically(HEAD);
        let proportional = [*first, (last.0, first.1 * last.0 / first.0)];
        let most = last.1.max(proportional[1].1);
        let mut chart = ChartBuilder::on(&below)
            .margin_right(64)
            .margin_bottom(8)
            .x_label_area_size(44)
            .y_label_area_size(92)
            .build_cartesian_2d(
                (FEWEST * 0.8..MOST * 1.25).log_scale(),
                (first.1.min(last.1) * 0.7..most * 1.5).log_scale(),
            )?;
        chart
            .configure_mesh()
            .bold_line_style(GRID)
            .light_line_style(TRANSPARENT)
            .axis_style(QUIET)
            .label_style((FONT, 13).into_font().color(&TEXT))
            .axis_desc_style((FONT, 14).into_font().color(&TEXT))
            .x_label_formatter(&|number| shown(*number))
            .y_label_formatter(&|number| shown(*number))
            .x_desc("configurations")
            .y_desc("milliseconds")
            .draw()?;
        chart.draw_series(LineSeries::new(proportional, QUIET.stroke_width(1)))?;
        chart.draw_series(LineSeries::new(points.iter().copied(), MARK.stroke_width(2)))?;
        for point in &points {
            chart.draw_series([Circle::new(*point, 4, MARK.filled())])?;
            let (x, y) = chart.backend_coord(point);
            let style = (FONT, 13).into_font().color(&TEXT);
            root.draw_text(&format!("{} ms", shown(point.1)), &style, (x + 8, y + 6))?;
        }
        root.present()?;
    }
    Ok(Some(svg))
}

/// The figures that are times and whose names have a number of configurations in them, in milliseconds.
fn points(figures: &Figures) -> Vec<(f64, f64)> {
    let scale = |unit: &str| match unit {
        "s" => Some(1000.0),
        "ms" => Some(1.0),
        "µs" | "us" => Some(0.001),
        "ns" => Some(0.000_001),
        _ => None,
    };
    let mut points: Vec<(f64, f64)> = Vec::new();
    for row in &figures.rows {
        let name = row.name.replace(',', "");
        let mut numbers = name.split(|c: char| !c.is_ascii_digit()).filter_map(|word| word.parse::<f64>().ok());
        let count = numbers.find(|count| (FEWEST..=MOST).contains(count));
        let (Some(count), Some(scale)) = (count, scale(&row.unit)) else { continue };
        // The first of those with the same number is the plan itself; others stand beside it.
        if row.value > 0.0 && points.iter().all(|point| (point.0 - count).abs() > 0.5) {
            points.push((count, row.value * scale));
        }
    }
    points.sort_by(|one, other| one.0.total_cmp(&other.0));
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_points_are_found_by_the_numbers_in_their_names() {
        let rows = r#"{"machine": "m", "date": "d", "rows": [
            {"name": "plan of 10,000 configurations", "value": 0.09, "unit": "s"},
            {"name": "plan of 10 configurations", "value": 90, "unit": "µs"},
            {"name": "calls of 10 plans", "value": 2, "unit": "calls"}]}"#;
        let figures = serde_json::from_str(rows).expect("figures");
        assert_eq!(points(&figures), [(10.0, 0.09), (10_000.0, 90.0)]);
        let svg = draw(&figures).expect("drawn").expect("a chart");
        assert!(svg.contains("0.090 ms") && svg.contains("90 ms") && !svg.contains("NaN"), "{svg}");
    }
}
