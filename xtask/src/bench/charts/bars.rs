//! Ratios as bars that begin at one: whatever is as good as what it is compared with has none.

use plotters::prelude::*;

use super::{BAR, FONT, GRID, MARGIN, MARK, Outcome, QUIET, TEXT, WIDTH};
use crate::bench::number::shown;
use crate::bench::report::Report;

const HEAD: u32 = 56;
const FOOT: u32 = 34;
const EACH: u32 = 26;
/// Room for the names.
const NAMES: u32 = 430;

/// Draws those that there are; nothing where no figure has a ratio.
pub(super) fn draw(title: &str, figures: &Report) -> Outcome<Option<String>> {
    let ratios: Vec<(&str, f64)> = figures
        .rows
        .iter()
        .filter_map(|row| Some((row.name.as_str(), row.ratio.filter(|ratio| *ratio > 0.0)?)))
        .collect();
    let Ok(count @ 1..) = u32::try_from(ratios.len()) else { return Ok(None) };
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, (WIDTH, HEAD + count * EACH + FOOT)).into_drawing_area();
        root.fill(&WHITE)?;
        root.draw_text(title, &(FONT, 19).into_font().color(&TEXT), (MARGIN, 16))?;
        let (_, below) = root.split_vertically(HEAD);
        let mut chart = ChartBuilder::on(&below)
            .margin_left(NAMES)
            .margin_right(64)
            .x_label_area_size(FOOT)
            // On a logarithmic axis, half and double are equally far from one.
            .build_cartesian_2d(ends(&ratios).log_scale(), 0.0..f64::from(count))?;
        chart
            .configure_mesh()
            .disable_y_mesh()
            .disable_y_axis()
            .bold_line_style(GRID)
            .light_line_style(TRANSPARENT)
            .axis_style(QUIET)
            .label_style((FONT, 13).into_font().color(&TEXT))
            .x_label_formatter(&|number| shown(*number))
            .draw()?;
        for ((name, ratio), place) in ratios.iter().zip((0..count).rev().map(f64::from)) {
            let corners = [(ratio.min(1.0), place + 0.2), (ratio.max(1.0), place + 0.8)];
            chart.draw_series([Rectangle::new(corners, BAR.filled())])?;
            let (x, y) = chart.backend_coord(&(ratio.max(1.0), place + 0.5));
            let style = (FONT, 13).into_font().color(&TEXT);
            root.draw_text(name, &style, (MARGIN, y - 7))?;
            root.draw_text(&shown(*ratio), &style, (x + 6, y - 7))?;
        }
        let one = [(1.0, 0.0), (1.0, f64::from(count))];
        chart.draw_series(LineSeries::new(one, MARK.stroke_width(2)))?;
        root.present()?;
    }
    Ok(Some(svg))
}

/// From somewhat below the least ratio to somewhat above the greatest, with one in between.
fn ends(ratios: &[(&str, f64)]) -> std::ops::Range<f64> {
    let least = ratios.iter().map(|(_, ratio)| *ratio).fold(1.0, f64::min);
    let most = ratios.iter().map(|(_, ratio)| *ratio).fold(1.0, f64::max);
    least * 0.9..most * 1.1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(rows: &str) -> Report {
        serde_json::from_str(&format!(r#"{{"group": "g", "machine": "m", "date": "d", "rows": [{rows}]}}"#))
            .expect("figures")
    }

    #[test]
    fn what_has_a_ratio_has_a_bar_with_its_name_and_number() {
        let rows = r#"{"name": "slow", "value": 3, "unit": "ms", "ratio": 1.25}, {"name": "bare", "value": 2, "unit": "ms"},
            {"name": "fast", "value": 1, "unit": "ms", "ratio": 1254}"#;
        let svg = draw("Calls", &figures(rows)).expect("drawn").expect("a chart");
        for text in ["Calls", "slow", "1.25", "fast", "1,254"] {
            assert!(svg.contains(&format!("{text}\n</text>")), "{text} is not in {svg}");
        }
        assert!(!svg.contains("bare") && !svg.contains("NaN") && !svg.contains("inf"));
    }

    #[test]
    fn without_a_ratio_there_is_no_chart() {
        assert_eq!(draw("Calls", &figures("")).expect("drawn"), None);
    }
}
