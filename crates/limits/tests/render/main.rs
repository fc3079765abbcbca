//! What reports look like in each form, and what nothing in a report can do there.

mod hostile;
mod laws;
mod samples;
mod snapshots;
