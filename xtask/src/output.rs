//! The only functions in this crate that print.

/// Prints a report to standard output.
#[expect(clippy::print_stdout, reason = "reports are this program's data")]
pub(crate) fn print(text: &str) {
    println!("{}", text.trim_end());
}

/// Prints progress or a problem to standard error.
#[expect(clippy::print_stderr, reason = "problems and progress are not data")]
pub(crate) fn log(text: &str) {
    eprintln!("{}", text.trim_end());
}
