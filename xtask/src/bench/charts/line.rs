//! What a plan takes, by the number of configurations, on axes where what grows in proportion is a straight line.

use plotters::prelude::*;

use super::{FONT, GRID, MARGIN, MARK, Outcome, QUIET, TEXT, WIDTH};
use crate::bench::number::shown;
use crate::bench::report::Report;

const HEIGHT: u32 = 420;
const HEAD: u32 = 52;
/// Room for the lines' names, right of their ends.
const NAMES: u32 = 260;
const COLOURS: [RGBColor; 4] = [MARK, RGBColor(201, 66, 20), RGBColor(38, 92, 160), RGBColor(128, 96, 170)];
const FEWEST: f64 = 10.0;
const MOST: f64 = 10_000.0;

/// A line: what was planned, and by configurations the milliseconds.
struct Line {
    name: String,
    points: Vec<(f64, f64)>,
}

/// Draws them; nothing where no line has two points.
pub(super) fn draw(figures: &Report) -> Outcome<Option<String>> {
    let lines: Vec<Line> = lines(figures).into_iter().filter(|line| line.points.len() > 1).collect();
    if lines.is_empty() {
        return Ok(None);
    }
    let all = || lines.iter().flat_map(|line| &line.points).map(|(_, time)| *time);
    let (bottom, top) = (all().fold(f64::INFINITY, f64::min), all().fold(0.0, f64::max));
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, (WIDTH, HEIGHT)).into_drawing_area();
        root.fill(&WHITE)?;
        let title = "Time of a plan, by configurations (a grey line grows in proportion)";
        root.draw_text(title, &(FONT, 19).into_font().color(&TEXT), (MARGIN, 16))?;
        let (_, below) = root.split_vertically(HEAD);
        let mut chart = ChartBuilder::on(&below)
            .margin_left(8)
            .margin_right(NAMES)
            .margin_bottom(8)
            .x_label_area_size(44)
            .y_label_area_size(92)
            .build_cartesian_2d((FEWEST * 0.8..MOST * 1.25).log_scale(), (bottom * 0.5..top * 2.0).log_scale())?;
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
        let mut labels = Vec::new();
        for (line, colour) in lines.iter().zip(COLOURS.iter().cycle()) {
            let (Some(first), Some(last)) = (line.points.first(), line.points.last()) else { continue };
            let proportional = [(first.0, last.1 * first.0 / last.0), *last];
            chart.draw_series(LineSeries::new(proportional, QUIET.stroke_width(1)))?;
            chart.draw_series(LineSeries::new(line.points.iter().copied(), colour.stroke_width(2)))?;
            chart.draw_series(line.points.iter().map(|point| Circle::new(*point, 4, colour.filled())))?;
            labels.push((chart.backend_coord(last), format!("{}: {} ms", line.name, shown(last.1)), colour));
        }
        // From above to below, each with room of its own.
        labels.sort_by_key(|((_, y), ..)| *y);
        let mut free = 0;
        for ((x, y), text, colour) in labels {
            let y = free.max(y - 7);
            root.draw_text(&text, &(FONT, 13).into_font().color(colour), (x + 10, y))?;
            free = y + 17;
        }
        root.present()?;
    }
    Ok(Some(svg))
}

/// The figures that are times and whose names have a number of configurations in them.
fn lines(figures: &Report) -> Vec<Line> {
    let scale = |unit: &str| match unit {
        "s" => Some(1000.0),
        "ms" => Some(1.0),
        "µs" => Some(0.001),
        "ns" => Some(0.000_001),
        _ => None,
    };
    let mut lines: Vec<Line> = Vec::new();
    for row in &figures.rows {
        // The last of the numbers: "10 % changed, 10,000".
        let words: Vec<&str> = row.name.split(' ').collect();
        let is_count = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit());
        let Some(place) = words.iter().rposition(is_count) else { continue };
        let word = words[place];
        let (Ok(count), Some(scale)) = (word.replace(',', "").parse::<f64>(), scale(&row.unit)) else { continue };
        if !(FEWEST..=MOST).contains(&count) || row.value <= 0.0 {
            continue;
        }
        let name = [&words[..place], &words[place + 1..]].concat().join(" ").trim_end_matches(',').to_owned();
        let point = (count, row.value * scale);
        match lines.iter_mut().find(|line| line.name == name) {
            Some(line) => line.points.push(point),
            None => lines.push(Line { name, points: vec![point] }),
        }
    }
    for line in &mut lines {
        line.points.sort_by(|one, other| one.0.total_cmp(&other.0));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_points_are_found_by_the_numbers_in_their_names() {
        let rows = r#"{"group": "g", "machine": "m", "date": "d", "rows": [
            {"name": "10 % changed, 10,000", "value": 0.09, "unit": "s"},
            {"name": "10 % changed, 10", "value": 90, "unit": "µs"},
            {"name": "all is new, 10", "value": 90, "unit": "µs"},
            {"name": "calls of 10 plans", "value": 2, "unit": "calls"}]}"#;
        let figures = serde_json::from_str(rows).expect("figures");
        let lines = lines(&figures);
        let found: Vec<_> = lines.iter().map(|line| (line.name.as_str(), line.points.as_slice())).collect();
        let expected = [("10 % changed", &[(10.0, 0.09), (10_000.0, 90.0)][..]), ("all is new", &[(10.0, 0.09)])];
        assert_eq!(found, expected);
        let svg = draw(&figures).expect("drawn").expect("a chart");
        assert!(svg.contains("10 % changed: 90 ms") && !svg.contains("all is new") && !svg.contains("NaN"), "{svg}");
    }
}
