//! The output of every format, and the harmlessness of untrusted text in it.

mod hostile;
mod properties;
mod samples;
mod snapshots;
