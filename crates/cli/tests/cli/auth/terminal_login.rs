//! `auth login` on a pseudo-terminal.

use crate::auth::fixture::{AuthFixture, SECRET};
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

#[test]
fn terminal_login_accepts_pasted_json() {
    if !has_script() {
        return;
    }
    let fixture = AuthFixture::new();
    let login = format!("exec '{}' auth login --sandbox prod", env!("CARGO_BIN_EXE_ajo"));
    let mut terminal = PseudoTerminal::start(&fixture, &login, &[]);
    terminal.wait_for_text("client id or JSON (not shown): ");
    terminal.wait_for_no_echo();
    let id = fixture.setting("AJO_CLIENT_ID");
    let org = fixture.setting("AJO_ORG_ID");
    // Pasted text arrives at once.
    terminal.type_line(&format!(
        "{{\n  \"CLIENT_ID\": \"{id}\", \"ORG_ID\": \"{org}\",\n  \"CLIENT_SECRETS\": [\"{SECRET}\"],\n  \"SCOPES\": [\"openid\",\n\"AdobeID\"]}}"
    ));
    let shown = terminal.finish(0);
    assert!(shown.contains("saved profile default to "), "{shown}");
    assert!(!shown.contains(SECRET) && !shown.contains("CLIENT_ID"), "{shown}");
    assert_eq!(fixture.files_with(SECRET), ["config/profiles/default.json"]);
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
    terminal.wait_for_text("client id or JSON (not shown): ");
    terminal.wait_for_no_echo();
    terminal.type_line(fixture.setting("AJO_CLIENT_ID"));
    let shown = terminal.finish(0);
    assert!(shown.contains(&format!("client id: {}\r\n", fixture.setting("AJO_CLIENT_ID"))), "{shown}");
    assert!(shown.contains("saved profile default to "), "{shown}");
    assert!(shown.split_whitespace().any(|setting| setting == "echo"), "the echo is on again: {shown}");
}
