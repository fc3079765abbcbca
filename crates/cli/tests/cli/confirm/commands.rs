//! Which commands ask, and what the replies do.

use super::{QUESTION, capping_file, create, start_on_terminal, take_changes, throttling_file};
use crate::limits::fixture::{LimitsFixture, limits_file};
use crate::pseudo_terminal::has_script;

/// A command that changes a live limit: its arguments, what it shows, and the calls that change something.
type LiveCommand = (Vec<String>, &'static str, &'static [&'static str]);

/// Every command that changes a live limit, in an order in which each changes something. `UID` stands for the uid.
fn live_commands() -> Vec<LiveCommand> {
    let commands: [(&str, &str, &[&str]); 13] = [
        (
            "capping deploy UID",
            "> deploy capping GET https://a.example.org/*\r\n  uid: UID\r\n  live: none -> action 500 calls/1000 ms",
            &["capping.deploy"],
        ),
        (
            "capping set UID --max-calls 300",
            "  live: action 500 calls/1000 ms, 50 connections; it is redeployed",
            &["capping.update", "capping.deploy"],
        ),
        (
            "capping update UID new.yaml",
            "  services.action.rating.maxCallsCount: 300 -> 700\r\n  live: action 300 calls/1000 ms",
            &["capping.update"],
        ),
        (
            "capping redeploy UID",
            "! redeploy capping GET https://a.example.org/*\r\n  uid: UID\r\n  live: action 300 calls/1000 ms",
            &["capping.deploy"],
        ),
        (
            "capping undeploy UID",
            "< undeploy capping GET https://a.example.org/*\r\n  uid: UID\r\n  live: action 700 calls/1000 ms",
            &["capping.undeploy"],
        ),
        ("capping deploy UID", "> deploy", &["capping.deploy"]),
        (
            "capping delete UID --force",
            "- delete capping GET https://a.example.org/*\r\n  uid: UID\r\n  live: action 700 calls/1000 ms",
            &["capping.delete"],
        ),
        ("apply limits.yaml", "reason: not at the service yet", &["capping.create", "capping.deploy"]),
        (
            "throttling deploy UID",
            "> deploy throttling POST https://b.example.org/*\r\n  uid: UID\r\n  live: none -> 400 calls/s",
            &["throttling.deploy"],
        ),
        (
            "throttling set --max-throughput 600",
            "  live: 400 calls/s; the change is live at once, in all sandboxes",
            &["throttling.update"],
        ),
        (
            "throttling update UID new-throttling.yaml",
            "  maxThroughput: 600 -> 800\r\n  live: 600 calls/s; the change is live at once",
            &["throttling.update"],
        ),
        (
            "throttling undeploy UID",
            "< undeploy throttling POST https://b.example.org/*\r\n  uid: UID\r\n  live: 800 calls/s -> none",
            &["throttling.undeploy"],
        ),
        ("throttling delete UID --force", "", &["throttling.delete"]),
    ];
    commands
        .into_iter()
        .map(|(line, shown, calls)| (line.split(' ').map(str::to_owned).collect(), shown, calls))
        .collect()
}

/// The fixture, and the uids of one configuration of each API.
async fn fixture() -> (LimitsFixture, String, String) {
    let fixture = LimitsFixture::start().await;
    let capping = create(&fixture, "capping", &capping_file(500), "prod").await;
    let throttling = create(&fixture, "throttling", &throttling_file(400), "prod").await;
    fixture.write("new.yaml", &capping_file(700));
    fixture.write("new-throttling.yaml", &throttling_file(800));
    fixture.write("limits.yaml", &limits_file(&[("l", 9, true)]));
    fixture.clear_calls();
    (fixture, capping, throttling)
}

/// The arguments with the uid, and the sandbox, which a limits file names itself.
fn arguments<'a>(command: &'a [String], capping: &'a str, throttling: &'a str) -> Vec<&'a str> {
    let uid = if command[0] == "capping" { capping } else { throttling };
    let named = command.iter().map(|it| if it == "UID" { uid } else { it.as_str() });
    let sandbox = (command[0] != "apply").then_some("--sandbox=prod");
    named.chain(sandbox).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn live_changes_ask_for_the_sandbox() {
    if !has_script() {
        return;
    }
    let (fixture, capping, throttling) = fixture().await;
    for (command, shown, calls) in live_commands() {
        let arguments = arguments(&command, &capping, &throttling);
        if arguments.contains(&"delete") && arguments[0] == "throttling" {
            fixture.run_expecting(&["throttling", "deploy", &throttling, "--sandbox=prod", "--yes"], 0).await;
            take_changes(&fixture);
        }
        let mut terminal = start_on_terminal(&fixture, &arguments);
        terminal.wait_for_text(QUESTION);
        terminal.type_line("dev");
        let output = terminal.finish(7);
        assert!(output.contains("error: the name does not match; nothing was changed"), "{output}");
        assert_eq!(take_changes(&fixture), [""; 0], "{command:?}");

        let mut terminal = start_on_terminal(&fixture, &arguments);
        terminal.wait_for_text(QUESTION);
        terminal.type_line("prod");
        let output = terminal.finish(0);
        let uid = if arguments[0] == "throttling" { &throttling } else { &capping };
        assert!(output.contains(&shown.replace("UID", uid)), "{command:?}: {output}");
        assert_eq!(take_changes(&fixture), calls, "{command:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn live_changes_need_yes_without_terminal() {
    let (fixture, capping, throttling) = fixture().await;
    for (command, _, calls) in live_commands() {
        let arguments = arguments(&command, &capping, &throttling);
        let with_yes = [&arguments[..], &["--yes"]].concat();
        if command[1] == "delete" && command[0] == "throttling" {
            fixture.run_expecting(&["throttling", "deploy", &throttling, "--sandbox=prod", "--yes"], 0).await;
            take_changes(&fixture);
        }
        let output = fixture.run_expecting(&arguments, 7).await;
        assert!(output.stderr.contains("there is no terminal to confirm the changes"), "{}", output.stderr);
        assert!(output.stderr.ends_with("hint: review the changes, then pass --yes\n"), "{}", output.stderr);
        assert_eq!(take_changes(&fixture), [""; 0], "{command:?}");
        fixture.run_expecting(&with_yes, 0).await;
        assert!(fixture.emulator.state().calls().for_operation("sandboxes").is_empty(), "{command:?}");
        assert_eq!(take_changes(&fixture), calls, "{command:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_without_live_limit_do_not_ask() {
    let (fixture, capping, throttling) = fixture().await;
    let run = async |arguments: &[&str], code| {
        let arguments = [arguments, &["--sandbox=prod"]].concat();
        fixture.run_expecting(&arguments, code).await;
    };
    run(&["capping", "update", &capping, "new.yaml"], 0).await;
    run(&["capping", "set", &capping, "--max-calls=300"], 0).await;
    run(&["capping", "undeploy", &capping], 0).await;
    run(&["throttling", "update", &throttling, "new-throttling.yaml"], 0).await;
    run(&["throttling", "set", "--max-throughput=900"], 0).await;
    run(&["capping", "deploy", &capping, "--yes"], 0).await;
    // The saved definition is live already.
    run(&["capping", "deploy", &capping], 0).await;
    run(&["capping", "redeploy", &capping], 0).await;
    // The service refuses it without --force.
    run(&["capping", "delete", &capping], 1).await;
    run(&["capping", "undeploy", &capping, "--yes"], 0).await;
    run(&["capping", "delete", &capping, "--force"], 0).await;
    run(&["throttling", "delete", &throttling, "--force"], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn change_during_confirmation_stops() {
    if !has_script() {
        return;
    }
    let (fixture, capping, _) = fixture().await;
    let mut terminal = start_on_terminal(&fixture, &["capping", "deploy", &capping, "--sandbox=prod"]);
    terminal.wait_for_text(QUESTION);
    fixture.run_expecting(&["capping", "update", &capping, "new.yaml", "--sandbox=prod"], 0).await;
    take_changes(&fixture);
    terminal.type_line("prod");
    let output = terminal.finish(6);
    assert!(output.contains("someone changed the configuration meanwhile; nothing was sent"), "{output}");
    assert_eq!(take_changes(&fixture), [""; 0]);
}

/// The plan before the confirmation has shown them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn confirmed_apply_shows_warnings_once() {
    if !has_script() {
        return;
    }
    let fixture = LimitsFixture::start().await;
    fixture.set_quirk("normalization", "all");
    let file = |calls| limits_file(&[("a", 100, true), ("b", calls, true)]).replacen(": 50,", ": 500,", 1);
    fixture.write("limits.yaml", &file(100));
    fixture.run_expecting(&["apply", "limits.yaml", "--yes"], 0).await;
    fixture.write("limits.yaml", &file(200));
    let mut terminal = start_on_terminal(&fixture, &["apply", "limits.yaml"]);
    terminal.wait_for_text(QUESTION);
    terminal.type_line("prod");
    let shown = terminal.finish(0);
    assert_eq!(shown.matches("AJO_LIMITS_NORMALIZED").count(), 1, "{shown}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn end_of_input_and_interrupt_change_nothing() {
    if !has_script() {
        return;
    }
    let (fixture, capping, _) = fixture().await;
    let deploy = ["capping", "deploy", &capping, "--sandbox=prod"];
    let apply = ["apply", "limits.yaml"];
    for (arguments, key, code) in [(&deploy[..], "\u{4}", 7), (&apply, "\u{4}", 7), (&apply, "\u{3}", 5)] {
        let mut terminal = start_on_terminal(&fixture, arguments);
        terminal.wait_for_text(QUESTION);
        terminal.type_text(key);
        let shown = terminal.finish(code);
        let is_end =
            shown.contains("\r\nerror: failed to read from the terminal: end of input; nothing was changed\r\n");
        assert_eq!(is_end, code == 7, "{shown}");
        assert_eq!(take_changes(&fixture), [""; 0], "{arguments:?}");
    }
}
