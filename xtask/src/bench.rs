//! `cargo xtask bench`: figures that anyone can reproduce, and their budgets. A timed group is measured in five separate runs together with
//! the alternatives it is compared with; the page shows a figure only if the runs agree.

mod budget;
mod charts;
mod counted;
mod group;
mod npm_package;
mod number;
mod page;
mod program;
mod report;
mod timed;

use clap::ValueEnum as _;

pub(crate) use group::Group;

use crate::output::log;

/// Measures one group, or all of them and then the charts and tables.
pub(crate) fn run(group: Option<Group>) -> Result<String, String> {
    match group {
        None => all(),
        Some(Group::Charts) => charts::draw().and_then(|()| page::fill()),
        Some(group) => measure(group),
    }
}

/// A broken budget does not keep the other groups from being measured.
fn all() -> Result<String, String> {
    let (mut report, mut broken) = (String::new(), Vec::new());
    for group in Group::value_variants().iter().copied().filter(|group| *group != Group::Charts) {
        if let Err(reason) = group.is_possible() {
            log(&format!("==> skipped: {reason}"));
            report.extend(["skipped: ", &reason, "\n"]);
            continue;
        }
        match measure(group) {
            Ok(text) => report += &text,
            Err(problem) => broken.push(problem),
        }
    }
    log(&run(Some(Group::Charts))?);
    let broken = broken.join("\n");
    if broken.is_empty() { Ok(report + "all measured figures are within their budgets") } else { Err(broken) }
}

/// Measures a group, leaves the figures under target/bench/ and checks its budgets.
fn measure(group: Group) -> Result<String, String> {
    group.is_possible()?;
    let start = std::time::Instant::now();
    let figures = match group {
        Group::Counted => counted::measure()?,
        timed => timed::measure(timed)?,
    };
    log(&figures.table());
    figures.save()?;
    log(&format!("bench {group} took {:.0} s", start.elapsed().as_secs_f64()));
    let (kept, text) = budget::check(&figures, &budget::Budget::read(&group.to_string())?);
    if kept { Ok(text) } else { Err(text) }
}
