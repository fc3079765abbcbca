//! What the marks of a chart mean.

use ajo_simulator::Report;
use plotters::prelude::*;

use super::style::{ALLOWED, Area, FONT, LIMIT, MARGIN, OFFERED, Outcome, REJECTED, RETRIES, TEXT, WAITING};
use super::values::{in_title, limit_in_sight, rejected_in_all};
use crate::commands::simulate::summary::grouped;

/// What the marks mean, from left to right.
pub(super) fn draw(head: &Area<'_>, report: &Report) -> Outcome {
    let totals = report.totals;
    let dropped = match totals.expired {
        0 => "waiting in the queue".to_owned(),
        expired => format!("waiting in the queue ({} dropped after 6 h)", grouped(expired)),
    };
    let every_second = in_title(report).all(|limit| limit.period_ms == 1000);
    let limit = if every_second { "limit" } else { "limit, on average" };
    let marks = [
        (true, Mark::Line(OFFERED), "offered by journeys".to_owned()),
        (true, Mark::Area(ALLOWED), "allowed".to_owned()),
        (totals.retries > 0, Mark::Area(RETRIES), "retries".to_owned()),
        (rejected_in_all(report) > 0, Mark::Line(REJECTED), "rejected".to_owned()),
        (limit_in_sight(report), Mark::Dashes(LIMIT), limit.to_owned()),
        (report.longest_queue > 0, Mark::Area(WAITING), dropped),
    ];
    let mut left = MARGIN;
    for (_, mark, text) in marks.into_iter().filter(|(shown, ..)| *shown) {
        mark.draw(head, left)?;
        head.draw_text(&text, &(FONT, 14).into_font().color(&TEXT), (left + 32, 70))?;
        // A letter of this size is about 6.5 pixels wide.
        left += 32 + 13 * i32::try_from(text.len()).unwrap_or(0) / 2 + 22;
    }
    Ok(())
}

#[derive(Clone, Copy)]
enum Mark {
    Area(RGBColor),
    Line(RGBColor),
    Dashes(RGBColor),
}

impl Mark {
    fn draw(self, head: &Area<'_>, left: i32) -> Outcome {
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
