//! Help on a terminal.

use crate::auth::fixture::AuthFixture;
use crate::pseudo_terminal::{PseudoTerminal, has_script};

#[test]
fn help_fits_the_terminal() {
    if !has_script() {
        return;
    }
    let fixture = AuthFixture::new();
    for command in ["--help", "simulate -h", "help settings", "help capping set", "help emulator-options"] {
        let line = format!("exec '{}' {command}", env!("CARGO_BIN_EXE_ajo"));
        let shown = PseudoTerminal::start(&fixture, &line, &[]).finish(0);
        // The first line is the name of the terminal.
        let lines: Vec<String> = shown.lines().skip(1).map(without_colors).collect();
        assert!((8..=40).contains(&lines.len()), "{command}: {} lines", lines.len());
        let wide = lines.iter().find(|line| line.chars().count() > 80);
        assert_eq!(wide, None, "{command}");
    }
}

fn without_colors(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    first + &parts.map(|part| part.split_once('m').map_or(part, |(_, text)| text)).collect::<String>()
}
