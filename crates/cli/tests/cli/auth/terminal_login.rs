//! `auth login` on a pseudo-terminal.

use crate::auth::fixture::{AuthFixture, SECRET};
use crate::auth::login::credential_formats;
use crate::pseudo_terminal::{PseudoTerminal, has_script};

#[test]
fn terminal_login_hides_secret() {
    if !has_script() {
        return;
    }
    let fixture = AuthFixture::new();
    let id = fixture.setting("AJO_CLIENT_ID");
    let login = format!("exec '{}' auth login --profile typed --client-id {id}", env!("CARGO_BIN_EXE_ajo"));
    let mut terminal = PseudoTerminal::start(&fixture, &login, &[]);

    terminal.wait_for_text("client secret (not shown): ");
    terminal.wait_for_no_echo();
    terminal.type_line(SECRET);
    terminal.wait_for_text("organization: ");
    terminal.type_line("none");
    terminal.wait_for_text("the organization id must look like");
    terminal.type_line(fixture.setting("AJO_ORG_ID"));
    terminal.wait_for_text("scopes [openid,");
    terminal.type_line("");
    terminal.wait_for_text("sandbox [prod]: ");
    terminal.type_line("");
    let shown = terminal.finish(0);

    assert!(shown.contains("saved profile typed to "), "{shown}");
    assert!(!shown.contains("client id: "), "the flag skips this prompt: {shown}");
    assert!(!shown.contains(SECRET), "{shown}");
    assert_eq!(fixture.files_with(SECRET), ["config/profiles/typed.json"]);
}

/// Pastes a text at the first prompt and returns everything that the terminal shows. Pasted text arrives at once.
fn paste(fixture: &AuthFixture, text: &str, variables: &[(&str, &str)], code: i32) -> String {
    let login = format!("exec '{}' auth login --sandbox prod", env!("CARGO_BIN_EXE_ajo"));
    let mut terminal = PseudoTerminal::start(fixture, &login, variables);
    terminal.wait_for_text("client id or credential (not shown): ");
    terminal.wait_for_no_echo();
    terminal.type_line(text);
    terminal.finish(code)
}

#[test]
fn terminal_login_accepts_pasted_credential() {
    if !has_script() {
        return;
    }
    let fixture = AuthFixture::new();
    for (format, text) in credential_formats(&fixture) {
        let choice = if matches!(format, "project" | "contexts") { "chosen" } else { "" };
        let pasted = [
            text.clone() + "\n",
            text.replace('\n', "\r\n") + "\n",
            // In bracketed paste mode.
            format!("\u{1b}[200~{text}\u{1b}[201~\n"),
            // What follows is not a reply to another prompt.
            format!("{text}\n\nechoed"),
        ];
        for text in pasted {
            let shown = paste(&fixture, &text, &[("AJO_CREDENTIAL_NAME", choice), ("AJO_PROFILE", format)], 0);
            assert!(shown.contains(&format!("saved profile {format} to ")), "{text:?}: {shown}");
            let (url, ims) = (fixture.setting("AJO_BASE_URL"), fixture.setting("AJO_IMS_URL"));
            let target = format!("Profile {format} for {url} (token endpoint {ims}).");
            assert!(shown.contains(&target), "{shown}");
            for hidden in [SECRET, "CLIENT", "client_id", "echoed"] {
                assert!(!shown.contains(hidden), "{hidden}: {shown}");
            }
            assert_eq!(fixture.files_with(SECRET), [format!("config/profiles/{format}.json")]);
            fixture.run(&["auth", "logout", "--profile", format]);
        }
    }
}

#[test]
fn terminal_login_refuses_damaged_paste() {
    if !has_script() {
        return;
    }
    let fixture = AuthFixture::new();
    let start = format!("\"CLIENT_SECRETS\": [\"{SECRET}\"]");
    let damaged = "error: failed to parse the credential: ";
    for (text, expected) in [
        (format!("{{\n{start}}} and more\nmore {SECRET}"), damaged),
        (format!("{{\n{start}\n\n"), damaged),
        (format!("AJO_CLIENT_SECRET={SECRET}\n\n"), damaged),
        (
            format!("{{{start}, \"x\": \"{}\"", "x".repeat(5000)),
            "error: the terminal cut off a line, because it is too long",
        ),
    ] {
        let shown = paste(&fixture, &text, &[], 3);
        assert!(shown.contains(expected), "{shown}");
        assert!(!shown.contains(SECRET), "{shown}");
        assert!(!fixture.path("config").exists());
    }
}

#[test]
fn terminal_login_shows_client_id() {
    if !has_script() {
        return;
    }
    let fixture = AuthFixture::new();
    let login = format!("'{}' auth login --sandbox prod; stty -a", env!("CARGO_BIN_EXE_ajo"));
    let org_and_scopes = ["AJO_ORG_ID", "AJO_SCOPES"].map(|name| (name, fixture.setting(name)));
    let variables = [&org_and_scopes[..], &[("AJO_CLIENT_SECRET", SECRET)]].concat();
    let mut terminal = PseudoTerminal::start(&fixture, &login, &variables);
    terminal.wait_for_text("client id or credential (not shown): ");
    terminal.wait_for_no_echo();
    terminal.type_line(fixture.setting("AJO_CLIENT_ID"));
    let shown = terminal.finish(0);
    assert!(shown.contains(&format!("client id: {}\r\n", fixture.setting("AJO_CLIENT_ID"))), "{shown}");
    assert!(shown.contains("saved profile default to "), "{shown}");
    assert!(shown.split_whitespace().any(|setting| setting == "echo"), "the echo is on again: {shown}");
}

#[test]
fn complete_settings_need_no_prompt() {
    if !has_script() {
        return;
    }
    let fixture = AuthFixture::new();
    let variables: Vec<_> = fixture.settings().collect();
    let login = format!("exec '{}' auth login --profile local", env!("CARGO_BIN_EXE_ajo"));
    let shown = PseudoTerminal::start(&fixture, &login, &variables).finish(0);
    assert!(shown.contains("saved profile local to "), "{shown}");
    assert!(!shown.contains("Paste") && !shown.contains("token endpoint"), "{shown}");
}
