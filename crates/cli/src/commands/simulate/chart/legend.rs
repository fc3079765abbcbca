//! The legend of a chart.

use ajo_simulator::SimulationReport;
use plotters::prelude::*;

use super::style::{ALLOWED, ChartArea, DrawResult, FONT, LIMIT, MARGIN, OFFERED, REJECTED, RETRIES, TEXT, WAITING};
use super::values::{is_limit_visible, title_limits, total_rejected_calls};
use crate::commands::simulate::number_format::group_thousands;

/// Draws the legend from left to right.
pub(super) fn draw(head: &ChartArea<'_>, report: &SimulationReport) -> DrawResult {
    let totals = report.totals;
    let dropped = match totals.dropped {
        0 => "waiting in the queue".to_owned(),
        expired => format!("waiting in the queue ({} dropped after 6 h)", group_thousands(expired)),
    };
    let every_second = title_limits(report).all(|limit| limit.period_ms == 1000);
    let limit = if every_second { "limit" } else { "limit, on average" };
    let marks = [
        (true, LegendSymbol::Line(OFFERED), "offered by journeys".to_owned()),
        (true, LegendSymbol::Area(ALLOWED), "allowed".to_owned()),
        (totals.retried > 0, LegendSymbol::Area(RETRIES), "retries".to_owned()),
        (total_rejected_calls(report) > 0, LegendSymbol::Line(REJECTED), "rejected".to_owned()),
        (is_limit_visible(report), LegendSymbol::Dashes(LIMIT), limit.to_owned()),
        (report.queue.longest > 0, LegendSymbol::Area(WAITING), dropped),
    ];
    let mut left = MARGIN;
    for (_, mark, text) in marks.into_iter().filter(|(shown, ..)| *shown) {
        mark.draw(head, left)?;
        head.draw_text(&text, &(FONT, 14).into_font().color(&TEXT), (left + 32, 70))?;
        // A character of this size is about 6.5 pixels wide.
        left += 32 + 13 * i32::try_from(text.len()).unwrap_or(0) / 2 + 22;
    }
    Ok(())
}

#[derive(Clone, Copy)]
enum LegendSymbol {
    Area(RGBColor),
    Line(RGBColor),
    Dashes(RGBColor),
}

impl LegendSymbol {
    fn draw(self, head: &ChartArea<'_>, left: i32) -> DrawResult {
        let line = |from: i32, to: i32, color: RGBColor| {
            PathElement::new(vec![(left + from, 77), (left + to, 77)], color.stroke_width(2))
        };
        match self {
            Self::Area(color) => head.draw(&Rectangle::new([(left, 71), (left + 24, 83)], color.filled()))?,
            Self::Line(color) => head.draw(&line(0, 24, color))?,
            Self::Dashes(color) => {
                for from in [0, 9, 18] {
                    head.draw(&line(from, from + 6, color))?;
                }
            }
        }
        Ok(())
    }
}
