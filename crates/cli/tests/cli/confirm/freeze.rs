//! A freeze window that starts during a confirmation.

use std::thread;
use std::time::Duration;

use crate::auth::fixture::AuthFixture;
use crate::limits::fixture::limits_file;
use crate::pseudo_terminal::{PseudoTerminal, has_script};

#[test]
fn freeze_that_starts_at_prompt_blocks() {
    if !has_script() {
        return;
    }
    let fixture = AuthFixture::new();
    fixture.login("default", "prod");
    let path = |name: &str| fixture.path(name).display().to_string();
    std::fs::write(path("limits.yaml"), limits_file(&[("a", 1, true)])).expect("written");
    let from = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(4);
    let windows = format!("[{{ from: {from}, to: 2199-01-01T00:00:00Z, reason: sale }}]");
    std::fs::write(path("freeze.yaml"), format!("version: 1\nfreezeWindows: {windows}\n")).expect("written");
    let binary = env!("CARGO_BIN_EXE_ajo");
    let apply = format!("exec '{binary}' apply '{}' --policy '{}'", path("limits.yaml"), path("freeze.yaml"));
    let mut terminal = PseudoTerminal::start(&fixture, &apply, &[]);
    // The prompt proves that the first check passed.
    terminal.wait_for_text("Type the name of the sandbox (prod)");
    while jiff::Timestamp::now() <= from {
        thread::sleep(Duration::from_millis(20));
    }
    terminal.type_line("prod");
    let shown = terminal.finish(7);
    assert!(shown.contains("changes are frozen until 2199-01-01T00:00:00Z: sale"), "{shown}");
    let list = fixture.run(&["capping", "list"]).stdout;
    assert_eq!(list, "no capping configurations in this sandbox\n");
}
