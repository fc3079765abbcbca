//! Whole calls, driven as JavaScript drives them.

mod calls;
mod driver;
mod errors;
mod hostile;
mod origins;
mod stores;
mod time;
mod tokens;
