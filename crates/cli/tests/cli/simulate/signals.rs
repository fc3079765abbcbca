//! Progress and Ctrl-C.

use crate::auth::fixture::AuthFixture;
use crate::pseudo_terminal::{PseudoTerminal, has_script};

#[test]
fn interrupt_ends_a_simulation() {
    if !has_script() {
        return;
    }
    // Takes far longer than a second.
    let simulate = format!("'{}' simulate --traffic 1000x86400 --mode exact", env!("CARGO_BIN_EXE_ajo"));
    let mut terminal = PseudoTerminal::start(&AuthFixture::new(), &format!("exec {simulate}"), &[]);
    terminal.wait_for_text(" of 86400");
    terminal.type_line("\u{3}");
    let shown = terminal.finish(128 + 2);
    assert!(!shown.contains("offered"), "{shown}");
}
