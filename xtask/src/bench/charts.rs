//! The figures as charts, in SVG: a bar for each ratio, and a line for what grows with the number of configurations.

mod bars;
mod line;

use plotters::prelude::*;

use super::report::Report;
use crate::root;

const FOLDER: &str = "docs/performance";
const WIDTH: u32 = 960;
const MARGIN: i32 = 24;
const FONT: &str = "sans-serif";
const TEXT: RGBColor = RGBColor(38, 38, 38);
const QUIET: RGBColor = RGBColor(110, 110, 110);
const GRID: RGBColor = RGBColor(226, 226, 226);
const MARK: RGBColor = RGBColor(0, 96, 70);
const BAR: RGBColor = RGBColor(134, 188, 222);

/// What drawing gives.
type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// What is drawn as bars: a group, and what a ratio says there.
const BARS: &[(&str, &str)] = &[
    ("native", "Native call: times what hand-written reqwest takes (less is better)"),
    ("cached-token", "Reading a cached token: times a cache written by hand (less is better)"),
    ("npm", "npm package: times openapi-fetch in Node.js, a bare fetch elsewhere (less is better)"),
    ("emulator", "Emulator: times better than Prism, and memory's growth"),
    ("apply", "ajo apply: times as fast as a sequential script, and times the bound"),
];

/// The group that is drawn as a line.
const LINE: &str = "plan";

/// Draws what has been measured.
pub(super) fn draw() -> Result<(), String> {
    let folder = root().join(FOLDER);
    std::fs::create_dir_all(&folder).map_err(|error| format!("{FOLDER}: {error}"))?;
    let write = |group: &str, svg: String| {
        std::fs::write(folder.join(format!("{group}.svg")), svg).map_err(|error| format!("{group}.svg: {error}"))
    };
    for (group, title) in BARS {
        let Some(figures) = Report::load(group)? else { continue };
        if let Some(svg) = bars::draw(title, &figures).map_err(|error| format!("{group}: {error}"))? {
            write(group, svg)?;
        }
    }
    let Some(figures) = Report::load(LINE)? else { return Ok(()) };
    let svg = line::draw(&figures).map_err(|error| format!("{LINE}: {error}"))?;
    svg.map_or(Ok(()), |svg| write(LINE, svg))
}
